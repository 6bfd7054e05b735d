#include "adapters/wire/room_names.hpp"

#include <cstdint>

#include "socketio/adapter.hpp"
#include "socketio/codec.hpp"

namespace adapters::wire {

namespace {

constexpr bool is_continuation(char byte) noexcept {
  return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

/// The payload of a leading byte.
constexpr std::uint32_t leading_bits(unsigned char byte) noexcept {
  if (byte < 0x80) {
    return byte;
  }
  return byte < 0xe0 ? byte & 0x1f : byte < 0xf0 ? byte & 0x0f : byte & 0x07;
}

void append(std::u16string& units, std::uint32_t code_point) {
  if (code_point < 0x10000) {
    units += static_cast<char16_t>(code_point);
    return;
  }
  code_point -= 0x10000;
  units += static_cast<char16_t>(0xd800 + (code_point >> 10 & 0x3ff));
  units += static_cast<char16_t>(0xdc00 + (code_point & 0x3ff));
}

}  // namespace

std::string room_text(std::string_view room) {
  const auto number = socketio::numeric_room_value(room);
  if (!number) {
    return std::string(room);
  }
  std::string text;
  socketio::write_json([&](socketio::Writer& writer) { writer.number(*number); }, text);
  return text;
}

std::u16string utf16(std::string_view text) {
  std::u16string units;
  for (std::size_t i = 0; i < text.size();) {
    std::uint32_t code_point = leading_bits(static_cast<unsigned char>(text[i++]));
    while (i < text.size() && is_continuation(text[i])) {
      code_point = code_point << 6 | (static_cast<unsigned char>(text[i++]) & 0x3f);
    }
    append(units, code_point);
  }
  return units;
}

}  // namespace adapters::wire
