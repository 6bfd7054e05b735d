#include "apps/chat/store/sqlite_messages.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "apps/chat/store/receipts.hpp"
#include "apps/chat/store/sqlite.hpp"

namespace chat::sqlite {

using socketio::Date;

namespace {

std::int64_t to_integer(Date date) { return date.time_since_epoch().count(); }
std::int64_t to_integer(std::size_t size) { return static_cast<std::int64_t>(size); }

Date to_date(std::int64_t milliseconds) { return Date(std::chrono::milliseconds(milliseconds)); }

std::optional<Date> to_date(std::optional<std::int64_t> milliseconds) {
  return milliseconds ? std::optional(to_date(*milliseconds)) : std::nullopt;
}

/// Sorts behind all ids.
constexpr const char* behind_all = "~";

/// A message that a recipient has not received, or not read.
struct Target {
  Marked::Message message;
  bool has_receipt = false;
  std::int64_t receipts = 0;  // of all recipients
};

std::optional<Target> find_undelivered(Connection& connection, const Recipient& recipient,
                                       const std::vector<std::string>& rooms,
                                       const std::string& id) {
  Query row(connection,
            "SELECT room, user_id, receipts FROM messages WHERE id = ? AND user_id <> ? AND NOT "
            "EXISTS (SELECT 1 FROM receipts r WHERE r.message_id = id AND r.user_id = ?)",
            id, recipient.user_id, recipient.user_id);
  if (!row.next() || !std::binary_search(rooms.begin(), rooms.end(), row.text(0))) {
    return std::nullopt;
  }
  return Target{
      .message = {id, row.text(0), row.text(1)}, .has_receipt = false, .receipts = row.integer(2)};
}

std::vector<Target> find_unread(Connection& connection, const Recipient& recipient,
                                const std::string& room, const std::string& up_to,
                                const std::string& oldest, std::size_t limit) {
  std::vector<Target> targets;
  std::size_t read_in_a_row = 0;
  Query row(connection,
            "SELECT m.id, m.user_id, m.receipts, r.delivered, r.read FROM messages m LEFT JOIN "
            "receipts r ON r.message_id = m.id AND r.user_id = ? WHERE m.room = ? AND m.id <= ? "
            "AND m.id >= ? ORDER BY m.id DESC LIMIT ?",
            recipient.user_id, room, up_to, oldest, to_integer(limit));
  while (row.next() && read_in_a_row < read_run) {
    if (row.text(1) == recipient.user_id) {
      continue;
    }
    if (row.optional_integer(4)) {
      ++read_in_a_row;
      continue;
    }
    read_in_a_row = 0;
    targets.push_back({.message = {row.text(0), room, row.text(1)},
                       .has_receipt = row.optional_integer(3).has_value(),
                       .receipts = row.integer(2)});
  }
  return targets;
}

void mark(Connection& connection, const Recipient& recipient, Target target, bool read,
          const StoreLimits& limits, Marked& marked) {
  const std::int64_t now = to_integer(marked.timestamp);
  if (target.has_receipt) {
    connection.execute("UPDATE receipts SET read = ? WHERE message_id = ? AND user_id = ?", now,
                       target.message.id, recipient.user_id);
  } else if (target.receipts < to_integer(limits.receipts_per_message)) {
    connection.execute("INSERT INTO receipts VALUES (?, ?, ?, ?, NULLIF(?, 0))", target.message.id,
                       recipient.user_id, recipient.username, now, read ? now : 0);
    connection.execute("UPDATE messages SET receipts = receipts + 1 WHERE id = ?",
                       target.message.id);
  } else {
    return;
  }
  marked.messages.push_back(std::move(target.message));
}

}  // namespace

Outcome<AppendResult> insert(Connection& connection, Message message) {
  if (!message.nonce.empty()) {
    Query first(connection, "SELECT id, time FROM messages WHERE user_id = ? AND nonce = ?",
                message.user_id, message.nonce);
    if (first.next()) {
      message.id = first.text(0);
      message.timestamp = to_date(first.integer(1));
      return {.value = {.message = std::move(message), .repeated = true}};
    }
  }
  // The queue of a cluster may bring a message twice.
  const std::int64_t inserted = connection.execute(
      "INSERT OR IGNORE INTO messages (id, room, user_id, username, text, ciphertext, iv, time, "
      "nonce) VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULLIF(?, ''))",
      message.id, message.room, message.user_id, message.username, message.text,
      Blob{message.ciphertext}, Blob{message.iv}, to_integer(message.timestamp), message.nonce);
  return {.value = {.message = std::move(message), .repeated = inserted == 0}};
}

Outcome<HistoryPage> select_page(Connection& connection, const std::string& room,
                                 const std::string& before, const std::string& oldest,
                                 std::size_t limit) {
  HistoryPage page;
  Query row(connection,
            "SELECT id, user_id, username, text, ciphertext, iv, time, nonce FROM messages "
            "WHERE room = ? AND id < ? AND id >= ? ORDER BY id DESC LIMIT ?",
            room, before.empty() ? behind_all : before, oldest, to_integer(limit + 1));
  while (row.next()) {
    if (page.messages.size() == limit) {
      page.more = true;
      break;
    }
    page.messages.push_back({.id = row.text(0),
                             .room = room,
                             .user_id = row.text(1),
                             .username = row.text(2),
                             .text = row.text(3),
                             .ciphertext = row.text(4),
                             .iv = row.text(5),
                             .timestamp = to_date(row.integer(6)),
                             .nonce = row.text(7)});
  }
  std::reverse(page.messages.begin(), page.messages.end());
  return {.value = std::move(page)};
}

Outcome<Marked> mark_delivered(Connection& connection, const Recipient& recipient,
                               const std::vector<std::string>& rooms,
                               const std::vector<std::string>& ids, const StoreLimits& limits,
                               Date now) {
  Marked marked{.messages = {}, .timestamp = now};
  for (const std::string& id : ids) {
    if (auto target = find_undelivered(connection, recipient, rooms, id)) {
      mark(connection, recipient, *std::move(target), false, limits, marked);
    }
  }
  return {.value = std::move(marked)};
}

Outcome<Marked> mark_read(Connection& connection, const Recipient& recipient,
                          const std::string& room, const std::string& up_to,
                          const std::string& oldest, const StoreLimits& limits, Date now) {
  Marked marked{.messages = {}, .timestamp = now};
  for (Target& target :
       find_unread(connection, recipient, room, up_to, oldest, limits.read_at_once)) {
    mark(connection, recipient, std::move(target), true, limits, marked);
  }
  return {.value = std::move(marked)};
}

Outcome<Receipts> select_receipts(Connection& connection, const std::string& id) {
  Query message(connection, "SELECT room, user_id FROM messages WHERE id = ?", id);
  if (!message.next()) {
    return no_such_message<Receipts>();
  }
  Receipts receipts{.room = message.text(0), .sender = message.text(1), .receipts = {}};
  Query row(connection,
            "SELECT user_id, username, delivered, read FROM receipts WHERE message_id = ? ORDER BY "
            "user_id",
            id);
  while (row.next()) {
    receipts.receipts.push_back({.user_id = row.text(0),
                                 .username = row.text(1),
                                 .delivered = to_date(row.optional_integer(2)),
                                 .read = to_date(row.optional_integer(3))});
  }
  return {.value = std::move(receipts)};
}

std::int64_t remove_expired(Connection& connection, const std::string& oldest, std::int64_t most) {
  connection.execute(
      "DELETE FROM receipts WHERE message_id IN "
      "(SELECT id FROM messages WHERE id < ? ORDER BY id LIMIT ?)",
      oldest, most);
  return connection.execute(
      "DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE id < ? ORDER BY id LIMIT ?)",
      oldest, most);
}

}  // namespace chat::sqlite
