#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "socketio/tape.hpp"
#include "socketio/value_view.hpp"
#include "socketio/writer.hpp"

namespace socketio {

// Single values as JSON and MessagePack, for what is not a packet: messages between servers,
// storage, configuration.

/// The npm packages that Node servers and clients use differ in what MessagePack leaves open.
enum class MsgpackDialect : std::uint8_t {
  notepack2,  // notepack.io 2: socket.io-msgpack-parser. Knows dates of its own only.
  notepack3,  // notepack.io 3: Redis adapter, sharded adapter, emitter
  msgpack2    // @msgpack/msgpack 2: Redis streams adapter. Integers above 2^53 are doubles.
};

/// Decodes in place: strings on the tape are views of `text`, which is overwritten. Clears the tape
/// first. False if the text is not what JSON.parse accepts, or nested deeper than `max_depth`
/// (at most 1024); the tape is then unspecified.
[[nodiscard]] bool read_json(std::span<char> text, Tape& tape, std::size_t max_depth = 256);

/// The same for MessagePack; `bytes` stay as they are. A timestamp is read as a string
/// (format_date), undefined as null, an extension of an unknown type as the dialect's package does:
/// `[type, bytes]` or `{"type":type,"data":bytes}`.
[[nodiscard]] bool read_msgpack(std::span<const char> bytes, MsgpackDialect dialect, Tape& tape,
                                std::size_t max_depth = 256);

/// Appends what JSON.stringify makes; binary as `{"type":"Buffer","data":[…]}`.
void write_json(PayloadWriter value, std::string& out);

/// Appends what the dialect's package makes, with these exceptions: it does not write lone
/// surrogates and numbers of 2^64 and more correctly.
void write_msgpack(PayloadWriter value, MsgpackDialect dialect, std::string& out);

/// A decoded value with a life of its own: to hold on to what was received, or to read a Value as a
/// C++ type. Movable; views stay valid when it moves.
class Document {
 public:
  /// Null.
  Document();
  /// A copy of what is written.
  explicit Document(PayloadWriter value);
  /// A copy.
  explicit Document(ValueView value);

  [[nodiscard]] static std::optional<Document> from_json(std::string text,
                                                         std::size_t max_depth = 256);
  [[nodiscard]] static std::optional<Document> from_msgpack(std::string bytes,
                                                            MsgpackDialect dialect,
                                                            std::size_t max_depth = 256);

  /// Valid as long as the document lives.
  [[nodiscard]] ValueView root() const noexcept { return ValueView(content_->tape.root()); }

 private:
  struct Content {
    std::string bytes;
    Tape tape;
  };

  std::unique_ptr<Content> content_;
};

}  // namespace socketio
