#include "apps/chat/nest/chat_gateway.hpp"

#include <memory>

#include "apps/chat/auth/truthy.hpp"
#include "apps/chat/nest/nest_call.hpp"
#include "apps/chat/nest/online_users.hpp"

namespace chat {

using socketio::IncomingEvent;
using socketio::Namespace;
using socketio::Object;
using socketio::Socket;

namespace {

bool is_name(const NestField& username) { return username && is_truthy(*username); }

// `{username, timestamp}`: what others hear of somebody who comes or goes.
Object attendance(const NestField& username) {
  Object event;
  add_field(event, "username", username);
  event.append("timestamp", nest_timestamp());
  return event;
}

void welcome(Socket& socket) {
  socket.emit("welcome",
              Object{{"message", "Welcome to the chat!"}, {"timestamp", nest_timestamp()}});
}

void leave(Socket& socket, OnlineUsers& users) {
  const NestField username = users.find(socket.id());
  users.remove(socket.id());
  if (is_name(username)) {
    socket.nsp().emit("userLeft", attendance(username));
  }
}

void join_chat(NestCall call, OnlineUsers& users) {
  if (call.is_unreadable()) {
    call.fail();
    return;
  }
  Socket& socket = call.socket();
  const NestField username = call.field("username");
  users.set(socket.id(), username);
  socket.nsp().emit("userJoined", attendance(username));
  socket.emit("onlineUsers", Object{{"users", users.names()}});
  Object answer{{"success", true}};
  add_field(answer, "username", username);
  call.answer(answer);
}

void send_message(NestCall call, const OnlineUsers& users) {
  const NestField username = users.find(call.socket().id());
  if (!is_name(username)) {
    call.answer(Object{{"error", "You must join the chat first"}});
    return;
  }
  if (call.is_unreadable()) {
    call.fail();
    return;
  }
  Object message;
  add_field(message, "username", username);
  add_field(message, "message", call.field("message"));
  message.append("timestamp", nest_timestamp());
  call.socket().nsp().emit("newMessage", message);
  call.answer(Object{{"success", true}});
}

// Returns nothing, so an acknowledgement never comes.
void type(NestCall call, const OnlineUsers& users) {
  const NestField username = users.find(call.socket().id());
  if (!is_name(username)) {
    return;
  }
  if (call.is_unreadable()) {
    call.fail();
    return;
  }
  Object typing;
  add_field(typing, "username", username);
  add_field(typing, "isTyping", call.field("isTyping"));
  call.socket().broadcast().emit("userTyping", typing);
}

}  // namespace

void serve_nest_chat(Namespace& nsp) {
  const auto users = std::make_shared<OnlineUsers>();
  nsp.on_connection([users](Socket& socket) {
    socket.on_disconnect([users, &socket] { leave(socket, *users); });
    welcome(socket);
  });
  nsp.handle("joinChat", [users](IncomingEvent& event) { join_chat(NestCall(event), *users); });
  nsp.handle("sendMessage",
             [users](IncomingEvent& event) { send_message(NestCall(event), *users); });
  nsp.handle("typing", [users](IncomingEvent& event) { type(NestCall(event), *users); });
}

}  // namespace chat
