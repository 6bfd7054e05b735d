#include "apps/chat/gateway/chat_requests.hpp"

#include <string_view>

#include "apps/chat/gateway/names.hpp"
#include "apps/chat/limits/validation.hpp"

namespace chat {

using socketio::ValueView;

namespace {

constexpr std::size_t most_id_characters = 64;
constexpr std::size_t most_nonce_characters = 64;
constexpr std::size_t most_iv_bytes = 64;
constexpr std::size_t most_listed = 100;  // ids or users of one request
constexpr std::int64_t highest_number = 1'000'000;

const char* room_member(ValueView payload) {
  return payload["room"].is_null() && payload["roomId"].exists() ? "roomId" : "room";
}

std::string text_of(std::optional<std::string_view> text) { return std::string(text.value_or("")); }

std::string bytes_of(std::optional<std::span<const std::byte>> bytes) {
  return bytes ? socketio::Binary(*bytes).release() : std::string();
}

std::vector<std::string> copies(const std::vector<std::string_view>& texts) {
  return {texts.begin(), texts.end()};
}

}  // namespace

std::string JoinChatRequest::read(ValueView payload, const LimitSettings& limits) {
  if (payload.is_null()) {
    return {};
  }
  PayloadReader read(payload);
  username = read.optional_text("username", limits.name_length);
  return read.error();
}

std::string SendMessageRequest::read(ValueView payload, const LimitSettings& limits) {
  PayloadReader read(payload);
  room = read.optional_text(room_member(payload), limits.room_name_length).value_or(lobby);
  nonce = text_of(read.optional_text("nonce", most_nonce_characters));
  ciphertext = bytes_of(read.optional_bytes("ciphertext", limits.ciphertext_bytes));
  iv = bytes_of(read.optional_bytes("iv", most_iv_bytes));
  if (ciphertext.empty() && iv.empty()) {
    text = read.text("message", limits.message_length);
  } else if (ciphertext.empty() || iv.empty()) {
    read.reject("ciphertext and iv belong together");
  } else if (!payload["message"].is_null()) {
    read.reject("a message is either message or ciphertext, not both");
  }
  return read.error();
}

std::string TypingRequest::read(ValueView payload, const LimitSettings& limits) {
  PayloadReader read(payload);
  room = read.optional_text(room_member(payload), limits.room_name_length);
  typing = read.flag("isTyping");
  return read.error();
}

std::string RoomRequest::read(ValueView payload, const LimitSettings& limits) {
  PayloadReader read(payload);
  room = read.text(room_member(payload), limits.room_name_length);
  return read.error();
}

std::string CreateRoomRequest::read(ValueView payload, const LimitSettings& limits) {
  PayloadReader read(payload);
  room = read.text(room_member(payload), limits.room_name_length);
  capacity =
      static_cast<std::size_t>(read.optional_integer("capacity", 1, highest_number).value_or(0));
  const ValueView described = payload["metadata"];
  if (described.is_object()) {
    metadata = *described.to_value().as_object();
  } else if (!described.is_null()) {
    read.reject("metadata must be an object");
  }
  return read.error();
}

std::string HistoryRequest::read(ValueView payload, const LimitSettings& limits) {
  PayloadReader read(payload);
  room = read.optional_text(room_member(payload), limits.room_name_length).value_or(lobby);
  before = text_of(read.optional_text("before", most_id_characters));
  if (const auto number = read.optional_integer("limit", 1, highest_number)) {
    limit = static_cast<std::size_t>(*number);
  }
  return read.error();
}

std::string DeliveredRequest::read(ValueView payload, const LimitSettings&) {
  PayloadReader read(payload);
  ids = copies(read.texts("ids", most_listed, most_id_characters));
  return read.error();
}

std::string ReadRequest::read(ValueView payload, const LimitSettings& limits) {
  PayloadReader read(payload);
  room = read.optional_text(room_member(payload), limits.room_name_length).value_or(lobby);
  up_to = read.text("upTo", most_id_characters);
  return read.error();
}

std::string ReceiptsRequest::read(ValueView payload, const LimitSettings&) {
  PayloadReader read(payload);
  id = read.text("id", most_id_characters);
  return read.error();
}

std::string PresenceRequest::read(ValueView payload, const LimitSettings& limits) {
  PayloadReader read(payload);
  users = copies(read.texts("users", most_listed, limits.name_length));
  return read.error();
}

}  // namespace chat
