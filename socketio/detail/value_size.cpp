#include "socketio/detail/value_size.hpp"

namespace socketio::detail {

std::size_t bytes_of(const Value& value) noexcept {
  std::size_t bytes = sizeof(Value);
  if (const auto text = value.as_string()) {
    bytes += text->size();
  } else if (const Binary* binary = value.as_binary()) {
    bytes += binary->size();
  } else if (const Array* elements = value.as_array()) {
    bytes += bytes_of(*elements);
  } else if (const Object* members = value.as_object()) {
    for (const Member& member : *members) {
      bytes += sizeof(member.key) + member.key.size() + bytes_of(member.value);
    }
  }
  return bytes;
}

std::size_t bytes_of(const Array& values) noexcept {
  std::size_t bytes = 0;
  for (const Value& value : values) {
    bytes += bytes_of(value);
  }
  return bytes;
}

}  // namespace socketio::detail
