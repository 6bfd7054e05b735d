#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "engineio/bytes.hpp"

struct iovec;
struct sockaddr_storage;

namespace engineio::net {

// The system calls on a connected, non-blocking socket.

enum class IoStatus : std::uint8_t {
  done,     ///< some bytes were transferred
  blocked,  ///< none now
  ended,    ///< the peer has sent its FIN; only of receive() and peek()
  failed,
};

struct IoResult {
  IoStatus status;
  std::size_t bytes = 0;
};

[[nodiscard]] IoResult receive(int socket, std::span<char> into) noexcept;

/// What receive() would give, which remains to be received.
[[nodiscard]] IoResult peek(int socket, std::span<char> into) noexcept;

/// Slices that one send looks at.
constexpr std::size_t pieces_per_send = 64;

/// Sends from the front of `bytes` or of `slices`.
[[nodiscard]] IoResult send(int socket, std::string_view bytes) noexcept;
[[nodiscard]] IoResult send(int socket, std::span<const Slice> slices) noexcept;

/// For other ways to send: what a failed transfer means by its errno, and the front of `slices` as
/// the kernel wants it, at most as many as `into` has room for. Returns how many.
[[nodiscard]] IoResult failure(int error) noexcept;
std::size_t to_pieces(std::span<const Slice> slices, std::span<iovec> into) noexcept;

/// Sends a FIN behind everything that was sent.
void end_sending(int socket) noexcept;

/// Makes the close of the socket a reset.
void reset_on_close(int socket) noexcept;

/// Bytes that were sent, and that the peer has not acknowledged.
[[nodiscard]] std::uint32_t unacknowledged_bytes(int socket) noexcept;

/// Whether an error is pending, such as the peer's reset. Clears it.
[[nodiscard]] bool take_error(int socket) noexcept;

/// As Node prints it: `127.0.0.1`, `::1`, `::ffff:127.0.0.1`; empty for a Unix socket.
[[nodiscard]] std::string to_string(const sockaddr_storage& address);
[[nodiscard]] std::string peer_address(int socket);

/// Makes a socket from elsewhere like one that a Listener accepts: non-blocking, close-on-exec,
/// without Nagle's algorithm.
void prepare(int socket) noexcept;

}  // namespace engineio::net
