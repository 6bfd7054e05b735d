#include "socketio/arguments.hpp"

#include <algorithm>

namespace socketio {

Arguments::Arguments(ValueView array, std::size_t first) noexcept {
  if (!array.is_array()) {
    return;
  }
  auto begin = array.elements().begin();
  const std::size_t skipped = std::min(first, array.size());
  for (std::size_t i = 0; i < skipped; ++i) {
    ++begin;
  }
  size_ = array.size() - skipped;
  if (size_ != 0) {
    first_ = (*begin).node();
  }
}

ValueView Arguments::operator[](std::size_t index) const noexcept {
  if (index >= size_) {
    return {};
  }
  const Node* node = first_;
  for (std::size_t i = 0; i < index; ++i) {
    node = node->next();
  }
  return ValueView(node);
}

Arguments Arguments::from(std::size_t count) const noexcept {
  Arguments rest;
  if (count < size_) {
    rest.first_ = (*this)[count].node();
    rest.size_ = size_ - count;
  }
  return rest;
}

Array Arguments::to_values() const {
  Array values;
  values.reserve(size_);
  for (const ValueView argument : *this) {
    values.push_back(argument.to_value());
  }
  return values;
}

namespace detail {

void write_argument(Writer& writer, const Arguments& arguments) {
  for (const ValueView argument : arguments) {
    argument.write_to(writer);
  }
}

void write_argument(Writer& writer, const Spread& spread) {
  for (const Value& value : spread.values) {
    value.write_to(writer);
  }
}

}  // namespace detail

}  // namespace socketio
