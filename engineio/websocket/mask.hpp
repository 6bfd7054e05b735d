#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace engineio::websocket {

/// The four bytes of a masking key in the order of the wire (RFC 6455 section 5.3).
using MaskKey = std::array<char, 4>;

/// Masks or unmasks in place. `offset` is the place of the first byte in the payload of its frame.
void apply_mask(std::span<char> bytes, MaskKey key, std::size_t offset = 0);

}  // namespace engineio::websocket
