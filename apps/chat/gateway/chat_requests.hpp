#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/chat/config/settings.hpp"
#include "socketio/value.hpp"
#include "socketio/value_view.hpp"

namespace chat {

// What clients ask of the chat. read() fills a request from the payload of its event; what it
// returns is for the client: what is wrong, or nothing. Where a request names a room, `roomId` is
// as good as `room`.

struct JoinChatRequest {
  std::optional<std::string> username;  ///< needed of guests

  [[nodiscard]] std::string read(socketio::ValueView payload, const LimitSettings& limits);
};

struct SendMessageRequest {
  std::string room;  ///< the lobby, where the client names none
  std::string text;
  std::string ciphertext;  ///< with `iv`, in place of the text
  std::string iv;
  std::string nonce;  ///< may be empty

  [[nodiscard]] std::string read(socketio::ValueView payload, const LimitSettings& limits);
};

struct TypingRequest {
  std::optional<std::string> room;
  bool typing = false;

  [[nodiscard]] std::string read(socketio::ValueView payload, const LimitSettings& limits);
};

struct RoomRequest {
  std::string room;

  [[nodiscard]] std::string read(socketio::ValueView payload, const LimitSettings& limits);
};

struct CreateRoomRequest {
  std::string room;
  std::size_t capacity = 0;  ///< 0: the default
  socketio::Object metadata;

  [[nodiscard]] std::string read(socketio::ValueView payload, const LimitSettings& limits);
};

struct ListRoomsRequest {
  [[nodiscard]] std::string read(socketio::ValueView, const LimitSettings&) { return {}; }
};

/// A page of a room's messages, or of its events.
struct HistoryRequest {
  std::string room;
  std::string before;  ///< the id of a message; empty: from the newest on
  std::optional<std::size_t> limit;

  [[nodiscard]] std::string read(socketio::ValueView payload, const LimitSettings& limits);
};

struct DeliveredRequest {
  std::vector<std::string> ids;

  [[nodiscard]] std::string read(socketio::ValueView payload, const LimitSettings& limits);
};

struct ReadRequest {
  std::string room;
  std::string up_to;

  [[nodiscard]] std::string read(socketio::ValueView payload, const LimitSettings& limits);
};

struct ReceiptsRequest {
  std::string id;

  [[nodiscard]] std::string read(socketio::ValueView payload, const LimitSettings& limits);
};

struct PresenceRequest {
  std::vector<std::string> users;

  [[nodiscard]] std::string read(socketio::ValueView payload, const LimitSettings& limits);
};

}  // namespace chat
