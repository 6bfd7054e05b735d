#include "engineio/websocket/frame_decoder.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "engineio/websocket/mask.hpp"

namespace engineio::websocket {
namespace {

bool is_control(Opcode opcode) { return (static_cast<unsigned>(opcode) & 0x8) != 0; }

std::string_view view(std::span<char> chars) { return {chars.data(), chars.size()}; }

std::uint64_t big_endian(std::span<const char> bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) {
    value = value << 8 | static_cast<unsigned char>(byte);
  }
  return value;
}

}  // namespace

struct FrameDecoder::Header {
  Opcode opcode = Opcode::continuation;
  bool fin = false;
  bool rsv1 = false;
  bool rsv2_or_3 = false;
  bool masked = false;
  bool extended_length = false;
  MaskKey mask{};
  std::uint64_t length = 0;

  /// Size of the header that starts with these bytes, of which there are two or more.
  static std::size_t size(std::span<const char> bytes) {
    const unsigned second = static_cast<unsigned char>(bytes[1]);
    const unsigned length = second & 0x7f;
    const std::size_t extension = length == 127 ? 8 : length == 126 ? 2 : 0;
    return 2 + extension + ((second & 0x80) != 0 ? 4 : 0);
  }

  static bool is_whole(std::span<const char> bytes) {
    return bytes.size() >= 2 && bytes.size() >= size(bytes);
  }

  /// Exactly the bytes of a header.
  static Header parse(std::span<const char> bytes) {
    const unsigned first = static_cast<unsigned char>(bytes[0]);
    const unsigned second = static_cast<unsigned char>(bytes[1]);
    Header header;
    header.opcode = static_cast<Opcode>(first & 0x0f);
    header.fin = (first & 0x80) != 0;
    header.rsv1 = (first & 0x40) != 0;
    header.rsv2_or_3 = (first & 0x30) != 0;
    header.masked = (second & 0x80) != 0;
    auto extension = bytes.subspan(2);
    if (header.masked) {
      const auto mask = extension.last(header.mask.size());
      std::copy(mask.begin(), mask.end(), header.mask.begin());
      extension = extension.first(extension.size() - mask.size());
    }
    header.extended_length = !extension.empty();
    header.length = extension.empty() ? second & 0x7f : big_endian(extension);
    return header;
  }
};

/// What is kept of an unfinished frame and of an unfinished message.
struct FrameDecoder::Partial {
  bool inside_frame = false;
  std::uint8_t head_size = 0;  // bytes in `head`; 0 once the header is parsed
  std::array<char, max_masked_header_size> head;
  std::array<char, max_control_size> control;
  Header header;
  std::uint64_t received = 0;  // payload bytes of the unfinished frame so far
  std::string message;
};

FrameDecoder::FrameDecoder(const DecoderLimits& limits, bool compression, Role role)
    : limits_(&limits), compression_(compression), role_(role) {}
FrameDecoder::FrameDecoder(FrameDecoder&&) noexcept = default;
FrameDecoder& FrameDecoder::operator=(FrameDecoder&&) noexcept = default;
FrameDecoder::~FrameDecoder() = default;

FrameDecoder::Partial& FrameDecoder::partial() {
  if (partial_ == nullptr) {
    partial_ = std::make_unique<Partial>();
  }
  return *partial_;
}

Event FrameDecoder::next(std::span<char>& bytes) {
  const bool unfinished = partial_ != nullptr && partial_->inside_frame;
  if (ended_ || (!unfinished && message_ == Opcode::continuation)) {
    partial_.reset();
  }
  while (!ended_ && !bytes.empty()) {
    const bool resuming = partial_ != nullptr && partial_->inside_frame;
    const Event event = resuming ? resume_frame(bytes) : start_frame(bytes);
    if (event.kind != Event::Kind::none) {
      return event;
    }
  }
  bytes = {};
  return {};
}

Event FrameDecoder::start_frame(std::span<char>& bytes) {
  if (!Header::is_whole(bytes)) {
    Partial& kept = partial();
    kept.inside_frame = true;
    kept.head_size = static_cast<std::uint8_t>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), kept.head.begin());
    bytes = {};
    return {};
  }
  const std::size_t size = Header::size(bytes);
  const Header header = Header::parse(bytes.first(size));
  bytes = bytes.subspan(size);
  return begin_payload(header, bytes);
}

Event FrameDecoder::resume_frame(std::span<char>& bytes) {
  Partial& kept = *partial_;
  if (kept.head_size == 0) {
    return take_part(bytes);
  }
  while (!bytes.empty() && !Header::is_whole(std::span(kept.head).first(kept.head_size))) {
    kept.head[kept.head_size++] = bytes.front();
    bytes = bytes.subspan(1);
  }
  const auto head = std::span(kept.head).first(kept.head_size);
  if (!Header::is_whole(head)) {
    return {};
  }
  const Header header = Header::parse(head);
  kept.head_size = 0;
  kept.inside_frame = false;
  return begin_payload(header, bytes);
}

Event FrameDecoder::begin_payload(const Header& header, std::span<char>& bytes) {
  if (const Event error = admit(header); error.kind == Event::Kind::error) {
    return error;
  }
  if (header.length <= bytes.size()) {
    const auto payload = bytes.first(static_cast<std::size_t>(header.length));
    bytes = bytes.subspan(payload.size());
    return take_whole(header, payload);
  }
  // Room for a whole short frame at once, while a long one grows with what does arrive.
  constexpr std::uint64_t reserved_at_once = 16 * 1024;
  Partial& kept = partial();
  kept.inside_frame = true;
  kept.header = header;
  kept.received = 0;
  if (!is_control(header.opcode) && kept.message.empty()) {
    kept.message.reserve(std::min(header.length, reserved_at_once));
  }
  return bytes.empty() ? Event{} : take_part(bytes);
}

Event FrameDecoder::take_whole(const Header& header, std::span<char> payload) {
  apply_mask(payload, header.mask);
  if (is_control(header.opcode)) {
    return deliver_control(header.opcode, payload);
  }
  if (header.fin && frame_count_ == 1) {
    return !checks_text() || protocol::is_valid_utf8(view(payload)) ? deliver_message(payload)
                                                                    : fail_text();
  }
  return store(payload) ? finish_data_frame(header.fin) : fail_text();
}

Event FrameDecoder::take_part(std::span<char>& bytes) {
  Partial& kept = *partial_;
  const std::uint64_t missing = kept.header.length - kept.received;
  const auto part =
      bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(missing, bytes.size())));
  bytes = bytes.subspan(part.size());
  apply_mask(part, kept.header.mask, kept.received);
  if (is_control(kept.header.opcode)) {
    std::copy(part.begin(), part.end(), kept.control.begin() + kept.received);
  } else if (!store(part)) {
    return fail_text();
  }
  kept.received += part.size();
  if (kept.received < kept.header.length) {
    return {};
  }
  kept.inside_frame = false;
  if (is_control(kept.header.opcode)) {
    return deliver_control(kept.header.opcode, std::span(kept.control).first(kept.received));
  }
  return finish_data_frame(kept.header.fin);
}

Event FrameDecoder::finish_data_frame(bool fin) {
  if (!fin) {
    return {};
  }
  if (checks_text() && !utf8_.complete()) {
    return fail_text();
  }
  return deliver_message(partial_ == nullptr ? std::span<char>{} : partial_->message);
}

std::string_view FrameDecoder::check_bits(const Header& header) const {
  if (header.rsv2_or_3) {
    return "Invalid WebSocket frame: RSV2 and RSV3 must be clear";
  }
  const bool starts_message = header.opcode == Opcode::text || header.opcode == Opcode::binary;
  if (header.rsv1 && !(compression_ && starts_message)) {
    return "Invalid WebSocket frame: RSV1 must be clear";
  }
  if (header.masked != (role_ == Role::server)) {
    return role_ == Role::server ? "Invalid WebSocket frame: MASK must be set"
                                 : "Invalid WebSocket frame: MASK must be clear";
  }
  return {};
}

std::string_view FrameDecoder::check_opcode(const Header& header) const {
  switch (header.opcode) {
    case Opcode::continuation:
      return message_ != Opcode::continuation ? "" : "Invalid WebSocket frame: invalid opcode 0";
    case Opcode::text:
    case Opcode::binary:
      return message_ == Opcode::continuation
                 ? ""
                 : "Invalid WebSocket frame: new message inside a fragmented one";
    case Opcode::close:
    case Opcode::ping:
    case Opcode::pong:
      if (!header.fin) {
        return "Invalid WebSocket frame: FIN must be set";
      }
      if (header.extended_length || (header.opcode == Opcode::close && header.length == 1)) {
        return "Invalid WebSocket frame: invalid payload length";
      }
      return "";
  }
  return "Invalid WebSocket frame: invalid opcode";
}

Event FrameDecoder::admit(const Header& header) {
  for (const std::string_view error : {check_bits(header), check_opcode(header)}) {
    if (!error.empty()) {
      return fail(close_code::protocol_error, error);
    }
  }
  return is_control(header.opcode) ? Event{} : admit_data(header);
}

Event FrameDecoder::admit_data(const Header& header) {
  if (header.opcode != Opcode::continuation) {
    message_ = header.opcode;
    message_compressed_ = header.rsv1;
    message_size_ = 0;
    frame_count_ = 0;
    utf8_.reset();
  }
  if (header.length > limits_->max_message_size - message_size_) {
    return fail(close_code::too_big, "Max payload size exceeded");
  }
  if (frame_count_ == limits_->max_frames) {
    return fail(close_code::policy_violation, "Too many message fragments");
  }
  message_size_ += header.length;
  ++frame_count_;
  return {};
}

bool FrameDecoder::checks_text() const { return message_ == Opcode::text && !message_compressed_; }

bool FrameDecoder::store(std::span<char> payload) {
  if (checks_text() && !utf8_.feed(view(payload))) {
    return false;
  }
  if (!payload.empty()) {
    partial().message.append(payload.data(), payload.size());
  }
  return true;
}

Event FrameDecoder::deliver_message(std::span<char> payload) {
  Event event;
  event.kind = message_ == Opcode::text ? Event::Kind::text : Event::Kind::binary;
  event.compressed = message_compressed_;
  event.payload = payload;
  message_ = Opcode::continuation;
  return event;
}

Event FrameDecoder::deliver_control(Opcode opcode, std::span<char> payload) {
  if (opcode == Opcode::close) {
    return deliver_close(payload);
  }
  Event event;
  event.kind = opcode == Opcode::ping ? Event::Kind::ping : Event::Kind::pong;
  event.payload = payload;
  return event;
}

Event FrameDecoder::deliver_close(std::span<char> payload) {
  Event event;
  event.kind = Event::Kind::close;
  if (!payload.empty()) {
    event.code = static_cast<CloseCode>(big_endian(payload.first(2)));
    event.payload = payload.subspan(2);
  }
  if (!payload.empty() && !is_valid_close_code(event.code)) {
    return fail(close_code::protocol_error, "Invalid WebSocket frame: invalid status code");
  }
  if (!protocol::is_valid_utf8(event.text())) {
    return fail_text();
  }
  ended_ = true;
  return event;
}

Event FrameDecoder::fail_text() {
  return fail(close_code::invalid_data, "Invalid WebSocket frame: invalid UTF-8 sequence");
}

Event FrameDecoder::fail(CloseCode code, std::string_view error) {
  ended_ = true;
  partial_.reset();
  Event event;
  event.kind = Event::Kind::error;
  event.code = code;
  event.error = error;
  return event;
}

}  // namespace engineio::websocket
