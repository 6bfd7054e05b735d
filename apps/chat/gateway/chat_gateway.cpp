#include "apps/chat/gateway/chat_gateway.hpp"

#include <utility>

#include "apps/chat/gateway/event_desk.hpp"
#include "apps/chat/presence/cluster_presence.hpp"
#include "apps/chat/store/on_shard.hpp"
#include "apps/chat/wall_clock.hpp"
#include "engineio/shard.hpp"

namespace chat {

namespace {

constexpr std::size_t most_listed_users = 1'000;

UserList listed(std::vector<std::string> users) {
  UserList list;
  if (users.size() > most_listed_users) {
    list.total = users.size();
    users.resize(most_listed_users);
  }
  list.users = std::move(users);
  return list;
}

}  // namespace

ChatGateway::ChatGateway(std::vector<socketio::Namespace*> namespaces, const Parts& parts)
    : namespaces_(std::move(namespaces)), parts_(parts) {
  for (socketio::Namespace* nsp : namespaces_) {
    register_events(*nsp);
  }
}

void ChatGateway::register_events(socketio::Namespace& nsp) {
  EventDesk desk(*this, nsp, parts_.limits, parts_.services.metrics);
  desk.on("joinChat", &ChatGateway::join_chat);
  desk.on("typing", &ChatGateway::type);
  desk.on("getPresence", &ChatGateway::get_presence);

  desk.on("joinRoom", &ChatGateway::join_room);
  desk.on("leaveRoom", &ChatGateway::leave_room);
  desk.on("createRoom", &ChatGateway::create_room);
  desk.on("closeRoom", &ChatGateway::close_room);
  desk.on("getRoomMembers", &ChatGateway::get_members);
  desk.on("listRooms", &ChatGateway::list_rooms);
  desk.on("getRoomEvents", &ChatGateway::get_room_events);

  desk.on("sendMessage", &ChatGateway::send_message);
  desk.on("getHistory", &ChatGateway::get_history);
  desk.on("markDelivered", &ChatGateway::mark_delivered);
  desk.on("markRead", &ChatGateway::mark_read);
  desk.on("getReceipts", &ChatGateway::get_receipts);
}

void ChatGateway::welcome(Socket& socket, std::optional<User> user) {
  const PresenceSettings& presence = parts_.services.settings.presence;
  Session& session =
      sessions_.make(socket, Typing::Options{presence.typing_interval, presence.typing_timeout});
  session.user = std::move(user);
  socket.emit("welcome", Welcome{parts_.services.settings.chat.welcome, wall_clock()});
  socket.on_disconnect([this, &socket, &session] {
    leave_chat(socket, session);
    sessions_.erase(socket);
  });
  if (socket.recovered()) {
    go_on(socket, session);
  }
}

// After a recovery the socket has its data and rooms, so it is in the chat without a joinChat.
void ChatGateway::go_on(Socket& socket, Session& session) {
  const std::string username(socket.data()["username"].as_string().value_or(""));
  if (username.empty() || (session.user && session.user->username != username)) {
    return;
  }
  come(socket, session, username);
  for (const std::string& room : socket.rooms()) {
    if (const auto name = room_of_key(room)) {
      enter(socket, username, *name);
    }
  }
  to_everyone("userJoined", UserNotice{username, wall_clock()});
}

// --- Joining and leaving ------------------------------------------------------------------------

void ChatGateway::join_chat(Socket& socket, const JoinChatRequest& request, const Answer& answer) {
  Session& session = sessions_.get(socket);
  std::string username;
  if (session.user) {
    username = session.user->username;
  } else if (request.username) {
    username = *request.username + (parts_.authenticator.enabled() ? " (guest)" : "");
  } else {
    return answer.refuse("username must be a string");
  }
  if (session.username != username) {
    leave_chat(socket, session);
    come(socket, session, username);
    return_to_rooms(socket, username);
  }
  to_everyone("userJoined", UserNotice{username, wall_clock()});
  socket.emit("onlineUsers", listed(parts_.presence.users()));
  answer(ChatJoined{.username = username});
}

void ChatGateway::come(Socket& socket, Session& session, const std::string& username) {
  session.username = username;
  socket.data()["username"] = username;
  socket.join(name_key(username));
  parts_.rooms.enter(lobby);
  parts_.presence.connect(username);
}

void ChatGateway::leave_chat(Socket& socket, Session& session) {
  if (session.username.empty()) {
    return;
  }
  session.typing_timer.stop();
  for (const std::string& room : session.typing.stop()) {
    tell_typing(socket, session, room, false);
  }
  for (const std::string& room : std::exchange(session.rooms, {})) {
    socket.leave(room_key(room));
    parts_.rooms.leave(room);
  }
  socket.leave(name_key(session.username));
  parts_.rooms.leave(lobby);
  parts_.presence.disconnect(std::exchange(session.username, {}));
}

// A member stays one while he is away.
void ChatGateway::return_to_rooms(Socket& socket, const std::string& username) {
  struct Return {
    std::shared_ptr<Socket> socket;
    std::vector<std::string> rooms;
    std::size_t unanswered = 0;
  };
  auto back = std::make_shared<Return>(Return{socket.shared_from_this(), {}, 0});
  const auto on_joined = [this, back, username](const Outcome<JoinResult>& outcome) {
    const std::string& room = outcome.value.room.id;
    if (outcome && enter(*back->socket, username, room)) {
      back->rooms.push_back(room);
    }
    if (--back->unanswered == 0 && !back->rooms.empty()) {
      back->socket->emit("joinedRooms", RoomNames{back->rooms});
    }
  };
  parts_.services.rooms.rooms_of(
      username, on_shard<std::vector<std::string>>(
                    socket.shard(), [this, back, username, on_joined](auto outcome) {
                      back->unanswered = outcome.value.size();
                      for (const std::string& room : outcome.value) {
                        parts_.services.rooms.join(
                            room, username, on_shard<JoinResult>(back->socket->shard(), on_joined));
                      }
                    }));
}

// --- Presence -----------------------------------------------------------------------------------

void ChatGateway::tell_presence(const PresenceChange& change) {
  PresenceView view{.username = change.user, .online = change.online};
  if (!change.online) {
    view.last_seen = change.at;
  }
  for (socketio::Namespace* nsp : namespaces_) {
    nsp->local().emit("presence", view);
  }
}

void ChatGateway::tell_left(const std::string& user) {
  for (socketio::Namespace* nsp : namespaces_) {
    nsp->local().emit("userLeft", UserNotice{user, wall_clock()});
    if (parts_.presence.online(user)) {  // came back meanwhile, and was told too early
      nsp->local().emit("userJoined", UserNotice{user, wall_clock()});
    }
  }
}

void ChatGateway::get_presence(Socket& socket, const PresenceRequest& request,
                               const Answer& answer) {
  if (joined(socket, answer) == nullptr) {
    return;
  }
  PresenceList list;
  std::vector<std::string> unknown;
  for (const std::string& user : request.users) {
    const bool online = parts_.presence.online(user);
    const auto last_seen = online ? std::nullopt : parts_.presence.last_seen(user);
    if (!online && !last_seen) {
      unknown.push_back(user);
    }
    list.presence.push_back({user, online, last_seen});
  }
  if (parts_.cluster_presence == nullptr || unknown.empty()) {
    return answer(list);
  }
  parts_.cluster_presence->last_seen(unknown, [answer, list = std::move(list)](auto dates) mutable {
    auto next = dates.begin();
    for (PresenceView& view : list.presence) {
      if (!view.online && !view.last_seen) {
        view.last_seen = *next++;
      }
    }
    answer(list);
  });
}

// --- Typing -------------------------------------------------------------------------------------

void ChatGateway::type(Socket& socket, const TypingRequest& request, const Answer& answer) {
  Session& session = sessions_.get(socket);
  const std::string room = request.room.value_or(lobby);
  answer.done();
  if (session.username.empty() || (room != lobby && !session.rooms.contains(room))) {
    return;
  }
  if (session.typing.update(room, request.typing, socket.shard().now())) {
    tell_typing(socket, session, room, request.typing);
  }
  await_typing(socket, session);
}

void ChatGateway::await_typing(Socket& socket, Session& session) {
  const auto deadline = session.typing.deadline();
  if (!deadline) {
    session.typing_timer.stop();
    return;
  }
  socket.shard().timers().start(session.typing_timer, *deadline, [this, &socket, &session] {
    for (const Typing::Notice& notice : session.typing.due(socket.shard().now())) {
      tell_typing(socket, session, notice.room, notice.typing);
    }
    await_typing(socket, session);
  });
}

void ChatGateway::tell_typing(Socket& socket, const Session& session, const std::string& room,
                              bool typing) {
  TypingView view{.username = session.username, .typing = typing};
  if (room != lobby) {
    view.room = room;
  }
  for (socketio::Namespace* nsp : namespaces_) {
    // That somebody types may get lost, it will be said again; that he stopped will not.
    const auto others = audience(*nsp, room).except(socket.id());
    (typing ? others.volatile_() : others).emit("userTyping", view);
  }
}

// --- Who may ------------------------------------------------------------------------------------

ChatGateway::Session* ChatGateway::joined(Socket& socket, const Answer& answer) {
  Session& session = sessions_.get(socket);
  if (session.username.empty()) {
    answer.refuse("You must join the chat first");
    return nullptr;
  }
  return &session;
}

ChatGateway::Session* ChatGateway::in_room(Socket& socket, const std::string& room,
                                           const Answer& answer) {
  Session* session = joined(socket, answer);
  if (session != nullptr && room != lobby && !session->rooms.contains(room)) {
    answer.refuse("You must join the room first");
    return nullptr;
  }
  return session;
}

// A guest's name proves nothing: somebody could use up what another one may send.
std::string ChatGateway::limit_key(const Socket& socket, const Session& session) const {
  return session.user ? user_key(session.user->id) : socket.id();
}

}  // namespace chat
