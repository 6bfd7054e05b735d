#include "engineio/net/proxy_protocol.hpp"

#include <algorithm>
#include <charconv>

#include "engineio/net/address.hpp"

// https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt

namespace engineio::net {

namespace {

constexpr std::string_view line_start = "PROXY ";
constexpr std::string_view signature{"\r\n\r\n\0\r\nQUIT\n", 12};

// Behind the signature: version and command, family and protocol, and the length of the rest.
constexpr std::size_t fixed_part = 16;
constexpr unsigned binary_version = 2;
enum Command : unsigned { local, proxy };
enum Family : unsigned { unspecified, inet, inet6, unix_socket };
enum Protocol : unsigned { any, stream, datagram };

/// Whether the shorter of the two is the beginning of the other.
bool agree(std::string_view a, std::string_view b) noexcept {
  const std::size_t size = std::min(a.size(), b.size());
  return a.substr(0, size) == b.substr(0, size);
}

std::string_view next_word(std::string_view& rest) noexcept {
  const std::size_t space = rest.find(' ');
  const std::string_view word = rest.substr(0, space);
  rest = space == std::string_view::npos ? std::string_view() : rest.substr(space + 1);
  return word;
}

bool is_port(std::string_view text) noexcept {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, port);
  const bool leading_zero = text.size() > 1 && text.front() == '0';
  return error == std::errc() && parsed == end && !leading_zero;
}

std::optional<IpAddress> parse_address(std::string_view text, bool v6) noexcept {
  const bool has_colon = text.find(':') != std::string_view::npos;
  return has_colon == v6 ? IpAddress::parse(text) : std::nullopt;
}

bool is_known(unsigned family, unsigned protocol) noexcept {
  return family == unspecified
             ? protocol == any
             : family <= unix_socket && (protocol == stream || protocol == datagram);
}

std::size_t source_size(unsigned family) noexcept {
  return family == inet ? 4 : family == inet6 ? 16 : 0;
}

/// Of source and destination: addresses and ports, or names.
std::size_t addresses_size(unsigned family) noexcept {
  const std::size_t size = source_size(family);
  return family == unix_socket ? 2 * 108 : size == 0 ? 0 : 2 * (size + 2);
}

}  // namespace

std::size_t ProxyHeaderDecoder::decode(std::string_view bytes) {
  std::size_t consumed = 0;
  while (status_ == Status::incomplete && consumed < bytes.size()) {
    if (!skipping_) {
      take(bytes[consumed++]);
      continue;
    }
    const std::size_t skipped = std::min(to_skip_, bytes.size() - consumed);
    consumed += skipped;
    to_skip_ -= skipped;
    status_ = to_skip_ == 0 ? Status::complete : Status::incomplete;
  }
  return consumed;
}

void ProxyHeaderDecoder::take(char byte) {
  buffer_[size_++] = byte;
  if (agree(taken(), signature)) {
    if (size_ == fixed_part) {
      read_fixed_part();
    } else if (size_ == fixed_part + source_size_) {
      read_source();
    }
  } else if (!agree(taken(), line_start) || (size_ == max_line && byte != '\n')) {
    refuse();
  } else if (byte == '\n') {
    read_line(taken());
  }
}

// Version 1: `PROXY TCP4 <source> <destination> <port> <port>`, or TCP6, or UNKNOWN and anything.

void ProxyHeaderDecoder::read_line(std::string_view line) {
  if (!line.ends_with("\r\n")) {
    return refuse();
  }
  std::string_view rest = line.substr(line_start.size(), line.size() - line_start.size() - 2);
  const std::string_view family = next_word(rest);
  if (family == "UNKNOWN") {
    status_ = Status::complete;
    return;
  }
  const bool v6 = family == "TCP6";
  const auto source = parse_address(next_word(rest), v6);
  const auto destination = parse_address(next_word(rest), v6);
  const bool has_source_port = is_port(next_word(rest));
  if ((!v6 && family != "TCP4") || !source || !destination || !has_source_port || !is_port(rest)) {
    return refuse();
  }
  source_ = source->text();
  status_ = Status::complete;
}

// Version 2: binary. Behind the addresses may be more, in fields with a type and a length.

void ProxyHeaderDecoder::read_fixed_part() {
  const auto at = [this](std::size_t position) -> unsigned {
    return static_cast<unsigned char>(buffer_[position]);
  };
  const unsigned version = at(12) >> 4;
  const unsigned command = at(12) & 15;
  const unsigned family = at(13) >> 4;
  const std::size_t length = at(14) << 8 | at(15);
  const bool valid = command == local || (command == proxy && is_known(family, at(13) & 15) &&
                                          length >= addresses_size(family));
  if (version != binary_version || !valid) {
    return refuse();
  }
  if (command == proxy) {
    source_size_ = source_size(family);
    if (family == unix_socket) {
      source_.emplace();
    }
  }
  to_skip_ = length - source_size_;
  if (source_size_ == 0) {
    read_source();
  }
}

void ProxyHeaderDecoder::read_source() {
  const char* const source = buffer_.data() + fixed_part;
  if (source_size_ == 4) {
    std::array<std::uint8_t, 4> bytes;
    std::copy_n(source, bytes.size(), bytes.begin());
    source_ = IpAddress::v4(bytes).text();
  } else if (source_size_ == 16) {
    IpAddress::Bytes bytes;
    std::copy_n(source, bytes.size(), bytes.begin());
    source_ = IpAddress(bytes).text();
  }
  skipping_ = true;
  status_ = to_skip_ == 0 ? Status::complete : Status::incomplete;
}

}  // namespace engineio::net
