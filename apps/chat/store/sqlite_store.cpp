#include <chrono>
#include <utility>

#include "apps/chat/store/counters.hpp"
#include "apps/chat/store/message_store.hpp"
#include "apps/chat/store/sqlite_messages.hpp"

namespace chat {

namespace {

/// Messages that are removed for their age in one transaction, and how often it is looked for some.
constexpr std::int64_t expired_at_once = 500;
constexpr std::chrono::seconds expiry_interval{60};

class SqliteStore final : public MessageStore {
 public:
  SqliteStore(std::shared_ptr<Database> database, const StoreOptions& options)
      : MessageStore(options), database_(std::move(database)) {
    database_->make_tables("messages", sqlite::message_tables_version, sqlite::message_tables);
    remove_expired();
  }

  [[nodiscard]] StoreStatistics statistics() const override {
    StoreStatistics statistics = counters_->statistics();
    const Database::Statistics database = database_->statistics();
    statistics.queued = database.queued;
    statistics.batches = database.batches;
    statistics.written = statistics.stored;
    return statistics;
  }

 private:
  void remove_expired() {
    if (options().max_age.count() <= 0) {
      return;
    }
    const auto step = [options = options(), counters = counters_](Connection& connection) {
      const std::int64_t removed =
          sqlite::remove_expired(connection, oldest_id(options), expired_at_once);
      counters->expired += static_cast<std::uint64_t>(removed);
      return removed == expired_at_once;
    };
    database_->repeat(expiry_interval, step);
  }

  void do_append(Message message, Callback<AppendResult> callback) override {
    database_->write<AppendResult>(
        [message = std::move(message)](Connection& connection) mutable {
          return sqlite::insert(connection, std::move(message));
        },
        counted(counters_, std::move(callback)));
  }

  void do_history(std::string room, std::string before, std::size_t limit,
                  Callback<HistoryPage> callback) override {
    database_->read<HistoryPage>(
        [room = std::move(room), before = std::move(before), oldest = oldest_id(options()),
         limit](Connection& connection) {
          return sqlite::select_page(connection, room, before, oldest, limit);
        },
        counted(counters_, std::move(callback)));
  }

  void do_mark_delivered(Recipient recipient, std::vector<std::string> rooms,
                         std::vector<std::string> ids, Callback<Marked> callback) override {
    database_->write<Marked>(
        [recipient = std::move(recipient), rooms = std::move(rooms), ids = std::move(ids),
         limits = options().limits, now = now()](Connection& connection) {
          return sqlite::mark_delivered(connection, recipient, rooms, ids, limits, now);
        },
        counted(counters_, std::move(callback)));
  }

  void do_mark_read(Recipient recipient, std::string room, std::string up_to,
                    Callback<Marked> callback) override {
    database_->write<Marked>(
        [recipient = std::move(recipient), room = std::move(room), up_to = std::move(up_to),
         oldest = oldest_id(options()), limits = options().limits,
         now = now()](Connection& connection) {
          return sqlite::mark_read(connection, recipient, room, up_to, oldest, limits, now);
        },
        counted(counters_, std::move(callback)));
  }

  void do_receipts(std::string id, Callback<Receipts> callback) override {
    database_->read<Receipts>(
        [id = std::move(id)](Connection& connection) {
          return sqlite::select_receipts(connection, id);
        },
        counted(counters_, std::move(callback)));
  }

  const std::shared_ptr<StoreCounters> counters_ = std::make_shared<StoreCounters>();
  const std::shared_ptr<Database> database_;
};

}  // namespace

std::unique_ptr<MessageStore> make_sqlite_store(std::shared_ptr<Database> database,
                                                StoreOptions options) {
  return std::make_unique<SqliteStore>(std::move(database), options);
}

}  // namespace chat
