// The part of ChatGateway that is about messages.

#include <algorithm>
#include <utility>

#include "apps/chat/gateway/chat_gateway.hpp"
#include "apps/chat/gateway/error_event.hpp"
#include "apps/chat/store/on_shard.hpp"

namespace chat {

namespace {

std::optional<std::string> unless_empty(std::string text) {
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}

std::optional<socketio::Binary> bytes_unless_empty(std::string bytes) {
  return bytes.empty() ? std::nullopt : std::optional(socketio::Binary(std::move(bytes)));
}

MessageView view_of(Message message) {
  return {.username = std::move(message.username),
          .message = unless_empty(std::move(message.text)),
          .ciphertext = bytes_unless_empty(std::move(message.ciphertext)),
          .iv = bytes_unless_empty(std::move(message.iv)),
          .timestamp = message.timestamp,
          .id = std::move(message.id),
          .room = std::move(message.room),
          .nonce = unless_empty(std::move(message.nonce))};
}

MessageSent receipt_of(const Message& message) {
  MessageSent sent;
  if (!message.nonce.empty()) {
    sent.id = message.id;
    sent.timestamp = message.timestamp;
  }
  return sent;
}

Recipient recipient(const std::string& username) { return {username, username}; }

}  // namespace

void ChatGateway::send_message(Socket& socket, const SendMessageRequest& request,
                               const Answer& answer) {
  const Session* session = in_room(socket, request.room, answer);
  if (session == nullptr) {
    return;
  }
  if (!parts_.limits.allow_message(socket, limit_key(socket, *session))) {
    return answer.refuse(std::string(rate_limit_exceeded));
  }
  Message message{.room = request.room,
                  .user_id = session->username,
                  .username = session->username,
                  .text = request.text,
                  .ciphertext = request.ciphertext,
                  .iv = request.iv,
                  .nonce = request.nonce};
  // Told only when it cannot get lost any more; a repeated one was told the first time.
  parts_.services.messages.append(
      std::move(message),
      on_shard<AppendResult>(socket.shard(), [this, answer](Outcome<AppendResult> outcome) {
        if (!outcome) {
          return answer.refuse(std::move(outcome));
        }
        const MessageSent sent = receipt_of(outcome.value.message);
        if (!outcome.value.repeated) {
          const std::string room = outcome.value.message.room;
          tell_room(room, "newMessage", view_of(std::move(outcome.value.message)));
        }
        answer(sent);
      }));
}

void ChatGateway::get_history(Socket& socket, const HistoryRequest& request, const Answer& answer) {
  if (in_room(socket, request.room, answer) == nullptr) {
    return;
  }
  const MessageSettings& settings = parts_.services.settings.messages;
  const std::size_t limit = std::min(request.limit.value_or(settings.page), settings.most_page);
  parts_.services.messages.history(
      request.room, request.before, limit,
      on_shard<HistoryPage>(socket.shard(), [answer](Outcome<HistoryPage> outcome) {
        if (!outcome) {
          return answer.refuse(std::move(outcome));
        }
        HistoryView history{.more = outcome.value.more};
        for (Message& message : outcome.value.messages) {
          history.messages.push_back(view_of(std::move(message)));
        }
        answer(history);
      }));
}

// --- Delivered and read -------------------------------------------------------------------------

void ChatGateway::mark_delivered(Socket& socket, const DeliveredRequest& request,
                                 const Answer& answer) {
  const Session* session = joined(socket, answer);
  if (session == nullptr) {
    return;
  }
  std::vector<std::string> rooms(session->rooms.begin(), session->rooms.end());
  rooms.emplace_back(lobby);
  parts_.services.messages.mark_delivered(
      recipient(session->username), std::move(rooms), request.ids,
      on_shard<Marked>(socket.shard(),
                       [this, username = session->username, answer](Outcome<Marked> outcome) {
                         if (!outcome) {
                           return answer.refuse(std::move(outcome));
                         }
                         tell_senders(username, "delivered", outcome.value);
                         answer(Success{});
                       }));
}

void ChatGateway::mark_read(Socket& socket, const ReadRequest& request, const Answer& answer) {
  const Session* session = in_room(socket, request.room, answer);
  if (session == nullptr) {
    return;
  }
  parts_.services.messages.mark_read(
      recipient(session->username), request.room, request.up_to,
      on_shard<Marked>(socket.shard(),
                       [this, username = session->username, answer](Outcome<Marked> outcome) {
                         if (!outcome) {
                           return answer.refuse(std::move(outcome));
                         }
                         tell_senders(username, "read", outcome.value);
                         answer(Success{});
                       }));
}

void ChatGateway::tell_senders(const std::string& username, const std::string& status,
                               const Marked& marked) {
  for (const Marked::Message& message : marked.messages) {
    const MessageStatus news{message.id, message.room, username, status, marked.timestamp};
    for (socketio::Namespace* nsp : namespaces_) {
      nsp->to(name_key(message.sender)).emit("messageStatus", news);
    }
  }
}

void ChatGateway::get_receipts(Socket& socket, const ReceiptsRequest& request,
                               const Answer& answer) {
  const Session* session = joined(socket, answer);
  if (session == nullptr) {
    return;
  }
  parts_.services.messages.receipts(
      request.id, on_shard<Receipts>(socket.shard(), [this, socket = socket.shared_from_this(),
                                                      answer](Outcome<Receipts> outcome) {
        if (!outcome) {
          return answer.refuse(std::move(outcome));
        }
        const Session* reader = sessions_.find(*socket);
        if (reader == nullptr || in_room(*socket, outcome.value.room, answer) == nullptr) {
          return;
        }
        ReceiptList list;
        for (Receipt& receipt : outcome.value.receipts) {
          list.receipts.push_back({std::move(receipt.username), receipt.delivered, receipt.read});
        }
        answer(list);
      }));
}

}  // namespace chat
