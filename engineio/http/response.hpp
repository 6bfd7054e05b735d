#pragma once

#include <chrono>
#include <string_view>

#include "engineio/bytes.hpp"
#include "engineio/http.hpp"

namespace engineio::http {

/// What a response depends on beside its contents.
struct ResponseContext {
  std::string_view date;  ///< for the Date field
  std::chrono::seconds keep_alive_timeout{};
  bool keep_alive = true;  ///< false: `Connection: close`
  bool head_only = false;  ///< the answer to HEAD
};

/// A response's bytes: the head, with the body behind it or in a block of its own.
struct EncodedResponse {
  Bytes head;
  Bytes body;
};

/// Writes a response as Node does: the given fields in their order, then Date, Connection and
/// Content-Length (RFC 9112 section 6). 204 and 304 have no body, the answer to HEAD has the length
/// of the one it would have had. Connection and Transfer-Encoding in `headers` are not copied, and
/// a wrong Content-Length is corrected: framing is not the caller's to choose. A status that is no
/// final one (200 to 999) becomes 500.
[[nodiscard]] EncodedResponse encode_response(unsigned status, const HttpHeaders& headers,
                                              std::string_view body,
                                              const ResponseContext& context);
[[nodiscard]] EncodedResponse encode_response(unsigned status, const HttpHeaders& headers,
                                              Bytes body, const ResponseContext& context);

}  // namespace engineio::http
