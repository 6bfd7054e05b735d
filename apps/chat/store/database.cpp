#include "apps/chat/store/database.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <future>
#include <iostream>
#include <list>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "apps/chat/store/sqlite.hpp"

namespace chat {

namespace {

using Clock = std::chrono::steady_clock;

struct Chore {
  std::chrono::milliseconds interval;
  engineio::Function<bool(Connection&)> step;
  Clock::time_point next;
};

}  // namespace

class Database::Impl {
 public:
  explicit Impl(DatabaseOptions options);
  ~Impl();

  /// False: too many wait.
  bool add(std::unique_ptr<Job>& job);
  void add(Chore chore);
  [[nodiscard]] Statistics statistics() const;

 private:
  using Batch = std::vector<std::unique_ptr<Job>>;

  void run();
  [[nodiscard]] Batch next_batch(std::unique_lock<std::mutex>& lock);
  void do_batch(Batch batch);
  void do_chore(Chore& chore);
  [[nodiscard]] Chore* due_chore();
  [[nodiscard]] std::string transact(const char* begin, engineio::Function<void()> work);

  const DatabaseOptions options_;
  Connection connection_;  // the thread's, once it runs

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::unique_ptr<Job>> jobs_;
  std::size_t waiting_reads_ = 0;  // among them
  std::list<Chore> chores_;
  Statistics statistics_;
  bool ending_ = false;

  std::thread thread_;
};

Database::Impl::Impl(DatabaseOptions options)
    : options_(std::move(options)), connection_(options_.file) {
  connection_.run("PRAGMA journal_mode = WAL");
  connection_.run(options_.sync ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  connection_.run("PRAGMA foreign_keys = ON");
  // So that a file which is no database is told at once.
  connection_.run(
      "CREATE TABLE IF NOT EXISTS parts (name TEXT PRIMARY KEY, version INTEGER) WITHOUT ROWID");
  if (!connection_.error().empty()) {
    throw std::runtime_error("the database " + options_.file +
                             " cannot be used: " + connection_.error());
  }
  thread_ = std::thread([this] { run(); });
}

Database::Impl::~Impl() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

bool Database::Impl::add(std::unique_ptr<Job>& job) {
  {
    const std::lock_guard lock(mutex_);
    if (jobs_.size() >= options_.queued) {
      ++statistics_.refused;
      return false;
    }
    waiting_reads_ += job->writes ? 0 : 1;
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

void Database::Impl::add(Chore chore) {
  {
    const std::lock_guard lock(mutex_);
    chores_.push_back(std::move(chore));
  }
  wake_.notify_one();
}

Database::Statistics Database::Impl::statistics() const {
  const std::lock_guard lock(mutex_);
  Statistics statistics = statistics_;
  statistics.queued = jobs_.size();
  return statistics;
}

void Database::Impl::run() {
  std::unique_lock lock(mutex_);
  while (!jobs_.empty() || !ending_) {
    if (jobs_.empty()) {
      const auto woken = [this] { return !jobs_.empty() || ending_ || due_chore() != nullptr; };
      const auto next = std::min_element(chores_.begin(), chores_.end(),
                                         [](auto& a, auto& b) { return a.next < b.next; });
      if (next == chores_.end()) {
        wake_.wait(lock, [this] { return !jobs_.empty() || ending_ || !chores_.empty(); });
      } else {
        wake_.wait_until(lock, next->next, woken);
      }
    }
    Batch batch = next_batch(lock);
    Chore* const chore = ending_ ? nullptr : due_chore();
    lock.unlock();
    if (!batch.empty()) {
      do_batch(std::move(batch));
    }
    if (chore != nullptr) {
      do_chore(*chore);
    }
    lock.lock();
  }
}

Database::Impl::Batch Database::Impl::next_batch(std::unique_lock<std::mutex>& lock) {
  if (!jobs_.empty() && options_.batch_delay.count() > 0) {
    wake_.wait_for(lock, options_.batch_delay, [this] {
      return waiting_reads_ > 0 || jobs_.size() >= options_.batch || ending_;
    });
  }
  Batch batch;
  while (!jobs_.empty() && batch.size() < options_.batch) {
    waiting_reads_ -= jobs_.front()->writes ? 0 : 1;
    batch.push_back(std::move(jobs_.front()));
    jobs_.pop_front();
  }
  return batch;
}

void Database::Impl::do_batch(Batch batch) {
  const bool writes =
      std::any_of(batch.begin(), batch.end(), [](auto& job) { return job->writes; });
  // IMMEDIATE, because a transaction that has read and wants to write then is refused if another
  // process was faster.
  const std::string error = transact(writes ? "BEGIN IMMEDIATE" : "BEGIN", [&] {
    for (const auto& job : batch) {
      job->run(connection_);
    }
  });
  {
    const std::lock_guard lock(mutex_);
    ++statistics_.batches;
    statistics_.jobs += batch.size();
    statistics_.failed_batches += error.empty() ? 0 : 1;
  }
  for (const auto& job : batch) {
    if (error.empty()) {
      job->answer();
    } else {
      job->fail(Failure::unavailable, error);
    }
  }
}

void Database::Impl::do_chore(Chore& chore) {
  bool more = false;
  const std::string error = transact("BEGIN IMMEDIATE", [&] { more = chore.step(connection_); });
  const std::lock_guard lock(mutex_);
  chore.next = Clock::now();
  if (!more || !error.empty()) {
    chore.next += chore.interval;
  }
}

Chore* Database::Impl::due_chore() {
  const auto now = Clock::now();
  const auto due = std::find_if(chores_.begin(), chores_.end(),
                                [&](const Chore& chore) { return chore.next <= now; });
  return due != chores_.end() ? &*due : nullptr;
}

std::string Database::Impl::transact(const char* begin, engineio::Function<void()> work) {
  connection_.run(begin);
  work();
  connection_.run("COMMIT");
  std::string error = connection_.take_error();
  if (!error.empty()) {
    connection_.run("ROLLBACK");
    static_cast<void>(connection_.take_error());  // SQLite may have rolled back by itself
    error = "the database " + options_.file + " failed: " + error;
    if (options_.log) {
      options_.log(error);
    } else {
      std::cerr << error << '\n';
    }
  }
  return error;
}

// -----------------------------------------------------------------------------------------------

Database::Database(DatabaseOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Database::~Database() = default;

void Database::submit(std::unique_ptr<Job> job) {
  if (!impl_->add(job)) {
    job->fail(Failure::overloaded, "too much waits for the database: try again in a moment");
  }
}

void Database::repeat(std::chrono::milliseconds interval,
                      engineio::Function<bool(Connection&)> step) {
  impl_->add(Chore{interval, std::move(step), Clock::now()});
}

Database::Statistics Database::statistics() const { return impl_->statistics(); }

void Database::make_tables(const std::string& part, std::int64_t version, const std::string& sql) {
  std::promise<Outcome<std::int64_t>> done;
  write<std::int64_t>(
      [&](Connection& connection) -> Outcome<std::int64_t> {
        Query known(connection, "SELECT version FROM parts WHERE name = ?", part);
        if (known.next()) {
          return {.value = known.integer(0)};
        }
        connection.run(sql);
        connection.execute("INSERT INTO parts VALUES (?, ?)", part, version);
        return {.value = version};
      },
      [&](Outcome<std::int64_t> outcome) { done.set_value(std::move(outcome)); });
  const Outcome<std::int64_t> found = done.get_future().get();
  if (!found) {
    throw std::runtime_error(found.error);
  }
  if (found.value > version) {
    throw std::runtime_error("the tables for " + part + " in the database are of version " +
                             std::to_string(found.value) + ", this program knows " +
                             std::to_string(version) + ": use the newer program");
  }
}

void Database::execute(const std::string& sql) {
  std::promise<Outcome<Nothing>> done;
  write<Nothing>(
      [&](Connection& connection) -> Outcome<Nothing> {
        connection.run(sql);
        return {};
      },
      [&](Outcome<Nothing> outcome) { done.set_value(std::move(outcome)); });
  if (const Outcome<Nothing> outcome = done.get_future().get(); !outcome) {
    throw std::runtime_error(outcome.error);
  }
}

}  // namespace chat
