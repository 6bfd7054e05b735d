#pragma once

#include <string>
#include <string_view>

#include "socketio/codec.hpp"
#include "socketio/value.hpp"
#include "socketio/value_view.hpp"
#include "tests/fuzz/input.hpp"

namespace fuzz {

/// Deeper than any input of a target nests values.
inline constexpr std::size_t any_depth = 1024;

inline std::string json_of(socketio::ValueView value) {
  std::string text;
  socketio::write_json([&](socketio::Writer& writer) { value.write_to(writer); }, text);
  return text;
}

inline std::string msgpack_of(socketio::ValueView value, socketio::MsgpackDialect dialect) {
  std::string bytes;
  socketio::write_msgpack([&](socketio::Writer& writer) { value.write_to(writer); }, dialect,
                          bytes);
  return bytes;
}

/// Whether MessagePack of this JSON holds the same: it has no lone surrogates, and NaN, which is
/// null in JSON, is not even itself. False also for strings that look like these.
inline bool is_exact(std::string_view json) {
  return json.find("\\ud") == std::string_view::npos && json.find("null") == std::string_view::npos;
}

/// A value that was decoded can be sent on: what is written of it is read as the same.
inline void check_value(socketio::ValueView value) {
  using socketio::Document;
  using socketio::MsgpackDialect;
  const std::string json = json_of(value);
  const auto read = Document::from_json(json, any_depth);
  require(read.has_value(), "what is written as JSON is JSON");
  require(json_of(read->root()) == json, "JSON that is read and written is the same");
  // The last of these packages has neither undefined nor integers above 2^53.
  for (const auto dialect :
       {MsgpackDialect::notepack2, MsgpackDialect::notepack3, MsgpackDialect::msgpack2}) {
    const std::string bytes = msgpack_of(value, dialect);
    const auto unpacked = Document::from_msgpack(bytes, dialect, any_depth);
    require(unpacked.has_value(), "what is written as MessagePack is MessagePack");
    require(msgpack_of(unpacked->root(), dialect) == bytes,
            "MessagePack that is read and written is the same");
    require(dialect == MsgpackDialect::msgpack2 || !is_exact(json) ||
                unpacked->root().to_value() == value.to_value(),
            "it is the same value");
  }
  const socketio::Value copy = value.to_value();
  std::string copied;
  socketio::write_json([&](socketio::Writer& writer) { copy.write_to(writer); }, copied);
  require(copied == json, "a copy is the same");
}

}  // namespace fuzz
