#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "apps/chat/store/message_store.hpp"

// The requests of a MessageStore as statements of SQL. `oldest` is the lowest id that is not too
// old.
namespace chat::sqlite {

inline constexpr std::int64_t message_tables_version = 1;
inline constexpr const char* message_tables = R"(
CREATE TABLE messages (
  id TEXT PRIMARY KEY,
  room TEXT NOT NULL,
  user_id TEXT NOT NULL,
  username TEXT NOT NULL,
  text TEXT NOT NULL,
  ciphertext BLOB NOT NULL,
  iv BLOB NOT NULL,
  time INTEGER NOT NULL,       -- milliseconds since 1970
  nonce TEXT,                  -- NULL: none
  receipts INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX messages_by_room ON messages (room, id);
CREATE UNIQUE INDEX messages_by_nonce ON messages (user_id, nonce) WHERE nonce IS NOT NULL;
CREATE TABLE receipts (
  message_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  username TEXT NOT NULL,
  delivered INTEGER NOT NULL,  -- milliseconds since 1970
  read INTEGER,                -- NULL: not yet
  PRIMARY KEY (message_id, user_id)
) WITHOUT ROWID;
)";

[[nodiscard]] Outcome<AppendResult> insert(Connection& connection, Message message);

[[nodiscard]] Outcome<HistoryPage> select_page(Connection& connection, const std::string& room,
                                               const std::string& before, const std::string& oldest,
                                               std::size_t limit);

/// `rooms` are sorted. `now` is the timestamp of what is marked.
[[nodiscard]] Outcome<Marked> mark_delivered(Connection& connection, const Recipient& recipient,
                                             const std::vector<std::string>& rooms,
                                             const std::vector<std::string>& ids,
                                             const StoreLimits& limits, socketio::Date now);

[[nodiscard]] Outcome<Marked> mark_read(Connection& connection, const Recipient& recipient,
                                        const std::string& room, const std::string& up_to,
                                        const std::string& oldest, const StoreLimits& limits,
                                        socketio::Date now);

[[nodiscard]] Outcome<Receipts> select_receipts(Connection& connection, const std::string& id);

/// Removes some of the messages that are older. How many.
[[nodiscard]] std::int64_t remove_expired(Connection& connection, const std::string& oldest,
                                          std::int64_t most);

}  // namespace chat::sqlite
