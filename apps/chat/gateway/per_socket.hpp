#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <unordered_map>
#include <utility>

#include "engineio/shard.hpp"
#include "socketio/socket.hpp"

namespace chat {

/// What a gateway knows of each of its sockets: one T from make(), when the socket has connected,
/// to erase(), when it has left. Both are used on the socket's shard only, so nothing is locked.
template <class T>
class PerSocket {
 public:
  template <class... Arguments>
  T& make(const socketio::Socket& socket, Arguments&&... arguments) {
    auto& place = of_shard(socket)[&socket];
    place = std::make_unique<T>(std::forward<Arguments>(arguments)...);
    return *place;
  }

  /// In handlers of the socket's events, which come between the two.
  [[nodiscard]] T& get(const socketio::Socket& socket) { return *of_shard(socket).at(&socket); }
  /// In callbacks that come later: nullptr after erase().
  [[nodiscard]] T* find(const socketio::Socket& socket) {
    const auto& sockets = of_shard(socket);
    const auto found = sockets.find(&socket);
    return found == sockets.end() ? nullptr : found->second.get();
  }

  void erase(const socketio::Socket& socket) { of_shard(socket).erase(&socket); }

 private:
  static constexpr std::size_t most_shards = 256;  // engineio::Options::threads

  struct alignas(64) Sockets : std::unordered_map<const socketio::Socket*, std::unique_ptr<T>> {};

  [[nodiscard]] Sockets& of_shard(const socketio::Socket& socket) {
    return shards_[socket.shard().index()];
  }

  std::array<Sockets, most_shards> shards_;
};

}  // namespace chat
