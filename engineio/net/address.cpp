#include "engineio/net/address.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace engineio::net {

namespace {

constexpr std::array<std::uint8_t, 12> v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned v4_prefix_bits = 96;
constexpr unsigned all_bits = 128;

/// Unassigned in IPv6, as is what client_key() makes of IPv4.
constexpr ClientKey key_without_address = std::numeric_limits<ClientKey>::max();

std::optional<unsigned> parse_bits(std::string_view text, unsigned most) noexcept {
  unsigned bits = 0;
  const char* const end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, bits);
  if (error != std::errc() || parsed != end || bits > most) {
    return std::nullopt;
  }
  return bits;
}

}  // namespace

IpAddress IpAddress::v4(const std::array<std::uint8_t, 4>& bytes) noexcept {
  Bytes mapped;
  std::copy(bytes.begin(), bytes.end(),
            std::copy(v4_prefix.begin(), v4_prefix.end(), mapped.begin()));
  return IpAddress(mapped);
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) noexcept {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  text.copy(terminated.data(), text.size());
  std::array<std::uint8_t, 4> short_bytes;
  if (::inet_pton(AF_INET, terminated.data(), short_bytes.data()) == 1) {
    return v4(short_bytes);
  }
  Bytes bytes;
  if (::inet_pton(AF_INET6, terminated.data(), bytes.data()) == 1) {
    return IpAddress(bytes);
  }
  return std::nullopt;
}

bool IpAddress::is_v4() const noexcept {
  return std::equal(v4_prefix.begin(), v4_prefix.end(), bytes_.begin());
}

std::string IpAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_v4()) {
    ::inet_ntop(AF_INET, bytes_.data() + v4_prefix.size(), text.data(), text.size());
  } else {
    ::inet_ntop(AF_INET6, bytes_.data(), text.data(), text.size());
  }
  return text.data();
}

std::optional<Network> Network::parse(std::string_view text) noexcept {
  const auto slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) {
    return std::nullopt;
  }
  if (slash == std::string_view::npos) {
    return Network(*address, all_bits);
  }
  const bool short_form = text.find(':') == std::string_view::npos;
  const unsigned first_bit = short_form ? v4_prefix_bits : 0;
  const auto bits = parse_bits(text.substr(slash + 1), all_bits - first_bit);
  if (!bits) {
    return std::nullopt;
  }
  return Network(*address, first_bit + *bits);
}

bool Network::contains(const IpAddress& address) const noexcept {
  const unsigned whole = bits_ / 8;
  const auto& ours = address_.bytes();
  const auto& theirs = address.bytes();
  if (!std::equal(ours.begin(), ours.begin() + whole, theirs.begin())) {
    return false;
  }
  const unsigned rest = bits_ % 8;
  return rest == 0 || (ours[whole] ^ theirs[whole]) >> (8 - rest) == 0;
}

ClientKey client_key(std::string_view address) noexcept {
  const auto parsed = IpAddress::parse(address);
  if (!parsed) {
    return key_without_address;
  }
  // The network of a mapped address is that of all of IPv4, so its other half counts.
  ClientKey key = 0;
  std::memcpy(&key, parsed->bytes().data() + (parsed->is_v4() ? sizeof(key) : 0), sizeof(key));
  return key;
}

}  // namespace engineio::net
