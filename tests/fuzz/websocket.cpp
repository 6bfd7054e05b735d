#include <array>
#include <optional>
#include <string>
#include <vector>

#include "engineio/protocol/utf8.hpp"
#include "engineio/websocket/frame.hpp"
#include "engineio/websocket/frame_decoder.hpp"
#include "engineio/websocket/mask.hpp"
#include "engineio/websocket/message_compression.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/targets.hpp"

// The bytes of a WebSocket to messages. The first byte says who has sent them and whether
// permessage-deflate was agreed on, the second how they are cut.

namespace fuzz {

using namespace engineio::websocket;
using Kind = Event::Kind;

namespace {

/// Small, so that inputs reach them.
constexpr DecoderLimits limits{.max_message_size = 300, .max_frames = 5};
constexpr std::size_t max_inflated_size = 2000;

struct Mode {
  FrameDecoder::Role role;
  std::optional<DeflateParameters> deflate;

  explicit Mode(std::uint8_t choices)
      : role(choices % 2 == 0 ? FrameDecoder::Role::server : FrameDecoder::Role::client) {
    if ((choices & 2) != 0) {
      deflate = DeflateParameters{.server_no_context_takeover = (choices & 4) != 0,
                                  .client_no_context_takeover = (choices & 8) != 0,
                                  .server_window_bits = 15,
                                  .client_window_bits = 9 + (choices >> 4) % 7};
    }
  }
};

struct KeptEvent {
  Kind kind;
  CloseCode code;
  std::string text;
  bool operator==(const KeptEvent&) const = default;
};

/// One side of a connection, as WebSocketTransport uses the decoder.
class Receiver {
 public:
  explicit Receiver(const Mode& mode) : decoder_(limits, mode.deflate.has_value(), mode.role) {
    if (mode.deflate) {
      compression_.emplace(*mode.deflate, shared_);
    }
  }

  void receive(std::string_view piece) {
    Copy copy(piece);
    std::span<char> bytes = copy.span();
    while (!ended_) {
      const Event event = decoder_.next(bytes);
      if (event.kind == Kind::none) {
        require(bytes.empty(), "all bytes are taken before more are asked for");
        return;
      }
      take(event);
    }
  }

  std::vector<KeptEvent> events;

 private:
  void take(const Event& event) {
    const bool control = event.kind == Kind::ping || event.kind == Kind::pong;
    const bool message = event.kind == Kind::text || event.kind == Kind::binary;
    require(!control || event.payload.size() <= max_control_size, "control frames are small");
    require(!message || event.payload.size() <= limits.max_message_size,
            "no more bytes than max_message_size");
    require(event.kind == Kind::error ? !event.error.empty() : event.error.empty(),
            "errors have texts");
    require(event.kind != Kind::close || event.code == close_code::none ||
                is_valid_close_code(event.code),
            "the code of a close frame is one that may be sent");
    ended_ = event.kind == Kind::close || event.kind == Kind::error;
    if (event.compressed) {
      require(compression_.has_value() && message, "only messages are compressed, if agreed on");
      inflate(event);
    } else {
      const bool text = event.kind == Kind::text || event.kind == Kind::close;
      require(!text || engineio::protocol::is_valid_utf8(event.text()), "text is UTF-8");
      events.push_back({event.kind, event.code, std::string(event.text())});
    }
  }

  void inflate(const Event& event) {
    std::string data;
    const auto result = compression_->decompress(event.text(), max_inflated_size, data);
    require(data.size() <= max_inflated_size, "no more is inflated than allowed");
    ended_ = result != InflateResult::ok;
    events.push_back({event.kind, static_cast<CloseCode>(result), data});
  }

  FrameDecoder decoder_;
  SharedDeflate shared_;
  std::optional<MessageCompression> compression_;
  bool ended_ = false;
};

void append_masked(std::string& out, Opcode opcode, std::string_view payload) {
  char header[max_header_size];
  const std::size_t size = encode_header(opcode, true, false, payload.size(), header);
  header[1] = static_cast<char>(header[1] | 0x80);
  constexpr MaskKey key{'\x12', '\x34', '\xab', '\xcd'};
  out.append(header, size).append(key.data(), key.size());
  std::string masked(payload);
  apply_mask(masked, key);
  out += masked;
}

std::optional<Opcode> opcode_of(Kind kind) {
  switch (kind) {
    case Kind::text:
      return Opcode::text;
    case Kind::binary:
      return Opcode::binary;
    case Kind::ping:
      return Opcode::ping;
    case Kind::pong:
      return Opcode::pong;
    default:
      return std::nullopt;
  }
}

/// Messages and pings, sent again, are the same.
void check_again(const std::vector<KeptEvent>& events, FrameDecoder::Role role) {
  std::string bytes;
  std::vector<KeptEvent> sent;
  for (const KeptEvent& event : events) {
    const auto opcode = opcode_of(event.kind);
    if (!opcode || event.text.size() > limits.max_message_size) {
      continue;
    }
    role == FrameDecoder::Role::server ? append_masked(bytes, *opcode, event.text)
                                       : append_frame(bytes, *opcode, event.text);
    sent.push_back(event);
    sent.back().code = close_code::none;
  }
  Receiver again{Mode(role == FrameDecoder::Role::server ? 0 : 1)};
  again.receive(bytes);
  require(again.events == sent, "messages that are sent again are the same");
}

}  // namespace

void websocket(std::string_view input) {
  const Mode mode(take_byte(input));
  const std::uint8_t how = take_byte(input);
  Receiver whole(mode);
  whole.receive(input);
  Receiver pieces(mode);
  deliver(pieces, input, how);
  require(pieces.events == whole.events, "messages are the same wherever the bytes are cut");
  if (!mode.deflate) {  // what was inflated may be no UTF-8
    check_again(whole.events, mode.role);
  }
}

}  // namespace fuzz
