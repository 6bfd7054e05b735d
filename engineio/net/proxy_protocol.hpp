#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace engineio::net {

/// Reads the header that a proxy sends in front of a connection's bytes to say whose they are:
/// HAProxy's PROXY protocol, versions 1 and 2. One for each connection.
class ProxyHeaderDecoder {
 public:
  enum class Status : std::uint8_t { incomplete, complete, invalid };

  /// Takes bytes of the header from the front of `bytes`, all of them while it is incomplete, and
  /// none that follow it. Returns how many.
  [[nodiscard]] std::size_t decode(std::string_view bytes);

  [[nodiscard]] Status status() const noexcept { return status_; }

  /// Of a complete header: the address of the client, as ByteStream::remote_address() prints those
  /// (empty for a Unix socket of the proxy's machine). None when the proxy speaks for itself, such
  /// as in a health check, or does not know: the connection then keeps the address that it has.
  [[nodiscard]] const std::optional<std::string>& source() const noexcept { return source_; }

  /// Version 1: the longest line, with its CR LF.
  static constexpr std::size_t max_line = 107;

 private:
  void take(char byte);
  void read_line(std::string_view line);
  void read_fixed_part();
  void read_source();
  void refuse() noexcept { status_ = Status::invalid; }

  [[nodiscard]] std::string_view taken() const noexcept { return {buffer_.data(), size_}; }

  std::array<char, max_line> buffer_;  // what is of interest of version 2 is shorter
  std::size_t size_ = 0;
  std::size_t source_size_ = 0;  // version 2: of the source address, behind the fixed part
  std::size_t to_skip_ = 0;      // version 2: bytes behind that
  bool skipping_ = false;
  Status status_ = Status::incomplete;
  std::optional<std::string> source_;
};

}  // namespace engineio::net
