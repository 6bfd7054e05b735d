#include "apps/chat/store/sqlite.hpp"

#include <sqlite3.h>

#include <stdexcept>
#include <utility>

namespace chat {

namespace {

/// For another process that writes to the file at the moment.
constexpr int busy_timeout_ms = 5'000;

}  // namespace

Connection::Connection(const std::string& file) {
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(file.c_str(), &handle_, flags, nullptr) != SQLITE_OK) {
    const std::string reason = handle_ != nullptr ? sqlite3_errmsg(handle_) : "no memory";
    sqlite3_close(handle_);
    throw std::runtime_error("the database " + file + " cannot be opened: " + reason);
  }
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_timeout(handle_, busy_timeout_ms);
}

Connection::~Connection() {
  for (const auto& [sql, statement] : statements_) {
    sqlite3_finalize(statement);
  }
  sqlite3_close(handle_);
}

void Connection::run(const std::string& sql) {
  if (error_.empty() &&
      sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    fail();
  }
}

std::string Connection::take_error() { return std::exchange(error_, {}); }

sqlite3_stmt* Connection::prepare(const char* sql) {
  if (!error_.empty()) {
    return nullptr;
  }
  sqlite3_stmt*& statement = statements_[sql];
  if (statement == nullptr && sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                                 &statement, nullptr) != SQLITE_OK) {
    fail();
  }
  return statement;
}

std::int64_t Connection::changes() const { return sqlite3_changes64(handle_); }

void Connection::fail() {
  if (error_.empty()) {
    error_ = sqlite3_errmsg(handle_);
  }
}

Query::~Query() {
  if (statement_ != nullptr) {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
}

bool Query::next() {
  if (statement_ == nullptr || !connection_.error_.empty()) {
    return false;
  }
  const int result = sqlite3_step(statement_);
  if (result != SQLITE_ROW && result != SQLITE_DONE) {
    connection_.fail();
  }
  return result == SQLITE_ROW;
}

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::optional<std::int64_t> Query::optional_integer(int column) const {
  if (sqlite3_column_type(statement_, column) == SQLITE_NULL) {
    return std::nullopt;
  }
  return integer(column);
}

std::string Query::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return bytes != nullptr ? std::string(bytes, size) : std::string();
}

void Query::bind(int position, std::string_view text) {
  if (statement_ != nullptr &&
      sqlite3_bind_text64(statement_, position, text.data() != nullptr ? text.data() : "",
                          text.size(), SQLITE_TRANSIENT, SQLITE_UTF8) != SQLITE_OK) {
    connection_.fail();
  }
}

void Query::bind(int position, Blob blob) {
  const char* bytes = blob.bytes.data() != nullptr ? blob.bytes.data() : "";
  if (statement_ != nullptr && sqlite3_bind_blob64(statement_, position, bytes, blob.bytes.size(),
                                                   SQLITE_TRANSIENT) != SQLITE_OK) {
    connection_.fail();
  }
}

void Query::bind(int position, std::int64_t value) {
  if (statement_ != nullptr && sqlite3_bind_int64(statement_, position, value) != SQLITE_OK) {
    connection_.fail();
  }
}

}  // namespace chat
