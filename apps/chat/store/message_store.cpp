#include "apps/chat/store/message_store.hpp"

#include <algorithm>
#include <utility>

#include "apps/chat/store/limit_check.hpp"
#include "apps/chat/store/receipts.hpp"
#include "apps/chat/wall_clock.hpp"

namespace chat {

namespace {

StoreOptions with_clock(StoreOptions options) {
  if (!options.now) {
    options.now = wall_clock;
  }
  return options;
}

void check_id(LimitCheck& check, const char* what, const std::string& id) {
  if (!is_message_id(id)) {
    check.fail(std::string(what) + " is not the id of a message");
  }
}

LimitCheck check_message(const Message& message, const StoreLimits& limits) {
  LimitCheck check;
  check.text("the room", message.room, 1, limits.room_bytes);
  check.text("the user's id", message.user_id, 1, limits.user_bytes);
  check.text("the user's name", message.username, 0, limits.user_bytes);
  check.text("the nonce", message.nonce, 0, limits.nonce_bytes);
  check.text("the text", message.text, 0, limits.text_bytes);
  check.size("the ciphertext", message.ciphertext.size(), 0, limits.ciphertext_bytes, "bytes");
  check.size("the iv", message.iv.size(), 0, limits.iv_bytes, "bytes");
  if (message.text.empty() == message.ciphertext.empty()) {
    check.fail("a message has a text or a ciphertext");
  }
  if (!message.id.empty()) {
    check_id(check, "the id", message.id);
  }
  return check;
}

LimitCheck check_recipient(const Recipient& recipient, const StoreLimits& limits) {
  LimitCheck check;
  check.text("the user's id", recipient.user_id, 1, limits.user_bytes);
  check.text("the user's name", recipient.username, 0, limits.user_bytes);
  return check;
}

}  // namespace

MessageStore::MessageStore(const StoreOptions& options) : options_(with_clock(options)) {}

std::string MessageStore::oldest_id(const StoreOptions& options) {
  return options.max_age.count() > 0 ? first_id_at(options.now() - options.max_age) : std::string();
}

void MessageStore::append(Message message, Callback<AppendResult> callback) {
  const LimitCheck check = check_message(message, options_.limits);
  if (check.failed()) {
    return answer(callback, check.outcome<AppendResult>());
  }
  if (message.id.empty()) {
    auto [id, timestamp] = ids_.next(now());
    message.id = std::move(id);
    message.timestamp = timestamp;
  }
  do_append(std::move(message), std::move(callback));
}

void MessageStore::history(std::string room, std::string before, std::size_t limit,
                           Callback<HistoryPage> callback) {
  LimitCheck check;
  check.text("the room", room, 1, options_.limits.room_bytes);
  check.size("the page", limit, 1, options_.limits.page_messages, "messages");
  if (!before.empty()) {
    check_id(check, "`before`", before);
  }
  if (check.failed()) {
    return answer(callback, check.outcome<HistoryPage>());
  }
  do_history(std::move(room), std::move(before), limit, std::move(callback));
}

void MessageStore::mark_delivered(Recipient recipient, std::vector<std::string> rooms,
                                  std::vector<std::string> ids, Callback<Marked> callback) {
  LimitCheck check = check_recipient(recipient, options_.limits);
  check.size("the list", ids.size(), 1, options_.limits.delivered_at_once, "ids");
  for (const std::string& id : ids) {
    check_id(check, "an entry of the list", id);
  }
  if (check.failed()) {
    return answer(callback, check.outcome<Marked>());
  }
  std::sort(rooms.begin(), rooms.end());
  do_mark_delivered(std::move(recipient), std::move(rooms), std::move(ids), std::move(callback));
}

void MessageStore::mark_read(Recipient recipient, std::string room, std::string up_to,
                             Callback<Marked> callback) {
  LimitCheck check = check_recipient(recipient, options_.limits);
  check.text("the room", room, 1, options_.limits.room_bytes);
  check_id(check, "`upTo`", up_to);
  if (check.failed()) {
    return answer(callback, check.outcome<Marked>());
  }
  do_mark_read(std::move(recipient), std::move(room), std::move(up_to), std::move(callback));
}

void MessageStore::receipts(std::string id, Callback<Receipts> callback) {
  LimitCheck check;
  check_id(check, "the id", id);
  if (check.failed()) {
    return answer(callback, check.outcome<Receipts>());
  }
  if (id < oldest_id(options_)) {
    return answer(callback, no_such_message<Receipts>());
  }
  do_receipts(std::move(id), std::move(callback));
}

}  // namespace chat
