#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace floor_server {

constexpr char text_frame = '\x81';
constexpr char binary_frame = '\x82';

struct Frame {
  char kind;  ///< its first byte
  std::string_view payload;
  std::size_t size;  ///< with its header
};

/// The masked frame at the beginning of `bytes`, unmasked in place; nullopt if it is not complete.
[[nodiscard]] std::optional<Frame> read_frame(std::span<char> bytes);

/// Appends the header of a frame whose payload has `size` bytes.
void append_frame_header(std::string& out, char kind, std::size_t size);

}  // namespace floor_server
