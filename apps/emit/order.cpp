#include "apps/emit/order.hpp"

#include <charconv>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "socketio/codec.hpp"

namespace emit {

namespace {

std::chrono::milliseconds to_duration(const std::string& flag, const std::string& text) {
  constexpr double longest = 86'400;
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() ||
      !(seconds > 0 && seconds <= longest)) {
    throw std::invalid_argument(flag + " takes seconds above 0, at most 86400, not \"" + text +
                                '"');
  }
  return std::chrono::milliseconds(static_cast<long>(seconds * 1000) + 1);
}

socketio::Value to_value(const std::string& text) {
  const auto document = socketio::Document::from_json(text);
  if (!document) {
    throw std::invalid_argument(text.starts_with("--")
                                    ? "flags come before the event: move " + text
                                    : "the argument " + text +
                                          " is no JSON; a text needs quotes of its own, as in "
                                          "'\"hello\"'");
  }
  return document->root().to_value();
}

/// The words of a command line, one after the other.
class Parser {
 public:
  explicit Parser(const std::vector<std::string>& words) : words_(words) {}

  [[nodiscard]] Order parse() {
    while (const std::string* word = next()) {
      if (!word->starts_with("--")) {
        take_event(*word);
      } else {
        take_flag(*word);
      }
    }
    check();
    return std::move(order_);
  }

 private:
  const std::string* next() { return at_ < words_.size() ? &words_[at_++] : nullptr; }

  const std::string& value_of(const std::string& flag) {
    const std::string* value = next();
    if (value == nullptr) {
      throw std::invalid_argument(flag + " needs a value");
    }
    return *value;
  }

  /// All that follows the event is its arguments.
  void take_event(const std::string& name) {
    choose(Order::Kind::event, name);
    order_.event = name;
    while (const std::string* argument = next()) {
      order_.arguments.push_back(to_value(*argument));
    }
  }

  void take_flag(const std::string& flag) {
    if (flag == "--help") {
      choose(Order::Kind::help, flag);
    } else if (flag == "--redis") {
      order_.redis = value_of(flag);
    } else if (flag == "--key") {
      order_.key = value_of(flag);
    } else if (flag == "--nsp") {
      order_.nsp = value_of(flag);
    } else if (flag == "--to") {
      order_.to.push_back(value_of(flag));
    } else if (flag == "--except") {
      order_.except.push_back(value_of(flag));
    } else if (flag == "--timeout") {
      order_.timeout = to_duration(flag, value_of(flag));
    } else if (flag == "--join" || flag == "--leave") {
      choose(flag == "--join" ? Order::Kind::join : Order::Kind::leave, flag);
      take_rooms(flag);
    } else if (flag == "--disconnect") {
      choose(Order::Kind::disconnect, flag);
    } else if (flag == "--close") {
      order_.close = true;
    } else {
      throw std::invalid_argument("there is no flag " + flag + "; --help lists those that are");
    }
  }

  void take_rooms(const std::string& flag) {
    order_.rooms.push_back(value_of(flag));
    while (at_ < words_.size() && !words_[at_].starts_with("--")) {
      order_.rooms.push_back(words_[at_++]);
    }
  }

  void choose(Order::Kind kind, const std::string& word) {
    if (chosen_) {
      throw std::invalid_argument("do one thing at a time: " + *chosen_ + " or " + word);
    }
    chosen_ = word;
    order_.kind = kind;
  }

  void check() const {
    if (!chosen_) {
      throw std::invalid_argument("name an event, or --join, --leave or --disconnect; see --help");
    }
    if (order_.close && order_.kind != Order::Kind::disconnect) {
      throw std::invalid_argument("--close goes with --disconnect");
    }
  }

  const std::vector<std::string>& words_;
  std::size_t at_ = 0;
  Order order_;
  std::optional<std::string> chosen_;
};

}  // namespace

const char* const usage =
    R"(sio_emit [flags] EVENT [JSON ...]     sends an event to the clients of a cluster
sio_emit [flags] --join ROOM ...      puts clients into rooms
sio_emit [flags] --leave ROOM ...     takes clients out of rooms
sio_emit [flags] --disconnect         disconnects clients from the namespace

  --redis URL        where the servers meet: redis://127.0.0.1:6379
  --key KEY          the key of their adapters: socket.io
  --nsp NAMESPACE    /
  --to ROOM          clients in this room only; several add up
  --except ROOM      but not those in this one
  --close            with --disconnect: their connections, too
  --timeout SECONDS  how long Redis may take: 10

For servers with the Redis adapter, this library's or @socket.io/redis-adapter's createAdapter().
Flags come before the event. The exit code is 0 once Redis has taken the message; whether any client
was there to get it is not known.

  sio_emit --to lobby news '"hello"' '{"id": 42}'
)";

Order parse_order(const std::vector<std::string>& words) { return Parser(words).parse(); }

}  // namespace emit
