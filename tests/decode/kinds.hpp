#pragma once

#include <span>
#include <string>
#include <string_view>

#include "tests/decode/notation.hpp"

namespace decode {

/// The input of one case: the messages in the order in which they come. Decoders work in place.
using Messages = std::span<std::string>;

/// Decodes an input, encodes what came out again, and writes both as one value.
using Decode = void (*)(Messages input, NotationWriter& out);

/// One kind of input. conformance/differential/node_decoders.js has the other side of each.
struct Kind {
  std::string_view name;
  Decode decode;
};

std::span<const Kind> engineio_kinds();
std::span<const Kind> socketio_kinds();

}  // namespace decode
