// Meant for ThreadSanitizer.

#include <doctest/doctest.h>

#include <atomic>
#include <string_view>
#include <thread>
#include <utility>

#include "socketio/server.hpp"

TEST_CASE("threads: the one that made a server uses it while another begins to run it") {
  for (int round = 0; round < 10; ++round) {
    std::atomic<int> fetched = 0;
    const auto on_fetched = [&fetched](const socketio::FetchResult&) { ++fetched; };
    socketio::Options options;
    options.log = [](socketio::LogLevel, std::string_view) {};  // that it has stopped
    socketio::Server io({.threads = 2}, std::move(options));
    std::atomic<bool> go = false;
    std::thread runner([&] {
      go.wait(false);
      io.run();
    });
    std::thread other([&] {
      while (fetched < 100) {
        io.fetch_sockets(on_fetched);
        std::this_thread::yield();
      }
    });
    go = true;
    go.notify_one();
    while (fetched < 100) {
      io.fetch_sockets(on_fetched);
      io.emit("news", round);
      std::this_thread::yield();
    }
    other.join();
    io.close();
    runner.join();
  }
}
