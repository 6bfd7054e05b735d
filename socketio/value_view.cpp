#include "socketio/value_view.hpp"

#include "socketio/number.hpp"
#include "socketio/value.hpp"
#include "socketio/writer.hpp"

namespace socketio {

std::optional<bool> ValueView::as_bool() const noexcept {
  return is_boolean() ? std::optional(node_->boolean) : std::nullopt;
}

std::optional<std::int64_t> ValueView::as_int64() const noexcept {
  switch (kind()) {
    case ValueKind::int64:
      return node_->int64;
    case ValueKind::number:
      return exact_int64(node_->number);
    default:
      return std::nullopt;
  }
}

std::optional<std::uint64_t> ValueView::as_uint64() const noexcept {
  switch (kind()) {
    case ValueKind::int64:
      return node_->int64 >= 0 ? std::optional(static_cast<std::uint64_t>(node_->int64))
                               : std::nullopt;
    case ValueKind::uint64:
      return node_->uint64;
    case ValueKind::number:
      return exact_uint64(node_->number);
    default:
      return std::nullopt;
  }
}

std::optional<double> ValueView::as_double() const noexcept {
  switch (kind()) {
    case ValueKind::int64:
      return static_cast<double>(node_->int64);
    case ValueKind::uint64:
      return static_cast<double>(node_->uint64);
    case ValueKind::number:
      return node_->number;
    default:
      return std::nullopt;
  }
}

std::optional<std::string_view> ValueView::as_string() const noexcept {
  return is_string() ? std::optional(std::string_view(node_->bytes, node_->size)) : std::nullopt;
}

std::optional<std::span<const std::byte>> ValueView::as_binary() const noexcept {
  return is_binary() ? std::optional(std::as_bytes(std::span(node_->bytes, node_->size)))
                     : std::nullopt;
}

ValueView ValueView::operator[](std::size_t index) const noexcept {
  if (!is_array() || index >= node_->size) {
    return {};
  }
  const Node* element = node_ + 1;
  for (; index > 0; --index) {
    element = element->next();
  }
  return ValueView(element);
}

ValueView ValueView::find(std::string_view key) const noexcept {
  ValueView found;
  for (const auto& [name, value] : members()) {
    if (name == key) {
      found = value;
    }
  }
  return found;
}

Value ValueView::to_value() const {
  ValueBuilder builder;
  write_to(builder);
  return builder.take();
}

void ValueView::write_to(Writer& writer) const {
  switch (kind()) {
    case ValueKind::null:
      return is_undefined() ? writer.undefined() : writer.null();
    case ValueKind::boolean:
      return writer.boolean(node_->boolean);
    case ValueKind::int64:
      return writer.integer(node_->int64);
    case ValueKind::uint64:
      return writer.unsigned_integer(node_->uint64);
    case ValueKind::number:
      return writer.number(node_->number);
    case ValueKind::string:
      return writer.string({node_->bytes, node_->size});
    case ValueKind::binary:
      return writer.binary(*as_binary());
    case ValueKind::array:
      writer.begin_array(size());
      for (const ValueView element : elements()) {
        element.write_to(writer);
      }
      return writer.end_array();
    case ValueKind::object:
      writer.begin_object(size());
      for (const auto& [name, value] : members()) {
        writer.key(name);
        value.write_to(writer);
      }
      return writer.end_object();
  }
}

}  // namespace socketio
