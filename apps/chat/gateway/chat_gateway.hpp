#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "apps/chat/cluster/local_rooms.hpp"
#include "apps/chat/gateway/answer.hpp"
#include "apps/chat/gateway/authenticator.hpp"
#include "apps/chat/gateway/chat_replies.hpp"
#include "apps/chat/gateway/chat_requests.hpp"
#include "apps/chat/gateway/names.hpp"
#include "apps/chat/gateway/per_socket.hpp"
#include "apps/chat/gateway/services.hpp"
#include "apps/chat/gateway/user_limits.hpp"
#include "apps/chat/presence/presence.hpp"
#include "apps/chat/presence/typing.hpp"
#include "engineio/timers.hpp"
#include "socketio/namespace.hpp"
#include "socketio/socket.hpp"

namespace chat {

class ClusterPresence;

/// The chat of seed document 002, and what a chat needs beside: rooms with members and history,
/// delivery and read state, presence. Serves the namespace `/chat`, and the others it is given, as
/// one chat. Its events:
///
/// | event | answer | the others get |
/// |---|---|---|
/// | `joinChat` {username} | {success, username} | `userJoined`; the client `onlineUsers` |
/// | `sendMessage` {message \| ciphertext, iv, room?, nonce?} | {success, id?, timestamp?} |
/// `newMessage` | | `typing` {isTyping, room?} | | `userTyping` | | `joinRoom`, `leaveRoom` {room}
/// | {success, room, members}, {success} | `userJoinedRoom`, `userLeftRoom` | | `createRoom` {room,
/// capacity?, metadata?}, `closeRoom` {room} | {success, room}, {success} | `roomClosed` | |
/// `getRoomMembers` {room}, `listRooms` | {room, memberCount, members}, {rooms} | | | `getHistory`
/// {room, before?, limit?} | {messages, more} | | | `getRoomEvents` {room, limit?} | {events}, the
/// newest first | | | `markDelivered` {ids}, `markRead` {room, upTo} | {success} | the senders
/// `messageStatus` | | `getReceipts` {id} | {receipts} | | | `getPresence` {users} | {presence} | |
///
/// A user is his name. With tokens it is the one in the token; a guest's name then ends with
/// ` (guest)`, so that he cannot be taken for somebody else.
///
/// Methods run on the socket's shard, on several shards at once for several sockets.
class ChatGateway {
 public:
  struct Parts {
    Services& services;
    Presence& presence;
    ClusterPresence* cluster_presence;  ///< nullptr: this node is alone
    LocalRooms& rooms;
    UserLimits& limits;
    Authenticator& authenticator;
  };

  /// Registers its handlers. Everything outlives the sockets.
  ChatGateway(std::vector<socketio::Namespace*> namespaces, const Parts& parts);

  /// A socket has connected to one of the namespaces.
  void welcome(socketio::Socket& socket, std::optional<User> user);

  // Presence, on its home shard.

  void tell_presence(const PresenceChange& change);
  void tell_left(const std::string& user);

  /// Sends to all members of a room, on all nodes. Any thread.
  template <class T>
  void to_room(const std::string& room, std::string_view event, const T& data) const {
    for (socketio::Namespace* nsp : namespaces_) {
      audience(*nsp, room).emit(event, data);
    }
  }

 private:
  struct Session {
    explicit Session(Typing::Options options) : typing(options) {}

    std::optional<User> user;     // nullopt: a guest
    std::string username;         // empty: not in the chat
    std::set<std::string> rooms;  // besides the lobby
    Typing typing;
    engineio::Timer typing_timer;
  };
  using Socket = socketio::Socket;

  void register_events(socketio::Namespace& nsp);

  // Who is there. (chat_gateway.cpp)
  void join_chat(Socket& socket, const JoinChatRequest& request, const Answer& answer);
  void go_on(Socket& socket, Session& session);
  void come(Socket& socket, Session& session, const std::string& username);
  void leave_chat(Socket& socket, Session& session);
  void return_to_rooms(Socket& socket, const std::string& username);
  void type(Socket& socket, const TypingRequest& request, const Answer& answer);
  void await_typing(Socket& socket, Session& session);
  void tell_typing(Socket& socket, const Session& session, const std::string& room, bool typing);
  void get_presence(Socket& socket, const PresenceRequest& request, const Answer& answer);

  // Rooms. (chat_rooms.cpp)
  void join_room(Socket& socket, const RoomRequest& request, const Answer& answer);
  void leave_room(Socket& socket, const RoomRequest& request, const Answer& answer);
  void create_room(Socket& socket, const CreateRoomRequest& request, const Answer& answer);
  void close_room(Socket& socket, const RoomRequest& request, const Answer& answer);
  void get_members(Socket& socket, const RoomRequest& request, const Answer& answer);
  void list_rooms(Socket& socket, const ListRoomsRequest& request, const Answer& answer);
  void get_room_events(Socket& socket, const HistoryRequest& request, const Answer& answer);
  /// False where the socket has left, or goes by another name by now.
  bool enter(Socket& socket, const std::string& username, const std::string& room);

  // Messages. (chat_messages.cpp)
  void send_message(Socket& socket, const SendMessageRequest& request, const Answer& answer);
  void get_history(Socket& socket, const HistoryRequest& request, const Answer& answer);
  void mark_delivered(Socket& socket, const DeliveredRequest& request, const Answer& answer);
  void mark_read(Socket& socket, const ReadRequest& request, const Answer& answer);
  void get_receipts(Socket& socket, const ReceiptsRequest& request, const Answer& answer);
  void tell_senders(const std::string& username, const std::string& status, const Marked& marked);

  /// The session of a socket that is in the chat; else refuses, and is nullptr.
  Session* joined(Socket& socket, const Answer& answer);
  /// The same of one that is in the room, too.
  Session* in_room(Socket& socket, const std::string& room, const Answer& answer);
  [[nodiscard]] std::string limit_key(const Socket& socket, const Session& session) const;

  /// to_room(), and puts it among the room's last events.
  template <class T>
  void tell_room(const std::string& room, std::string_view event, const T& data) {
    to_room(room, event, data);
    if (room != lobby) {
      parts_.services.rooms.add_event(room, std::string(event), socketio::to_value(data));
    }
  }
  template <class T>
  void to_everyone(std::string_view event, const T& data) const {
    to_room(lobby, event, data);
  }
  [[nodiscard]] static socketio::BroadcastOperator audience(socketio::Namespace& nsp,
                                                            const std::string& room) {
    return room == lobby ? nsp.everyone() : nsp.to(room_key(room));
  }

  const std::vector<socketio::Namespace*> namespaces_;
  const Parts parts_;
  PerSocket<Session> sessions_;
};

}  // namespace chat
