#include "adapters/redis/subscriber.hpp"

#include <optional>
#include <utility>

#include "adapters/redis/resp.hpp"

namespace adapters::redis {

namespace {

struct Words {
  std::string_view message;
  std::string_view subscribe;
  std::string_view unsubscribe;
};

/// By ChannelKind. Redis understands commands in any case, and repeats them in lower case.
constexpr Words words[] = {{"message", "subscribe", "unsubscribe"},
                           {"pmessage", "psubscribe", "punsubscribe"},
                           {"smessage", "ssubscribe", "sunsubscribe"}};

const Words& words_of(ChannelKind kind) { return words[static_cast<std::size_t>(kind)]; }

bool is_string(const Reply& reply) { return reply.type == Reply::Type::string; }

}  // namespace

Subscriber::Subscriber(Environment& environment, Locator& locator, const Target& target,
                       Subscriptions& subscriptions, Owner& owner)
    : environment_(environment),
      subscriptions_(subscriptions),
      owner_(owner),
      connection_(environment, locator, target, "subscriptions", *this) {}

void Subscriber::subscribe(ChannelKind kind, std::string_view channel) {
  const std::uint64_t number = ++last_number_;
  wanted_[kind].insert_or_assign(std::string(channel), number);
  if (connection_.ready()) {
    say(kind, true, channel, number);
  }
}

void Subscriber::unsubscribe(ChannelKind kind, std::string_view channel) {
  if (wanted_.find(kind, channel) != nullptr && connection_.ready()) {
    say(kind, false, channel, 0);
  }
  wanted_.erase(kind, channel);
}

void Subscriber::on_ready() {
  for (const ChannelKind kind : channel_kinds) {
    for (const auto& [channel, number] : wanted_[kind]) {
      append_command(output_, {words_of(kind).subscribe, channel});
      expected_.push_back({kind, true, number, channel});
    }
  }
  flush();
}

void Subscriber::say(ChannelKind kind, bool subscribe, std::string_view channel,
                     std::uint64_t number) {
  const Words& command = words_of(kind);
  append_command(output_, {subscribe ? command.subscribe : command.unsubscribe, channel});
  expected_.push_back({kind, subscribe, number, std::string(channel)});
  flush();
}

void Subscriber::flush() {
  if (connection_.ready() && !connection_.writing() && !output_.empty()) {
    writing_ = std::exchange(output_, {});
    const std::string_view piece = writing_;
    connection_.write(std::span(&piece, 1));
  }
}

void Subscriber::on_reply(Reply& reply) {
  if (reply.type == Reply::Type::error) {
    return on_error(reply.text);
  }
  if (!take_event(reply)) {
    environment_.journal.write_once(socketio::LogLevel::warning, "subscriber",
                                    connection_.label() + ": sent what is no message");
  }
}

bool Subscriber::take_event(Reply& reply) {
  const auto& parts = reply.elements;
  // Without subscriptions Redis answers as to any other client.
  if (reply.text == "PONG" || (!parts.empty() && parts[0].text == "pong")) {
    pinged_ = false;
    return true;
  }
  if (parts.size() < 3 || !is_string(parts[0]) || !is_string(parts[1])) {
    return false;
  }
  const std::string& event = parts[0].text;
  for (const ChannelKind kind : channel_kinds) {
    const std::size_t size = kind == ChannelKind::pattern ? 4 : 3;
    if (event == words_of(kind).message && parts.size() == size && is_string(parts.back())) {
      on_message(kind, reply);
      return true;
    }
    if (event == words_of(kind).subscribe || event == words_of(kind).unsubscribe) {
      on_confirmed(kind, event == words_of(kind).subscribe, parts[1].text);
      return true;
    }
  }
  return false;
}

void Subscriber::on_message(ChannelKind kind, Reply& message) {
  environment_.counters.messages_received.fetch_add(1, std::memory_order_relaxed);
  auto& parts = message.elements;
  const std::string& channel = parts[parts.size() - 2].text;
  subscriptions_.deliver(kind, parts[1].text, channel, parts.back().text);
}

void Subscriber::on_confirmed(ChannelKind kind, bool subscribed, const std::string& channel) {
  const bool expected = !expected_.empty() && expected_.front().kind == kind &&
                        expected_.front().subscribes == subscribed &&
                        expected_.front().channel == channel;
  const std::uint64_t* wanted = wanted_.find(kind, channel);
  if (!expected) {
    if (!subscribed && wanted != nullptr) {
      wanted_.erase(kind, channel);
      owner_.on_refused(*this, kind, std::string(channel), {});
    }
    return;
  }
  const std::uint64_t number = expected_.front().number;
  expected_.pop_front();
  if (subscribed && wanted != nullptr && *wanted == number) {
    subscriptions_.confirm(kind, channel);
  }
}

void Subscriber::on_error(const std::string& error) {
  if (expected_.empty()) {
    pinged_ = false;
    return;
  }
  const Expected refused = std::move(expected_.front());
  expected_.pop_front();
  const std::uint64_t* wanted = wanted_.find(refused.kind, refused.channel);
  if (refused.subscribes && wanted != nullptr && *wanted == refused.number) {
    wanted_.erase(refused.kind, refused.channel);
    owner_.on_refused(*this, refused.kind, refused.channel, error);
  }
}

void Subscriber::on_lost() {
  expected_.clear();
  pinged_ = false;
  output_.clear();
  owner_.on_away(*this);
}

void Subscriber::on_idle() {
  pinged_ = true;
  append_command(output_, {"PING"});
  flush();
}

void report_refused(Environment& environment, const Subscriber& subscriber, ChannelKind kind,
                    const std::string& channel, const std::string& error) {
  const bool unknown = error.find("unknown command") != std::string::npos;
  environment.journal.write_once(
      socketio::LogLevel::error, "subscribe " + error.substr(0, error.find(' ')),
      subscriber.label() + ": does not let us subscribe to " + channel + ": " + error +
          (unknown && kind == ChannelKind::sharded ? ": sharded channels need Redis 7" : ""));
}

}  // namespace adapters::redis
