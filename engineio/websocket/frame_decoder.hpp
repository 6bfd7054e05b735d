#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "engineio/protocol/utf8.hpp"
#include "engineio/websocket/frame.hpp"

namespace engineio::websocket {

/// What one connection may ask for. One object serves all connections.
struct DecoderLimits {
  /// Bytes of a message over all its fragments, as received: a compressed message is to be bounded
  /// again where it is inflated. Checked when a header arrives, before anything is buffered.
  std::uint64_t max_message_size = 1'000'000;
  /// Data frames of a message, the empty ones included.
  std::uint32_t max_frames = 16'384;
};

struct Event {
  enum class Kind : std::uint8_t {
    none,  ///< more bytes are needed
    text,
    binary,
    ping,  ///< to be answered by a pong with the same payload; a later ping makes earlier ones moot
    pong,
    close,  ///< the peer's close frame, valid
    error,  ///< the peer broke the protocol or a limit: close with `code`
  };

  Kind kind = Kind::none;
  /// The message has to be inflated, and text checked to be UTF-8 afterwards.
  bool compressed = false;
  /// Of a close, or what to answer an error with.
  CloseCode code = close_code::none;
  /// Data of the message, ping or pong, unmasked; the reason of a close. Mutable for the receiver.
  std::span<char> payload;
  /// Of an error: what was wrong, as a text that lives forever.
  std::string_view error;

  [[nodiscard]] std::string_view text() const { return {payload.data(), payload.size()}; }
};

/// Decodes the frames that one peer sends (RFC 6455 section 5) and unmasks them in place:
///
///     std::span<char> bytes = received;
///     for (auto event = decoder.next(bytes); event.kind != Event::Kind::none;
///          event = decoder.next(bytes)) { ... }
///
/// A message or control frame that lies whole in the given bytes is delivered as a view into them.
/// Only an unfinished rest and the fragments of an unfinished message are copied, into memory that
/// is released when next() is called after their delivery, so an idle connection holds none.
///
/// As in the `ws` package, lengths need not have their shortest form.
class FrameDecoder {
 public:
  enum class Role : std::uint8_t {
    server,  ///< frames must be masked
    client,  ///< frames must not be masked
  };

  /// `limits` must outlive the decoder. `compression`: permessage-deflate was negotiated, so a
  /// message may have RSV1 set.
  explicit FrameDecoder(const DecoderLimits& limits, bool compression = false,
                        Role role = Role::server);
  FrameDecoder(FrameDecoder&&) noexcept;
  FrameDecoder& operator=(FrameDecoder&&) noexcept;
  ~FrameDecoder();

  /// Takes bytes from the front of `bytes` up to the end of the next event. With Kind::none all of
  /// them have been taken. The views of an event are valid until the next call, and not longer than
  /// the bytes. After a close or an error the rest of the connection is ignored.
  [[nodiscard]] Event next(std::span<char>& bytes);

  /// True while an unfinished frame or message is kept.
  [[nodiscard]] bool holds_memory() const { return partial_ != nullptr; }

 private:
  struct Header;
  struct Partial;

  Event start_frame(std::span<char>& bytes);
  Event resume_frame(std::span<char>& bytes);
  Event begin_payload(const Header& header, std::span<char>& bytes);
  Event take_whole(const Header& header, std::span<char> payload);
  Event take_part(std::span<char>& bytes);
  Event finish_data_frame(bool fin);

  std::string_view check_bits(const Header& header) const;
  std::string_view check_opcode(const Header& header) const;
  Event admit(const Header& header);
  Event admit_data(const Header& header);

  bool checks_text() const;
  [[nodiscard]] bool store(std::span<char> payload);
  Event deliver_message(std::span<char> payload);
  Event deliver_control(Opcode opcode, std::span<char> payload);
  Event deliver_close(std::span<char> payload);
  Event fail_text();
  Event fail(CloseCode code, std::string_view error);
  Partial& partial();

  const DecoderLimits* limits_;
  std::unique_ptr<Partial> partial_;
  std::uint64_t message_size_ = 0;  // payload lengths announced for the current message
  std::uint32_t frame_count_ = 0;   // data frames of the current message
  protocol::Utf8Validator utf8_;
  Opcode message_ = Opcode::continuation;  // of the current message; continuation: there is none
  bool message_compressed_ = false;
  bool compression_;
  Role role_;
  bool ended_ = false;
};

}  // namespace engineio::websocket
