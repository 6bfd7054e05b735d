#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace engineio::websocket {

enum class Opcode : std::uint8_t {
  continuation = 0x0,
  text = 0x1,
  binary = 0x2,
  close = 0x8,
  ping = 0x9,
  pong = 0xa,
};

/// Status codes of a close frame (RFC 6455 section 7.4); peers may use others.
using CloseCode = std::uint16_t;
namespace close_code {
inline constexpr CloseCode normal = 1000;
inline constexpr CloseCode going_away = 1001;
inline constexpr CloseCode protocol_error = 1002;
inline constexpr CloseCode none = 1005;  ///< never on the wire: the frame has no code
inline constexpr CloseCode invalid_data = 1007;
inline constexpr CloseCode policy_violation = 1008;
inline constexpr CloseCode too_big = 1009;
}  // namespace close_code

/// True for codes that an endpoint may send.
[[nodiscard]] bool is_valid_close_code(CloseCode code);

/// Bytes of the longest header of a frame that is not masked, and of one that is.
inline constexpr std::size_t max_header_size = 10;
inline constexpr std::size_t max_masked_header_size = max_header_size + 4;
/// Bytes of the longest payload of a control frame.
inline constexpr std::size_t max_control_size = 125;

/// Writes the header of an unmasked frame, as servers send them, with the shortest form of the
/// length. `out` has room for max_header_size bytes. Returns the number of bytes written.
std::size_t encode_header(Opcode opcode, bool fin, bool rsv1, std::uint64_t length, char* out);

/// Appends a whole unmasked frame.
void append_frame(std::string& out, Opcode opcode, std::string_view payload);

/// Appends a close frame: without payload for close_code::none, else with the code and as much of
/// the reason (valid UTF-8) as fits in whole characters.
void append_close_frame(std::string& out, CloseCode code = close_code::none,
                        std::string_view reason = {});

}  // namespace engineio::websocket
