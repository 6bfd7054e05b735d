#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engineio/function.hpp"
#include "socketio/arguments.hpp"
#include "socketio/value.hpp"

namespace socketio {

/// Where the answer to one request goes. Only the first answer is sent.
class AckChannel {
 public:
  virtual ~AckChannel() = default;

  /// Sends `[args…]`, unless an answer was sent before. Any thread.
  void reply(PayloadWriter arguments) {
    if (!answered_.exchange(true)) {
      send(arguments);
    }
  }

 private:
  virtual void send(PayloadWriter arguments) = 0;

  std::atomic<bool> answered_ = false;
};

/// The last parameter of a handler that answers by itself, maybe later and from another thread:
///
///     socket.on("order", [](Order order, Ack<Receipt> ack) { ack(Receipt{.id = 42}); });
///
/// Copies answer the same request, and only the first answer is sent. Where the client asked for
/// none, nothing is sent. The answer still goes out after the socket has left its namespace, as
/// long as the connection stands; afterwards, be it after the server's end, it is dropped. `Ack<>`
/// answers with any number of arguments of any type.
template <class... Results>
class Ack {
 public:
  Ack() = default;
  explicit Ack(std::shared_ptr<AckChannel> channel) : channel_(std::move(channel)) {}

  /// Whether the client waits for an answer.
  [[nodiscard]] bool requested() const noexcept { return channel_ != nullptr; }

  void operator()(const Results&... results) const {
    if (channel_ != nullptr) {
      const auto write = [&](Writer& writer) { write_arguments(writer, results...); };
      channel_->reply(write);
    }
  }

 private:
  std::shared_ptr<AckChannel> channel_;
};

template <>
class Ack<> {
 public:
  Ack() = default;
  explicit Ack(std::shared_ptr<AckChannel> channel) : channel_(std::move(channel)) {}

  [[nodiscard]] bool requested() const noexcept { return channel_ != nullptr; }

  template <class... Results>
  void operator()(const Results&... results) const {
    if (channel_ != nullptr) {
      const auto write = [&](Writer& writer) { write_arguments(writer, results...); };
      channel_->reply(write);
    }
  }

 private:
  std::shared_ptr<AckChannel> channel_;
};

/// What AckResult::error and AckResults::error say.
inline constexpr std::string_view ack_timed_out = "operation has timed out";
inline constexpr std::string_view ack_socket_gone = "socket has been disconnected";
inline constexpr std::string_view ack_given_up = "too many unanswered acknowledgements";

/// What became of an emit to one socket that asked for an acknowledgement.
struct AckResult {
  std::string error;    ///< empty, or one of the texts above
  Arguments arguments;  ///< of the answer; valid during the callback

  explicit operator bool() const noexcept { return error.empty(); }

  /// The answer's argument `index` as a `T`; nullopt where it does not fit.
  template <Readable T>
  [[nodiscard]] std::optional<T> get(std::size_t index = 0) const {
    return arguments.get<T>(index);
  }
};
using AckCallback = engineio::Function<void(AckResult)>;

/// What became of a request that several answer: of a broadcast with acknowledgements, or of a
/// serverSideEmit.
struct AckResults {
  std::string error;             ///< empty, or `operation has timed out`, or what the adapter says
  std::vector<Value> responses;  ///< the first argument of each answer, in order of arrival
  std::vector<std::string> missing;  ///< ids of the sockets of this server that did not answer

  explicit operator bool() const noexcept { return error.empty(); }
};
using AckResultsCallback = engineio::Function<void(AckResults)>;

}  // namespace socketio
