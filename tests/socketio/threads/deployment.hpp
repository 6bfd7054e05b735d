#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "engineio/function.hpp"
#include "socketio/server.hpp"
#include "tests/engineio/net/tls_support.hpp"
#include "tests/socketio/threads/talker.hpp"

namespace tests {

/// A thread that is none of the server's, for what handlers do later.
class Worker {
 public:
  Worker() : thread_([this] { run(); }) {}
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void later(engineio::Function<void()> task);

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<engineio::Function<void()>> tasks_;
  bool stopping_ = false;
  std::thread thread_;
};

/// A server with all that threads can meet in: several shards, which listen with TLS and without,
/// connections that are adopted, decisions and answers of another thread.
class Deployment {
 public:
  static constexpr unsigned shards = 3;

  explicit Deployment(bool recovery);
  ~Deployment();
  Deployment(const Deployment&) = delete;
  Deployment& operator=(const Deployment&) = delete;

  /// On a thread of its own. May be asked for once.
  void start();
  /// Waits until run() has returned.
  void wait();

  /// In turn: TCP, TLS, a socket that is handed over with what was read from it.
  [[nodiscard]] Dial dial();
  [[nodiscard]] Dial dial_plain();

  /// Does what an application does from outside: broadcasts with and without answers, looks at
  /// statistics, reloads certificates, speaks to sockets that may be gone. `round` varies it.
  void stir(int round);

  net_support::TemporaryDirectory directory;
  net_support::Authority authority{directory};
  net_support::Identity identity{authority.issue("server")};
  std::atomic<int> sessions_begun = 0;
  std::atomic<int> sessions_ended = 0;
  std::atomic<int> answers = 0;  ///< to the questions of stir()
  socketio::Server io;
  Worker worker;  // ends before the server does: a decision that comes later would find none

 private:
  [[nodiscard]] engineio::Options engine_options();
  void set_up();
  void question(int round);
  void remember(socketio::Socket& socket);
  [[nodiscard]] std::shared_ptr<socketio::Socket> someone(int round);

  std::uint16_t plain_port_ = 0;
  std::uint16_t tls_port_ = 0;
  std::atomic<unsigned> dialled_ = 0;
  std::mutex mutex_;
  std::array<std::shared_ptr<socketio::Socket>, 16> remembered_;
  std::size_t next_ = 0;
  std::thread thread_;
};

}  // namespace tests
