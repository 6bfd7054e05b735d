#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace chat {

/// A connection to a SQLite database, of one thread. An error stays: what follows does nothing,
/// until take_error().
class Connection {
 public:
  /// Throws std::runtime_error.
  explicit Connection(const std::string& file);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Runs a statement to its end: how many rows it inserted, changed or removed. As Query.
  template <class... Values>
  std::int64_t execute(const char* sql, const Values&... values);
  /// Statements of any text, without parameters.
  void run(const std::string& sql);

  /// Empty: none.
  [[nodiscard]] const std::string& error() const noexcept { return error_; }
  [[nodiscard]] std::string take_error();

 private:
  friend class Query;

  [[nodiscard]] sqlite3_stmt* prepare(const char* sql);
  [[nodiscard]] std::int64_t changes() const;
  void fail();

  sqlite3* handle_ = nullptr;
  std::map<const char*, sqlite3_stmt*> statements_;
  std::string error_;
};

/// Bytes, where a std::string_view is text.
struct Blob {
  std::string_view bytes;
};

/// A statement with its parameters, and the rows that it gives:
///
///     Query row(connection, "SELECT id, text FROM messages WHERE room = ?", room);
///     while (row.next()) {
///       … row.text(0) …
///     }
class Query {
 public:
  /// `sql` is one statement, and static text: it is prepared once, so only one of each may run at a
  /// time.
  template <class... Values>
  Query(Connection& connection, const char* sql, const Values&... values)
      : connection_(connection), statement_(connection.prepare(sql)) {
    [[maybe_unused]] int position = 0;
    (bind(++position, values), ...);
  }
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  /// True: there is a row. False: no further one, or an error (Connection::error()).
  [[nodiscard]] bool next();

  // Columns of the row, from 0. NULL is 0, an empty text or nullopt.
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const;
  [[nodiscard]] std::string text(int column) const;

 private:
  void bind(int position, std::string_view text);
  void bind(int position, Blob blob);
  void bind(int position, std::int64_t value);

  Connection& connection_;
  sqlite3_stmt* statement_;  // nullptr after an error
};

template <class... Values>
std::int64_t Connection::execute(const char* sql, const Values&... values) {
  Query query(*this, sql, values...);
  while (query.next()) {
  }
  return error_.empty() ? changes() : 0;
}

}  // namespace chat
