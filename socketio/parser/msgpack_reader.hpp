#pragma once

#include <cstddef>
#include <span>

#include "socketio/codec.hpp"
#include "socketio/tape.hpp"

namespace socketio::parser {

/// Reads one MessagePack value that fills `bytes` into an empty tape; see read_msgpack in
/// codec.hpp. Every length is checked against the bytes that are there before it is believed.
[[nodiscard]] bool read_msgpack(std::span<const char> bytes, MsgpackDialect dialect,
                                std::size_t max_depth, Tape& tape);

}  // namespace socketio::parser
