#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "socketio/tape.hpp"

namespace socketio::parser {

enum class JsonError : std::uint8_t {
  none,
  malformed,           // not what JSON.parse accepts, or nested too deeply
  illegal_attachments  // a placeholder without its attachment
};

struct JsonOptions {
  std::size_t max_depth = 256;
  /// Bind placeholders to these.
  const std::span<const std::string>* attachments = nullptr;
};

/// Reads one JSON text (RFC 8259) into an empty tape. Strings are unescaped in place: the tape's
/// views are of `text`. Accepts exactly what JSON.parse accepts; numbers as of parse_number(), but
/// integers of 64 bits are exact; escaped lone surrogates become WTF-8.
[[nodiscard]] JsonError read_json(std::span<char> text, const JsonOptions& options, Tape& tape);

}  // namespace socketio::parser
