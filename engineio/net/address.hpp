#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace engineio::net {

/// An IPv4 or IPv6 address. IPv4 is held as IPv6 maps it (`::ffff:10.0.0.1`), so that the two ways
/// to write it are one address.
class IpAddress {
 public:
  using Bytes = std::array<std::uint8_t, 16>;

  explicit IpAddress(const Bytes& bytes) noexcept : bytes_(bytes) {}
  [[nodiscard]] static IpAddress v4(const std::array<std::uint8_t, 4>& bytes) noexcept;

  /// Numeric, without port, brackets or zone.
  [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text) noexcept;

  [[nodiscard]] const Bytes& bytes() const noexcept { return bytes_; }
  [[nodiscard]] bool is_v4() const noexcept;

  /// The shortest way to write it: `10.0.0.1`, `2001:db8::1`.
  [[nodiscard]] std::string text() const;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;

 private:
  Bytes bytes_;
};

/// The addresses that begin with the same bits; an address alone is a network too.
class Network {
 public:
  /// `10.0.0.0/8`, `fd00::/8`, `10.0.0.1`. What is behind the bits that count is ignored.
  [[nodiscard]] static std::optional<Network> parse(std::string_view text) noexcept;

  [[nodiscard]] bool contains(const IpAddress& address) const noexcept;

 private:
  Network(const IpAddress& address, unsigned bits) noexcept : address_(address), bits_(bits) {}

  IpAddress address_;
  unsigned bits_;  // 0 to 128
};

/// What counts as one client: an IPv4 address, or the /64 network of an IPv6 address, which is what
/// one subscriber has at least.
using ClientKey = std::uint64_t;

/// Of an address as ByteStream::remote_address() prints it; all that have none are one client.
[[nodiscard]] ClientKey client_key(std::string_view address) noexcept;

}  // namespace engineio::net
