#include "socketio/value.hpp"

#include <algorithm>

#include "socketio/number.hpp"

namespace socketio {
namespace {

const Value null_value;

bool equal_numbers(const Value& a, const Value& b) noexcept {
  if (const auto left = a.as_int64(), right = b.as_int64(); left && right) {
    return *left == *right;
  }
  if (const auto left = a.as_uint64(), right = b.as_uint64(); left && right) {
    return *left == *right;
  }
  // Whatever fits an integer has been compared as one, or is one on one side only.
  return a.kind() == b.kind() && *a.as_double() == *b.as_double();
}

bool contains_members_of(const Object& outer, const Object& inner) noexcept {
  return std::all_of(inner.begin(), inner.end(), [&](const Member& member) {
    const Value* other = outer.find(member.key);
    return other != nullptr && *other == *inner.find(member.key);
  });
}

}  // namespace

Object::Object() noexcept = default;
Object::Object(std::initializer_list<Member> members) : members_(members) {}
Object::Object(const Object&) = default;
Object::Object(Object&&) noexcept = default;
Object& Object::operator=(const Object&) = default;
Object& Object::operator=(Object&&) noexcept = default;
Object::~Object() = default;

std::size_t Object::size() const noexcept { return members_.size(); }
bool Object::empty() const noexcept { return members_.empty(); }
const Member* Object::begin() const noexcept { return members_.data(); }
const Member* Object::end() const noexcept { return members_.data() + members_.size(); }
Member* Object::begin() noexcept { return members_.data(); }
Member* Object::end() noexcept { return members_.data() + members_.size(); }

const Value* Object::find(std::string_view key) const noexcept {
  const auto found = std::find_if(members_.rbegin(), members_.rend(),
                                  [&](const Member& member) { return member.key == key; });
  return found != members_.rend() ? &found->value : nullptr;
}

Value* Object::find(std::string_view key) noexcept {
  return const_cast<Value*>(std::as_const(*this).find(key));
}

Value& Object::operator[](std::string_view key) {
  Value* found = find(key);
  return found != nullptr ? *found : append(std::string(key), nullptr);
}

Value& Object::append(std::string key, Value value) {
  return members_.emplace_back(Member{std::move(key), std::move(value)}).value;
}

bool Object::erase(std::string_view key) {
  return std::erase_if(members_, [&](const Member& member) { return member.key == key; }) > 0;
}

Value::Value(Array elements) noexcept : data_(std::move(elements)) {}
Value::Value(Object members) noexcept : data_(std::move(members)) {}

std::optional<bool> Value::as_bool() const noexcept {
  const bool* value = std::get_if<bool>(&data_);
  return value != nullptr ? std::optional(*value) : std::nullopt;
}

std::optional<std::int64_t> Value::as_int64() const noexcept {
  if (const auto* value = std::get_if<std::int64_t>(&data_)) {
    return *value;
  }
  if (const auto* value = std::get_if<double>(&data_)) {
    return exact_int64(*value);
  }
  return std::nullopt;
}

std::optional<std::uint64_t> Value::as_uint64() const noexcept {
  if (const auto* value = std::get_if<std::uint64_t>(&data_)) {
    return *value;
  }
  if (const auto* value = std::get_if<double>(&data_)) {
    return exact_uint64(*value);
  }
  const auto* value = std::get_if<std::int64_t>(&data_);
  return value != nullptr && *value >= 0 ? std::optional(static_cast<std::uint64_t>(*value))
                                         : std::nullopt;
}

std::optional<double> Value::as_double() const noexcept {
  if (const auto* value = std::get_if<double>(&data_)) {
    return *value;
  }
  if (const auto* value = std::get_if<std::int64_t>(&data_)) {
    return static_cast<double>(*value);
  }
  const auto* value = std::get_if<std::uint64_t>(&data_);
  return value != nullptr ? std::optional(static_cast<double>(*value)) : std::nullopt;
}

std::optional<std::string_view> Value::as_string() const noexcept {
  const std::string* text = std::get_if<std::string>(&data_);
  return text != nullptr ? std::optional<std::string_view>(*text) : std::nullopt;
}

std::size_t Value::size() const noexcept {
  if (const Array* array = as_array()) {
    return array->size();
  }
  const Object* object = as_object();
  return object != nullptr ? object->size() : 0;
}

const Value& Value::operator[](std::string_view key) const noexcept {
  const Object* object = as_object();
  const Value* found = object != nullptr ? object->find(key) : nullptr;
  return found != nullptr ? *found : null_value;
}

const Value& Value::operator[](std::size_t index) const noexcept {
  const Array* array = as_array();
  return array != nullptr && index < array->size() ? (*array)[index] : null_value;
}

Value& Value::operator[](std::string_view key) {
  if (!is_object()) {
    data_ = Object{};
  }
  return (*as_object())[key];
}

void Value::write_to(Writer& writer) const {
  switch (kind()) {
    case ValueKind::null:
      return writer.null();
    case ValueKind::boolean:
      return writer.boolean(std::get<bool>(data_));
    case ValueKind::int64:
      return writer.integer(std::get<std::int64_t>(data_));
    case ValueKind::uint64:
      return writer.unsigned_integer(std::get<std::uint64_t>(data_));
    case ValueKind::number:
      return writer.number(std::get<double>(data_));
    case ValueKind::string:
      return writer.string(std::get<std::string>(data_));
    case ValueKind::binary:
      return writer.binary(std::get<Binary>(data_).bytes());
    case ValueKind::array:
      writer.begin_array(size());
      for (const Value& element : *as_array()) {
        element.write_to(writer);
      }
      return writer.end_array();
    case ValueKind::object:
      writer.begin_object(size());
      for (const Member& member : *as_object()) {
        writer.key(member.key);
        member.value.write_to(writer);
      }
      return writer.end_object();
  }
}

bool operator==(const Value& a, const Value& b) noexcept {
  if (a.is_number() && b.is_number()) {
    return equal_numbers(a, b);
  }
  if (a.kind() != b.kind()) {
    return false;
  }
  if (const Object* object = a.as_object()) {
    return contains_members_of(*object, *b.as_object()) &&
           contains_members_of(*b.as_object(), *object);
  }
  if (const Array* array = a.as_array()) {
    return *array == *b.as_array();
  }
  return a.as_string() == b.as_string() && a.as_bool() == b.as_bool() &&
         (!a.is_binary() || *a.as_binary() == *b.as_binary());
}

Value ValueBuilder::take() {
  open_.clear();
  return std::exchange(root_, nullptr);
}

void ValueBuilder::begin_array(std::size_t size) {
  Array array;
  array.reserve(size);
  open_.push_back({std::move(array), {}});
}

void ValueBuilder::begin_object(std::size_t) { open_.push_back({Object{}, {}}); }

void ValueBuilder::close() {
  Value value = std::move(open_.back().container);
  open_.pop_back();
  add(std::move(value));
}

void ValueBuilder::add(Value value) {
  if (open_.empty()) {
    root_ = std::move(value);
  } else if (Array* array = open_.back().container.as_array()) {
    array->push_back(std::move(value));
  } else {
    open_.back().container.as_object()->append(std::move(open_.back().key), std::move(value));
  }
}

}  // namespace socketio
