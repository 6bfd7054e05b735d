#pragma once

#include <chrono>
#include <concepts>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "engineio/function.hpp"
#include "socketio/ack.hpp"
#include "socketio/arguments.hpp"
#include "socketio/handshake.hpp"
#include "socketio/value.hpp"

namespace socketio {

class Adapter;
class RemoteSocket;

/// How a packet is sent.
struct EmitFlags {
  bool volatile_packet = false;  ///< dropped where the transport is not writable at the moment
  bool compress = true;          ///< false keeps it from asking for HTTP compression
};

/// Room names: one, or any range of them.
class RoomList {
 public:
  RoomList(std::string_view room) : rooms_{std::string(room)} {}     // NOLINT: one room is a list
  RoomList(const char* room) : rooms_{room} {}                       // NOLINT
  RoomList(std::string room) { rooms_.push_back(std::move(room)); }  // NOLINT
  RoomList(std::vector<std::string> rooms) : rooms_(std::move(rooms)) {}  // NOLINT
  RoomList(std::initializer_list<std::string_view> rooms) : rooms_(rooms.begin(), rooms.end()) {}

  [[nodiscard]] std::vector<std::string>& names() noexcept { return rooms_; }

 private:
  std::vector<std::string> rooms_;
};

/// To whom, and how. What an Adapter is told.
struct BroadcastOptions {
  std::vector<std::string> rooms = {};   ///< in any of these; empty: the whole namespace
  std::vector<std::string> except = {};  ///< but in none of these
  bool volatile_packet = false;
  std::optional<bool> compress = std::nullopt;
  bool local = false;  ///< this server only
  std::optional<std::chrono::milliseconds> timeout = std::nullopt;
  bool expect_single_response = false;  ///< the answer of one RemoteSocket

  [[nodiscard]] EmitFlags emit_flags() const noexcept {
    return {.volatile_packet = volatile_packet, .compress = compress.value_or(true)};
  }
};

struct FetchResult {
  std::string error;  ///< empty, or why it is not complete
  std::vector<RemoteSocket> sockets;

  explicit operator bool() const noexcept { return error.empty(); }
};
using FetchCallback = engineio::Function<void(FetchResult)>;

/// Some sockets of a namespace, and how to send to them. An immutable value: to(), except() and the
/// like return another one. May be kept, and used from any thread.
///
///     io.to("lobby").except("muted").emit("news", 42);
///
/// Rooms add up: a socket in several of them gets the event once. Callbacks run on the calling
/// shard, or on the first when called from elsewhere; always after the call has returned.
class BroadcastOperator {
 public:
  explicit BroadcastOperator(std::shared_ptr<Adapter> adapter, BroadcastOptions options = {});

  [[nodiscard]] BroadcastOperator to(RoomList rooms) const&;
  [[nodiscard]] BroadcastOperator to(RoomList rooms) &&;
  /// The same as to().
  [[nodiscard]] BroadcastOperator in(RoomList rooms) const& { return to(std::move(rooms)); }
  [[nodiscard]] BroadcastOperator in(RoomList rooms) && {
    return std::move(*this).to(std::move(rooms));
  }
  [[nodiscard]] BroadcastOperator except(RoomList rooms) const&;
  [[nodiscard]] BroadcastOperator except(RoomList rooms) &&;

  /// Drops the event for whoever could not get it at once.
  [[nodiscard]] BroadcastOperator volatile_() const;
  [[nodiscard]] BroadcastOperator compress(bool enabled) const;
  /// To clients of this server only.
  [[nodiscard]] BroadcastOperator local() const;
  /// For emit_with_ack() (5 s unless set) and the requests to other servers.
  [[nodiscard]] BroadcastOperator timeout(std::chrono::milliseconds duration) const;

  /// Throws std::invalid_argument for a reserved event name, as Node does.
  template <class... Args>
  void emit(std::string_view event, const Args&... args) const {
    const auto write = [&](Writer& writer) { write_event(writer, event, args...); };
    emit_payload(event, write);
  }

  /// The last argument is called with the AckResults when all clients have answered, or at the
  /// timeout with those that have.
  template <class... ArgsAndCallback>
  void emit_with_ack(std::string_view event, ArgsAndCallback&&... args) const;

  /// As emit(); `payload` writes `[event, args…]`.
  void emit_payload(std::string_view event, PayloadWriter payload) const;
  void emit_payload_with_ack(std::string_view event, PayloadWriter payload,
                             AckResultsCallback on_answers) const;

  /// The sockets, of all servers unless local().
  void fetch_sockets(FetchCallback on_sockets) const;
  void sockets_join(RoomList rooms) const;
  void sockets_leave(RoomList rooms) const;
  /// `close`: with their connections.
  void disconnect_sockets(bool close = false) const;

  [[nodiscard]] const BroadcastOptions& options() const noexcept { return options_; }

 private:
  std::shared_ptr<Adapter> adapter_;
  BroadcastOptions options_;
};

/// What is known about a socket of any server of the cluster.
struct SocketDescription {
  std::string id;
  Handshake handshake;
  std::vector<std::string> rooms;  ///< its own id among them
  Value data;
};

/// A socket of any server of the cluster, as fetch_sockets() found it: what it was then, and what
/// can be done with it from afar. A value; any thread.
class RemoteSocket {
 public:
  RemoteSocket(std::shared_ptr<Adapter> adapter, SocketDescription description);

  [[nodiscard]] const std::string& id() const noexcept { return description_.id; }
  [[nodiscard]] const Handshake& handshake() const noexcept { return description_.handshake; }
  [[nodiscard]] const std::vector<std::string>& rooms() const noexcept {
    return description_.rooms;
  }
  [[nodiscard]] const Value& data() const noexcept { return description_.data; }
  [[nodiscard]] const SocketDescription& description() const noexcept { return description_; }

  template <class... Args>
  void emit(std::string_view event, const Args&... args) const {
    target().emit(event, args...);
  }
  /// The last argument is called with the AckResults: one response, or an error.
  template <class... ArgsAndCallback>
  void emit_with_ack(std::string_view event, ArgsAndCallback&&... args) const {
    target().emit_with_ack(event, std::forward<ArgsAndCallback>(args)...);
  }
  /// For emit_with_ack().
  [[nodiscard]] RemoteSocket timeout(std::chrono::milliseconds duration) const;

  void join(RoomList rooms) const { target().sockets_join(std::move(rooms)); }
  void leave(RoomList rooms) const { target().sockets_leave(std::move(rooms)); }
  void disconnect(bool close = false) const { target().disconnect_sockets(close); }

 private:
  [[nodiscard]] BroadcastOperator target() const;

  std::shared_ptr<Adapter> adapter_;
  SocketDescription description_;
  std::optional<std::chrono::milliseconds> timeout_;
};

namespace detail {

/// Calls `send(payload, callback)` with the payload made of all arguments but the last.
template <class Callback, class Send, class... Args>
void with_last_as_callback(std::string_view event, Send&& send, Args&&... args) {
  static_assert(sizeof...(Args) != 0, "the last argument of emit_with_ack() is the callback");
  constexpr std::size_t last = sizeof...(Args) - 1;
  auto all = std::forward_as_tuple(std::forward<Args>(args)...);
  static_assert(std::constructible_from<Callback, std::tuple_element_t<last, decltype(all)>>,
                "the last argument of emit_with_ack() is the callback");
  const auto write = [&]<std::size_t... Is>(Writer & writer, std::index_sequence<Is...>) {
    write_event(writer, event, std::get<Is>(all)...);
  };
  const auto payload = [&](Writer& writer) { write(writer, std::make_index_sequence<last>{}); };
  send(PayloadWriter(payload), Callback(std::get<last>(std::move(all))));
}

}  // namespace detail

template <class... ArgsAndCallback>
void BroadcastOperator::emit_with_ack(std::string_view event, ArgsAndCallback&&... args) const {
  detail::with_last_as_callback<AckResultsCallback>(
      event,
      [&](PayloadWriter payload, AckResultsCallback callback) {
        emit_payload_with_ack(event, payload, std::move(callback));
      },
      std::forward<ArgsAndCallback>(args)...);
}

}  // namespace socketio
