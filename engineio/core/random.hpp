#pragma once

#include <cstddef>
#include <span>

namespace engineio::core {

/// Fills `bytes` from the operating system's cryptographic generator, which is asked for a larger
/// amount at a time. Any thread.
void fill_random(std::span<std::byte> bytes);

}  // namespace engineio::core
