#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "socketio/convert.hpp"
#include "socketio/date.hpp"
#include "socketio/value.hpp"

namespace chat {

// What the chat says to clients: answers and events. The names in JavaScript are those of the
// Fields below.

struct Welcome {
  std::string message = {};
  socketio::Date timestamp = {};
};

/// Somebody joined or left the chat.
struct UserNotice {
  std::string username = {};
  socketio::Date timestamp = {};
};

struct UserList {
  std::vector<std::string> users = {};
  std::optional<std::size_t> total = {};  ///< of whom `users` are the first
};

struct ChatJoined {
  bool success = true;
  std::string username = {};
};

struct RoomNames {
  std::vector<std::string> rooms = {};
};

struct MessageSent {
  bool success = true;
  std::optional<std::string> id = {};
  std::optional<socketio::Date> timestamp = {};
};

/// A message as clients see it: at once, and in the history.
struct MessageView {
  std::string username = {};
  std::optional<std::string> message = {};
  std::optional<socketio::Binary> ciphertext = {};
  std::optional<socketio::Binary> iv = {};
  socketio::Date timestamp = {};
  std::string id = {};
  std::string room = {};
  std::optional<std::string> nonce = {};
};

struct TypingView {
  std::string username = {};
  bool typing = false;
  std::optional<std::string> room = {};
};

struct RoomJoined {
  bool success = true;
  std::string room = {};
  std::size_t members = 0;
};

/// Somebody came into the room or left it, or closed it.
struct RoomNotice {
  std::string username = {};
  std::string room = {};
  socketio::Date timestamp = {};
};

struct MemberView {
  std::string username = {};
  bool online = false;
};

struct MemberList {
  std::string room = {};
  std::size_t count = 0;
  std::vector<MemberView> members = {};
};

struct RoomCreated {
  bool success = true;
  std::string room = {};
};

struct RoomView {
  std::string room = {};
  std::size_t members = 0;
  std::size_t capacity = 0;
  bool closed = false;
  socketio::Object metadata = {};
};

struct RoomList {
  std::vector<RoomView> rooms = {};
};

struct EventView {
  std::string event = {};
  socketio::Value data = {};
  socketio::Date timestamp = {};
};

struct EventList {
  std::vector<EventView> events = {};
};

struct HistoryView {
  std::vector<MessageView> messages = {};
  bool more = false;
};

/// Somebody has received or read a message.
struct MessageStatus {
  std::string id = {};
  std::string room = {};
  std::string username = {};
  std::string status = {};
  socketio::Date timestamp = {};
};

struct ReceiptView {
  std::string username = {};
  std::optional<socketio::Date> delivered = {};
  std::optional<socketio::Date> read = {};
};

struct ReceiptList {
  std::vector<ReceiptView> receipts = {};
};

struct PresenceView {
  std::string username = {};
  bool online = false;
  std::optional<socketio::Date> last_seen = {};
};

struct PresenceList {
  std::vector<PresenceView> presence = {};
};

struct ReconnectRequired {
  std::string room = {};
  std::string reason = {};
};

}  // namespace chat

template <>
struct socketio::Fields<chat::Welcome> {
  static constexpr auto members = std::tuple(field("message", &chat::Welcome::message),
                                             field("timestamp", &chat::Welcome::timestamp));
};

template <>
struct socketio::Fields<chat::UserNotice> {
  static constexpr auto members = std::tuple(field("username", &chat::UserNotice::username),
                                             field("timestamp", &chat::UserNotice::timestamp));
};

template <>
struct socketio::Fields<chat::UserList> {
  static constexpr auto members =
      std::tuple(field("users", &chat::UserList::users), field("total", &chat::UserList::total));
};

template <>
struct socketio::Fields<chat::ChatJoined> {
  static constexpr auto members = std::tuple(field("success", &chat::ChatJoined::success),
                                             field("username", &chat::ChatJoined::username));
};

template <>
struct socketio::Fields<chat::RoomNames> {
  static constexpr auto members = std::tuple(field("rooms", &chat::RoomNames::rooms));
};

template <>
struct socketio::Fields<chat::MessageSent> {
  static constexpr auto members =
      std::tuple(field("success", &chat::MessageSent::success), field("id", &chat::MessageSent::id),
                 field("timestamp", &chat::MessageSent::timestamp));
};

template <>
struct socketio::Fields<chat::MessageView> {
  static constexpr auto members = std::tuple(
      field("username", &chat::MessageView::username),
      field("message", &chat::MessageView::message),
      field("ciphertext", &chat::MessageView::ciphertext), field("iv", &chat::MessageView::iv),
      field("timestamp", &chat::MessageView::timestamp), field("id", &chat::MessageView::id),
      field("room", &chat::MessageView::room), field("nonce", &chat::MessageView::nonce));
};

template <>
struct socketio::Fields<chat::TypingView> {
  static constexpr auto members = std::tuple(field("username", &chat::TypingView::username),
                                             field("isTyping", &chat::TypingView::typing),
                                             field("room", &chat::TypingView::room));
};

template <>
struct socketio::Fields<chat::RoomJoined> {
  static constexpr auto members = std::tuple(field("success", &chat::RoomJoined::success),
                                             field("room", &chat::RoomJoined::room),
                                             field("members", &chat::RoomJoined::members));
};

template <>
struct socketio::Fields<chat::RoomNotice> {
  static constexpr auto members = std::tuple(field("username", &chat::RoomNotice::username),
                                             field("room", &chat::RoomNotice::room),
                                             field("timestamp", &chat::RoomNotice::timestamp));
};

template <>
struct socketio::Fields<chat::MemberView> {
  static constexpr auto members = std::tuple(field("username", &chat::MemberView::username),
                                             field("online", &chat::MemberView::online));
};

template <>
struct socketio::Fields<chat::MemberList> {
  static constexpr auto members = std::tuple(field("room", &chat::MemberList::room),
                                             field("memberCount", &chat::MemberList::count),
                                             field("members", &chat::MemberList::members));
};

template <>
struct socketio::Fields<chat::RoomCreated> {
  static constexpr auto members = std::tuple(field("success", &chat::RoomCreated::success),
                                             field("room", &chat::RoomCreated::room));
};

template <>
struct socketio::Fields<chat::RoomView> {
  static constexpr auto members = std::tuple(
      field("room", &chat::RoomView::room), field("members", &chat::RoomView::members),
      field("capacity", &chat::RoomView::capacity), field("closed", &chat::RoomView::closed),
      field("metadata", &chat::RoomView::metadata));
};

template <>
struct socketio::Fields<chat::RoomList> {
  static constexpr auto members = std::tuple(field("rooms", &chat::RoomList::rooms));
};

template <>
struct socketio::Fields<chat::EventView> {
  static constexpr auto members =
      std::tuple(field("event", &chat::EventView::event), field("data", &chat::EventView::data),
                 field("timestamp", &chat::EventView::timestamp));
};

template <>
struct socketio::Fields<chat::EventList> {
  static constexpr auto members = std::tuple(field("events", &chat::EventList::events));
};

template <>
struct socketio::Fields<chat::HistoryView> {
  static constexpr auto members = std::tuple(field("messages", &chat::HistoryView::messages),
                                             field("more", &chat::HistoryView::more));
};

template <>
struct socketio::Fields<chat::MessageStatus> {
  static constexpr auto members =
      std::tuple(field("id", &chat::MessageStatus::id), field("room", &chat::MessageStatus::room),
                 field("username", &chat::MessageStatus::username),
                 field("status", &chat::MessageStatus::status),
                 field("timestamp", &chat::MessageStatus::timestamp));
};

template <>
struct socketio::Fields<chat::ReceiptView> {
  static constexpr auto members = std::tuple(field("username", &chat::ReceiptView::username),
                                             field("delivered", &chat::ReceiptView::delivered),
                                             field("read", &chat::ReceiptView::read));
};

template <>
struct socketio::Fields<chat::ReceiptList> {
  static constexpr auto members = std::tuple(field("receipts", &chat::ReceiptList::receipts));
};

template <>
struct socketio::Fields<chat::PresenceView> {
  static constexpr auto members = std::tuple(field("username", &chat::PresenceView::username),
                                             field("online", &chat::PresenceView::online),
                                             field("lastSeen", &chat::PresenceView::last_seen));
};

template <>
struct socketio::Fields<chat::PresenceList> {
  static constexpr auto members = std::tuple(field("presence", &chat::PresenceList::presence));
};

template <>
struct socketio::Fields<chat::ReconnectRequired> {
  static constexpr auto members = std::tuple(field("roomId", &chat::ReconnectRequired::room),
                                             field("reason", &chat::ReconnectRequired::reason));
};
