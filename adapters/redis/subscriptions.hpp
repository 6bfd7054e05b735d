#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "adapters/redis_client.hpp"

namespace adapters::redis {

inline constexpr std::array channel_kinds = {ChannelKind::plain, ChannelKind::pattern,
                                             ChannelKind::sharded};

/// A map from channels to anything, for each kind of channel.
template <class Value>
class ChannelMap {
 public:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  using Map = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;

  [[nodiscard]] Map& operator[](ChannelKind kind) noexcept {
    return maps_[static_cast<std::size_t>(kind)];
  }

  /// nullptr if there is none.
  [[nodiscard]] Value* find(ChannelKind kind, std::string_view channel) {
    Map& map = (*this)[kind];
    const auto found = map.find(channel);
    return found == map.end() ? nullptr : &found->second;
  }

  void erase(ChannelKind kind, std::string_view channel) {
    Map& map = (*this)[kind];
    if (const auto found = map.find(channel); found != map.end()) {
      map.erase(found);
    }
  }

 private:
  std::array<Map, channel_kinds.size()> maps_;
};

/// Who wants the messages of which channel.
class Subscriptions {
 public:
  void add(ChannelKind kind, std::string channel, MessageHandler handler,
           engineio::Function<void()> subscribed);

  /// From within one of the channel's handlers, too.
  void remove(ChannelKind kind, std::string_view channel);

  /// Redis has confirmed it.
  void confirm(ChannelKind kind, std::string_view channel);

  /// `subscribed` is the pattern or the channel. Nothing happens if nobody wants it any longer.
  void deliver(ChannelKind kind, std::string_view subscribed, std::string_view channel,
               std::span<char> payload);

  [[nodiscard]] bool contains(ChannelKind kind, std::string_view channel) {
    return entries_.find(kind, channel) != nullptr;
  }
  [[nodiscard]] std::vector<std::string> channels(ChannelKind kind);

  void clear();

 private:
  struct Entry {
    MessageHandler handler;
    engineio::Function<void()> subscribed;
  };

  ChannelMap<std::shared_ptr<Entry>> entries_;
};

}  // namespace adapters::redis
