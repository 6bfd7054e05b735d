#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "socketio/value.hpp"

namespace socketio {

/// How a socket's connection began: the first request of its Engine.IO session and the payload of
/// its CONNECT packet. The same facts as `socket.handshake` in Node.
struct Handshake {
  Value headers;        ///< object; lower-case names, repeated fields joined as Node does
  std::string time;     ///< of the CONNECT, as JavaScript's Date prints it (UTC)
  std::string address;  ///< of the peer, as Node prints it
  /// The same, or the one that trusted proxies have seen (engineio::Options::trusted_proxies).
  /// Empty for sockets of other servers.
  std::string client_address = {};
  bool xdomain = false;     ///< the request had an Origin header
  bool secure = false;      ///< over TLS
  std::int64_t issued = 0;  ///< of the CONNECT, in milliseconds since 1970
  std::string url;          ///< the request's target
  Value query;              ///< object; decoded parameters of the request
  Value auth;               ///< object; payload of the CONNECT packet, `{}` without one

  /// The object as other servers of a cluster show it, in Node's order of keys.
  [[nodiscard]] Value to_value() const;
  /// Reads what another server shows; what is missing or odd stays empty.
  [[nodiscard]] static Handshake from_value(const Value& value);
};

}  // namespace socketio
