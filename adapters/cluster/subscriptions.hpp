#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "adapters/redis_client.hpp"

namespace adapters::cluster {

/// Who hears what is published to a channel.
class ChannelListener {
 public:
  virtual ~ChannelListener() = default;
  /// `payload` may be changed in place.
  virtual void on_message(std::string_view channel, std::span<char> payload) = 0;
};

/// The channels of all namespaces of a server, each subscribed once: the namespace `/x#y` and the
/// room `y` of the namespace `/x` have the same one, and so have the rooms 5 and "5". On the
/// client's thread.
class Subscriptions : public std::enable_shared_from_this<Subscriptions> {
 public:
  Subscriptions(redis::Client& client, redis::ChannelKind kind) noexcept
      : client_(client), kind_(kind) {}

  [[nodiscard]] redis::ChannelKind kind() const noexcept { return kind_; }

  /// May be called several times: as often as remove().
  void add(const std::string& channel, const std::shared_ptr<ChannelListener>& listener);
  void remove(const std::string& channel, const ChannelListener& listener);

 private:
  struct Use {
    const ChannelListener* key;
    std::weak_ptr<ChannelListener> listener;  // a node holds its subscriptions
    std::size_t count;
  };

  void deliver(std::string_view channel, std::span<char> payload);

  redis::Client& client_;
  const redis::ChannelKind kind_;
  std::unordered_map<std::string, std::vector<Use>> channels_;
};

}  // namespace adapters::cluster
