#include "engineio/websocket/frame.hpp"

namespace engineio::websocket {
namespace {

char* put_big_endian(char* out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    *out++ = static_cast<char>(value >> shift);
  }
  return out;
}

/// Cuts `text`, valid UTF-8, at the end of a character.
std::string_view truncate(std::string_view text, std::size_t max_size) {
  if (text.size() <= max_size) {
    return text;
  }
  while (max_size > 0 && (static_cast<unsigned char>(text[max_size]) & 0xc0) == 0x80) {
    --max_size;
  }
  return text.substr(0, max_size);
}

}  // namespace

bool is_valid_close_code(CloseCode code) {
  const bool defined = code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
  return defined || (code >= 3000 && code <= 4999);
}

std::size_t encode_header(Opcode opcode, bool fin, bool rsv1, std::uint64_t length, char* out) {
  char* end = out;
  *end++ = static_cast<char>((fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | static_cast<int>(opcode));
  if (length < 126) {
    *end++ = static_cast<char>(length);
  } else if (length <= 0xffff) {
    *end++ = 126;
    end = put_big_endian(end, length, 2);
  } else {
    *end++ = 127;
    end = put_big_endian(end, length, 8);
  }
  return static_cast<std::size_t>(end - out);
}

void append_frame(std::string& out, Opcode opcode, std::string_view payload) {
  char header[max_header_size];
  out.append(header, encode_header(opcode, true, false, payload.size(), header));
  out += payload;
}

void append_close_frame(std::string& out, CloseCode code, std::string_view reason) {
  std::string payload;
  if (code != close_code::none) {
    payload += static_cast<char>(code >> 8);
    payload += static_cast<char>(code & 0xff);
    payload += truncate(reason, max_control_size - 2);
  }
  append_frame(out, Opcode::close, payload);
}

}  // namespace engineio::websocket
