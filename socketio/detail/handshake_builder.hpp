#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engineio/http.hpp"
#include "socketio/handshake.hpp"
#include "socketio/value.hpp"

namespace socketio::detail {

/// `request` is the first of the session, `issued` the time of the CONNECT in milliseconds since
/// 1970.
[[nodiscard]] Handshake build_handshake(const engineio::HttpRequest& request, Value auth,
                                        std::int64_t issued);

/// Header names as they are in Handshake::headers.
[[nodiscard]] std::string lower_case(std::string_view text);

/// The Engine.IO protocol of clients of Socket.IO v2 (its protocol 4). They may put a query behind
/// the name of a namespace.
inline constexpr unsigned protocol_of_v2_clients = 3;

/// The name of a namespace alone.
[[nodiscard]] inline std::string_view without_query(std::string_view nsp) {
  return nsp.substr(0, nsp.find('?'));
}

/// The parameters of a request target, or of a namespace of v2 clients, as an object of strings.
[[nodiscard]] Value query_object(std::string_view target);

}  // namespace socketio::detail
