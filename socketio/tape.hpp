#pragma once

#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace socketio {

enum class ValueKind : std::uint8_t {
  null,  // JavaScript's null; undefined reads as null, too
  boolean,
  int64,
  uint64,  // only integers above the range of int64, so that every integer has one form
  number,  // a double
  string,  // UTF-8; lone surrogates of JavaScript strings appear as in WTF-8 (ED A0 80 … ED BF BF)
  binary,
  array,
  object
};

/// One value of a Tape. Text and bytes are views.
struct Node {
  ValueKind kind = ValueKind::null;
  bool undefined = false;  // of a null: msgpack tells JavaScript's undefined from null
  std::uint32_t size =
      0;  // bytes of a string or binary, elements of an array, members of an object
  union {
    std::int64_t int64 = 0;
    bool boolean;
    std::uint64_t uint64;
    double number;
    const char* bytes;
    std::size_t extent;  // array, object: nodes of the whole value, this one included
  };

  /// The node behind this value and all that it contains.
  [[nodiscard]] const Node* next() const noexcept {
    return this + (kind == ValueKind::array || kind == ValueKind::object ? extent : 1);
  }
};

static_assert(sizeof(Node) == 16);

/// What a parser decodes into: the values of one packet in the order of the text, in one flat
/// array. An array is followed by its elements, an object by its members: a string, then the value.
///
/// A shard has one Tape and reuses its memory, so that decoding does not allocate. Strings are
/// views of the message; keep() is for the few that are not there as they are.
class Tape {
 public:
  /// Forgets the values. Keeps the memory, unless an unusually large packet has left too much.
  void clear();

  [[nodiscard]] bool empty() const noexcept { return nodes_.empty(); }
  /// The first value; its address changes when values are appended.
  [[nodiscard]] const Node* root() const noexcept { return nodes_.data(); }
  [[nodiscard]] std::size_t size() const noexcept { return nodes_.size(); }

  void null() { append(ValueKind::null); }
  void undefined() { append(ValueKind::null).undefined = true; }
  void boolean(bool value) { append(ValueKind::boolean).boolean = value; }
  void integer(std::int64_t value) { append(ValueKind::int64).int64 = value; }
  void unsigned_integer(std::uint64_t value);
  void number(double value) { append(ValueKind::number).number = value; }
  void string(std::string_view text) { append_bytes(ValueKind::string, text.data(), text.size()); }
  void binary(std::string_view bytes) {
    append_bytes(ValueKind::binary, bytes.data(), bytes.size());
  }

  /// Opens an array or object; the result is for end().
  [[nodiscard]] std::size_t begin(ValueKind kind);
  /// Everything appended since begin() is inside. `size`: elements, or members.
  void end(std::size_t container, std::size_t size);

  /// Forgets the value at `index` and all behind it.
  void truncate(std::size_t index) { nodes_.resize(index); }

  /// Stores a string that is not part of the message, until clear().
  [[nodiscard]] std::string_view keep(std::string text);

 private:
  Node& append(ValueKind kind) {
    Node& node = nodes_.emplace_back();
    node.kind = kind;
    return node;
  }
  void append_bytes(ValueKind kind, const char* bytes, std::size_t size) {
    Node& node = append(kind);
    node.size = static_cast<std::uint32_t>(size);
    node.bytes = bytes;
  }

  std::vector<Node> nodes_;
  std::forward_list<std::string> kept_;
};

}  // namespace socketio
