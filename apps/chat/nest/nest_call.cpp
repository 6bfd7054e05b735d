#include "apps/chat/nest/nest_call.hpp"

#include <chrono>

#include "socketio/codec.hpp"
#include "socketio/date.hpp"

namespace chat {

using socketio::Arguments;
using socketio::Array;
using socketio::Object;
using socketio::Value;
using socketio::ValueView;
using socketio::Writer;

namespace {

std::string to_json(const Value& value) {
  std::string text;
  socketio::write_json([&](Writer& writer) { value.write_to(writer); }, text);
  return text;
}

// Array.prototype.join: undefined and null are empty.
std::string join(const Array& elements) {
  std::string text;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    text += i == 0 ? "" : ",";
    text += elements[i].is_null() ? "" : to_text(elements[i]);
  }
  return text;
}

}  // namespace

bool NestCall::is_unreadable() const noexcept {
  const Arguments& arguments = event_.arguments();
  return arguments.empty() || (arguments.size() == 1 && arguments[0].is_null());
}

NestField NestCall::field(std::string_view name) const {
  const Arguments& arguments = event_.arguments();
  const ValueView view = arguments.size() == 1 ? arguments[0].find(name) : ValueView();
  return view.exists() ? NestField(view.to_value()) : std::nullopt;
}

NestField NestCall::payload() const {
  const Arguments& arguments = event_.arguments();
  if (arguments.empty()) {
    return std::nullopt;
  }
  return arguments.size() == 1 ? arguments[0].to_value() : Value(arguments.to_values());
}

void NestCall::answer(const Value& value) {
  const auto write = [&](Writer& writer) { socketio::write_arguments(writer, value); };
  event_.reply(write);
}

void NestCall::fail() {
  Object cause{{"pattern", event_.name()}};
  add_field(cause, "data", payload());
  socket().emit("exception", Object{{"status", "error"},
                                    {"message", "Internal server error"},
                                    {"cause", std::move(cause)}});
}

NestField find_field(const Value& object, std::string_view name) {
  const Object* const members = object.as_object();
  const Value* const found = members != nullptr ? members->find(name) : nullptr;
  return found != nullptr ? NestField(*found) : std::nullopt;
}

void add_field(Object& object, std::string_view name, const NestField& field) {
  if (field) {
    object.append(std::string(name), *field);
  }
}

Value nest_timestamp() {
  return socketio::format_date(
      std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
}

std::string to_text(const NestField& field) {
  if (!field) {
    return "undefined";
  }
  if (const auto text = field->as_string()) {
    return std::string(*text);
  }
  if (const Array* elements = field->as_array()) {
    return join(*elements);
  }
  return field->is_object() ? "[object Object]" : to_json(*field);
}

}  // namespace chat
