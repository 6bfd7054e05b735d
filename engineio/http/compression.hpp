#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "engineio/http.hpp"

namespace engineio::http {

enum class ContentCoding : std::uint8_t { identity, gzip, deflate };

/// The value of a Content-Encoding field.
[[nodiscard]] std::string_view content_coding_name(ContentCoding coding) noexcept;

/// The coding that a client prefers, by its Accept-Encoding (RFC 9110 section 12.5.3): the highest
/// `q`, then one named over `*`, then the order of the client. identity when it accepts neither
/// gzip nor deflate, or says nothing.
[[nodiscard]] ContentCoding negotiate_content_coding(const HttpHeaders& request_headers);

/// Compresses whole bodies with zlib. Its state (some 270 kB for each coding, from the first use
/// on) is reused, so one instance serves a whole shard.
class Compressor {
 public:
  /// `level`: zlib's, 1 to 9.
  explicit Compressor(int level);
  ~Compressor();

  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  /// The compressed body, valid until the next call. Empty when there is no memory for it: the body
  /// is then sent as it is. `coding` is not identity.
  [[nodiscard]] std::string_view compress(ContentCoding coding, std::string_view body);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace engineio::http
