#pragma once

#include <span>

#include "engineio/net/output_queue.hpp"
#include "engineio/net/socket.hpp"
#include "engineio/net/tls_filter.hpp"

namespace engineio::net {

// Sending until the queue is empty (`done`) or the kernel takes no more (`blocked`). The result
// also counts the bytes that the kernel has taken.

[[nodiscard]] IoResult send_all(int socket, OutputQueue& queue) noexcept;

/// Encrypts a record at a time, and only when the one before has been sent: what waits, waits as
/// plain text that it shares with other connections. During the handshake only its own messages
/// are sent. `scratch` is to gather small slices in, for one record.
[[nodiscard]] IoResult send_all(int socket, OutputQueue& queue, TlsFilter& tls,
                                std::span<char> scratch);

}  // namespace engineio::net
