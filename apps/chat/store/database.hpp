#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "apps/chat/store/outcome.hpp"
#include "engineio/function.hpp"

namespace chat {

class Connection;

struct DatabaseOptions {
  /// `:memory:` for one that ends with the program. The folder must exist.
  std::string file = "chat.db";
  /// Jobs that wait; further ones are refused.
  std::size_t queued = 10'000;
  /// Most jobs of one transaction.
  std::size_t batch = 100;
  /// The first job of a batch waits so long for others, unless one only reads: more throughput,
  /// later answers.
  std::chrono::milliseconds batch_delay{0};
  /// Answers wait until the disk has the data, so that they survive a loss of power. Without, they
  /// survive the end of the program only.
  bool sync = true;
  /// Told what fails. From the database's thread. Empty: standard error.
  std::function<void(std::string_view)> log = nullptr;
};

/// A SQLite database in WAL mode on a thread of its own. What waits for it is done in batches, each
/// in one transaction.
class Database {
 public:
  /// Opens the file, or makes it. Throws std::runtime_error with what SQLite said.
  explicit Database(DatabaseOptions options);
  /// Does what waits, first.
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Makes the tables of one part of the program where they are not there yet, and waits for it.
  /// Throws std::runtime_error: SQLite does not like it, or a newer program has made them.
  void make_tables(const std::string& part, std::int64_t version, const std::string& sql);
  /// Statements without parameters, and waits for them. Throws std::runtime_error.
  void execute(const std::string& sql);

  template <class T>
  using Work = engineio::Function<Outcome<T>(Connection&)>;

  /// Runs `work` on the database's thread, and `callback` with its outcome there too, after the
  /// transaction's commit; with Failure::unavailable if that failed. Any thread; what one asks for
  /// happens in order. When too many wait, `callback` gets Failure::overloaded at once.
  template <class T>
  void read(Work<T> work, Callback<T> callback) {
    submit(std::make_unique<TypedJob<T>>(std::move(work), std::move(callback)));
  }
  /// The same, for work that changes something.
  template <class T>
  void write(Work<T> work, Callback<T> callback) {
    auto job = std::make_unique<TypedJob<T>>(std::move(work), std::move(callback));
    job->writes = true;
    submit(std::move(job));
  }

  /// Runs `step` now and then after each `interval`, between two batches, in a transaction of its
  /// own. True: there is more to do; after the next batch, then. Until the database is destroyed.
  void repeat(std::chrono::milliseconds interval, engineio::Function<bool(Connection&)> step);

  struct Statistics {
    std::size_t queued = 0;
    std::uint64_t refused = 0;
    std::uint64_t jobs = 0;
    std::uint64_t batches = 0;
    std::uint64_t failed_batches = 0;
  };
  /// Any thread.
  [[nodiscard]] Statistics statistics() const;

 private:
  struct Job {
    virtual ~Job() = default;
    virtual void run(Connection& connection) = 0;
    virtual void answer() = 0;
    virtual void fail(Failure failure, std::string error) = 0;
    bool writes = false;
  };

  template <class T>
  struct TypedJob final : Job {
    TypedJob(Work<T> w, Callback<T> c) : work(std::move(w)), callback(std::move(c)) {}
    void run(Connection& connection) override { outcome = work(connection); }
    void answer() override {
      if (callback) {
        callback(std::move(outcome));
      }
    }
    void fail(Failure failure, std::string error) override {
      outcome = {.failure = failure, .error = std::move(error), .value = {}};
      answer();
    }

    Work<T> work;
    Callback<T> callback;
    Outcome<T> outcome;
  };

  class Impl;

  void submit(std::unique_ptr<Job> job);

  std::unique_ptr<Impl> impl_;
};

}  // namespace chat
