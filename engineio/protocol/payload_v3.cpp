#include "engineio/protocol/payload_v3.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "engineio/protocol/utf8.hpp"

namespace engineio::protocol {
namespace {

std::string_view view(std::span<char> chars) { return {chars.data(), chars.size()}; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Saturates: what is too large for the type is too large for any body.
std::size_t append_digit(std::size_t number, std::size_t digit) {
  constexpr std::size_t max = std::numeric_limits<std::size_t>::max();
  return number > (max - digit) / 10 ? max : number * 10 + digit;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view whitespace = " \t\n\v\f\r";
  const std::size_t begin = std::min(text.find_first_not_of(whitespace), text.size());
  return text.substr(begin, text.find_last_not_of(whitespace) + 1 - begin);
}

/// Digits, optionally followed by a fraction of zeros and surrounded by whitespace.
std::optional<std::size_t> parse_length(std::string_view text) {
  text = trim(text);
  const std::string_view digits = text.substr(0, std::min(text.find('.'), text.size()));
  const std::string_view fraction = text.substr(std::min(digits.size() + 1, text.size()));
  const bool whole = fraction.find_first_not_of('0') == std::string_view::npos;
  if (digits.empty() || !whole || !std::all_of(digits.begin(), digits.end(), is_digit)) {
    return std::nullopt;
  }
  std::size_t length = 0;
  for (const char c : digits) {
    length = append_digit(length, static_cast<std::size_t>(c - '0'));
  }
  return length;
}

void append_number(std::string& out, std::size_t number) {
  char digits[std::numeric_limits<std::size_t>::digits10 + 1];
  const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), number);
  out.append(digits, end);
}

/// One packet in binary framing.
struct BinaryFrame {
  bool text;
  std::span<char> packet;
  std::span<char> rest;
};

std::optional<BinaryFrame> read_frame(std::span<char> bytes) {
  constexpr char length_end = '\xff';
  if (bytes.front() != 0 && bytes.front() != 1) {
    return std::nullopt;
  }
  std::size_t length = 0;
  std::size_t i = 1;
  for (; i < bytes.size() && bytes[i] != length_end; ++i) {
    const auto digit = static_cast<unsigned char>(bytes[i]);
    if (digit > 9 || i > BinaryPayloadV3Decoder::max_length_digits) {
      return std::nullopt;
    }
    length = append_digit(length, digit);
  }
  if (i == 1 || i == bytes.size()) {
    return std::nullopt;
  }
  const auto behind = bytes.subspan(i + 1);
  const std::size_t size = std::min(length, behind.size());
  return BinaryFrame{bytes.front() == 0, behind.first(size), behind.subspan(size)};
}

bool has_good_framing(std::span<char> body) {
  while (!body.empty()) {
    const auto frame = read_frame(body);
    if (!frame) {
      return false;
    }
    body = frame->rest;
  }
  return true;
}

std::optional<Packet> decode_frame(const BinaryFrame& frame) {
  if (!frame.text) {
    return decode_binary(Version::v3, view(frame.packet));
  }
  return is_valid_utf8(view(frame.packet)) ? decode_text(Version::v3, frame.packet) : std::nullopt;
}

}  // namespace

std::optional<Packet> PayloadV3Decoder::fail() {
  ended_ = failed_ = true;
  return std::nullopt;
}

std::optional<Packet> PayloadV3Decoder::next() {
  while (!ended_ && !rest_.empty()) {
    const std::string_view text = view(rest_);
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
      return fail();
    }
    const auto length = parse_length(text.substr(0, colon));
    const auto size = length ? utf16_prefix(text.substr(colon + 1), *length) : std::nullopt;
    if (!size) {
      return fail();
    }
    const auto packet = rest_.subspan(colon + 1, *size);
    rest_ = rest_.subspan(colon + 1 + *size);
    if (!packet.empty()) {
      const auto decoded = decode_text(Version::v3, packet);
      return decoded ? decoded : fail();
    }
  }
  return std::nullopt;
}

BinaryPayloadV3Decoder::BinaryPayloadV3Decoder(std::span<char> body)
    : rest_(body), failed_(!has_good_framing(body)) {}

std::optional<Packet> BinaryPayloadV3Decoder::next() {
  if (failed_ || rest_.empty()) {
    return std::nullopt;
  }
  const auto frame = read_frame(rest_);
  rest_ = frame->rest;
  const auto packet = decode_frame(*frame);
  failed_ = !packet;
  return packet;
}

void append_packet_v3(std::string& body, const Packet& packet) {
  const std::size_t length =
      packet.binary ? text_size(Version::v3, packet) : 1 + utf16_length(packet.data);
  append_number(body, length);
  body += ':';
  append_text(body, Version::v3, packet);
}

void append_binary_packet_v3(std::string& body, const Packet& packet) {
  body += packet.binary ? '\1' : '\0';
  const std::size_t digits_begin = body.size();
  append_number(body, 1 + packet.data.size());
  for (std::size_t i = digits_begin; i < body.size(); ++i) {
    body[i] = static_cast<char>(body[i] - '0');
  }
  body += '\xff';
  if (packet.binary) {
    append_binary(body, Version::v3, packet);
  } else {
    append_text(body, Version::v3, packet);
  }
}

}  // namespace engineio::protocol
