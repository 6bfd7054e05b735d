#pragma once

#include <string>

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

/// A value that was decoded can be sent on: what is written of it is read as the same.
inline void check_value(socketio::ValueView value) {
  using socketio::Document;
  using socketio::MsgpackDialect;
  const std::string json = json_of(value);
  const auto read = Document::from_json(json, any_depth);
  require(read.has_value(), "what is written as JSON is JSON");
  require(json_of(read->root()) == json, "JSON that is read and written is the same");
  // MessagePack has no lone surrogates, and the last of the packages below neither undefined nor
  // integers above 2^53. NaN, which is null in JSON, is not even itself.
  const bool is_exact =
      json.find("\\ud") == std::string::npos && json.find("null") == std::string::npos;
  for (const auto dialect :
       {MsgpackDialect::notepack2, MsgpackDialect::notepack3, MsgpackDialect::msgpack2}) {
    const std::string bytes = msgpack_of(value, dialect);
    const auto unpacked = Document::from_msgpack(bytes, dialect, any_depth);
    require(unpacked.has_value(), "what is written as MessagePack is MessagePack");
    require(msgpack_of(unpacked->root(), dialect) == bytes,
            "MessagePack that is read and written is the same");
    require(!is_exact || dialect == MsgpackDialect::msgpack2 ||
                unpacked->root().to_value() == value.to_value(),
            "it is the same value");
  }
  const socketio::Value copy = value.to_value();
  std::string copied;
  socketio::write_json([&](socketio::Writer& writer) { copy.write_to(writer); }, copied);
  require(copied == json, "a copy is the same");
}

}  // namespace fuzz
