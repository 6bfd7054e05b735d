#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "adapters/cluster/message.hpp"
#include "socketio/tape.hpp"
#include "socketio/writer.hpp"

namespace adapters::cluster {

/// Appends the value as JSON if there is no binary in it. False: there is, and `out` is as before.
[[nodiscard]] bool write_json_without_binary(socketio::PayloadWriter value, std::string& out);

/// How whole messages, `{type, data, uid, nsp}`, are written to channels.
enum class MessageFormat : std::uint8_t {
  json_or_msgpack,  ///< sharded adapter: msgpack (notepack.io 3) where there is binary; reads both
  msgpack           ///< streams adapter: always msgpack (@msgpack/msgpack 2)
};

/// The messages of one node: of one namespace of this process. Any thread.
class Codec {
 public:
  Codec(MessageFormat format, std::string uid, std::string nsp);

  [[nodiscard]] const std::string& uid() const noexcept { return uid_; }
  [[nodiscard]] const std::string& nsp() const noexcept { return nsp_; }

  [[nodiscard]] std::string encode(MessageType type, socketio::PayloadWriter data) const;

  /// Whether encode() of this node has made it: told by the end of the message, without decoding.
  [[nodiscard]] bool is_own(std::string_view bytes) const noexcept;

  /// Decodes in place into `tape`, which `message` is valid with. False: it is no message.
  [[nodiscard]] bool decode(std::span<char> bytes, socketio::Tape& tape, Message& message) const;

  /// Whether JavaScript's undefined is left out of objects; it is null otherwise.
  [[nodiscard]] bool knows_absence() const noexcept {
    return format_ == MessageFormat::json_or_msgpack;
  }

 private:
  [[nodiscard]] bool read(std::span<char> bytes, socketio::Tape& tape) const;

  MessageFormat format_;
  std::string uid_;
  std::string nsp_;
  std::string own_json_end_;
  std::string own_msgpack_end_;
};

}  // namespace adapters::cluster
