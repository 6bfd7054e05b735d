#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "adapters/redis/connection.hpp"
#include "adapters/redis/subscriptions.hpp"

namespace adapters::redis {

/// A connection for messages from channels. Messages and confirmations go to the Subscriptions;
/// what is subscribed here is subscribed again on each new connection before anything else.
class Subscriber final : private ConnectionObserver {
 public:
  /// Who says what is subscribed here. The subscriber may be destroyed in none of these calls.
  class Owner {
   public:
    /// Lost, or an attempt to connect has failed.
    virtual void on_away(Subscriber&) {}
    /// Redis does not let us subscribe, or has ended the subscription (the slot of the channel has
    /// moved; `error` is empty then). The channel is no longer one of this subscriber.
    virtual void on_refused(Subscriber&, ChannelKind kind, const std::string& channel,
                            const std::string& error) = 0;

   protected:
    ~Owner() = default;
  };

  Subscriber(Environment& environment, Locator& locator, const Target& target,
             Subscriptions& subscriptions, Owner& owner);

  void start() { connection_.start(); }
  void move_to(const Address& address, const std::string& reason) {
    connection_.move_to(address, reason);
  }

  // A channel that was refused is tried again: permissions change, and so do servers.
  static constexpr std::chrono::seconds refused_retry{1};

  void subscribe(ChannelKind kind, std::string_view channel);
  void unsubscribe(ChannelKind kind, std::string_view channel);

  /// For the log.
  [[nodiscard]] std::string label() const { return connection_.label(); }

 private:
  struct Expected {
    ChannelKind kind;
    bool subscribes;
    std::uint64_t number;  // of the subscription
    std::string channel;
  };

  void say(ChannelKind kind, bool subscribe, std::string_view channel, std::uint64_t number);
  void flush();
  void on_message(ChannelKind kind, Reply& message);
  void on_confirmed(ChannelKind kind, bool subscribed, const std::string& channel);
  void on_error(const std::string& error);
  [[nodiscard]] bool take_event(Reply& reply);

  void on_ready() override;
  void on_reply(Reply& reply) override;
  void on_written() override { flush(); }
  void on_lost() override;
  void on_unreachable() override { owner_.on_away(*this); }
  bool awaiting_reply() const override { return pinged_ || !expected_.empty(); }
  void on_idle() override;

  Environment& environment_;
  Subscriptions& subscriptions_;
  Owner& owner_;
  ChannelMap<std::uint64_t> wanted_;  // and the number of the subscription
  std::uint64_t last_number_ = 0;

  // Of the present connection:
  std::deque<Expected> expected_;  // one reply each, in this order
  bool pinged_ = false;
  std::string output_;
  std::string writing_;
  Connection connection_;
};

/// Into the log, once for each kind of error.
void report_refused(Environment& environment, const Subscriber& subscriber, ChannelKind kind,
                    const std::string& channel, const std::string& error);

}  // namespace adapters::redis
