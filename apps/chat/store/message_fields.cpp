#include "apps/chat/store/message_fields.hpp"

#include <charconv>
#include <chrono>
#include <string_view>
#include <utility>

#include "apps/chat/store/message_id.hpp"

namespace chat {

using adapters::redis::Reply;
using socketio::Date;

namespace {

struct TextField {
  std::string_view name;
  std::string Message::*member;
};

constexpr TextField text_fields[] = {
    {"id", &Message::id},          {"room", &Message::room},
    {"userId", &Message::user_id}, {"username", &Message::username},
    {"text", &Message::text},      {"ciphertext", &Message::ciphertext},
    {"iv", &Message::iv},          {"nonce", &Message::nonce},
};
constexpr std::string_view timestamp = "timestamp";

}  // namespace

std::vector<std::string> to_fields(const Message& message) {
  std::vector<std::string> fields;
  for (const auto& [name, member] : text_fields) {
    if (!(message.*member).empty()) {
      fields.emplace_back(name);
      fields.push_back(message.*member);
    }
  }
  fields.emplace_back(timestamp);
  fields.push_back(to_text(message.timestamp));
  return fields;
}

std::optional<Message> to_message(Reply& fields) {
  Message message;
  bool has_timestamp = false;
  for (std::size_t i = 0; i + 1 < fields.elements.size(); i += 2) {
    const std::string& name = fields.elements[i].text;
    std::string& value = fields.elements[i + 1].text;
    for (const auto& field : text_fields) {
      if (field.name == name) {
        message.*field.member = std::move(value);
      }
    }
    if (name == timestamp) {
      const auto date = to_date(value);
      has_timestamp = date.has_value();
      message.timestamp = date.value_or(Date{});
    }
  }
  if (!has_timestamp || !is_message_id(message.id) || message.room.empty()) {
    return std::nullopt;
  }
  return message;
}

std::int64_t to_milliseconds(Date date) noexcept { return date.time_since_epoch().count(); }

std::string to_text(Date date) { return std::to_string(to_milliseconds(date)); }

std::optional<Date> to_date(std::string_view milliseconds) noexcept {
  std::int64_t count = 0;
  const char* const end = milliseconds.data() + milliseconds.size();
  const auto [rest, error] = std::from_chars(milliseconds.data(), end, count);
  if (error != std::errc() || rest != end) {
    return std::nullopt;
  }
  return Date(std::chrono::milliseconds(count));
}

}  // namespace chat
