// A whole server under traffic, over real sockets: meant for ThreadSanitizer.

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "tests/socketio/threads/deployment.hpp"

using namespace std::chrono_literals;
using tests::Deployment;
using tests::Talker;

namespace {

constexpr unsigned talkers = 4;

/// One client, from its handshake to its end, each time in another way.
void visit(Deployment& server, unsigned number) {
  Talker talker(server.dial());
  if (number % 3 == 0) {
    talker.open_websocket();
  } else {
    talker.open_polling();
  }
  const std::string nsp = number % 2 == 0 ? "" : "/dynamic-" + std::to_string(number % 4);
  talker.join("");
  talker.join(nsp.empty() ? "/dynamic-1" : nsp);
  const auto ask = [&](std::string_view event, int value, const std::string& where = "") {
    if (const int answer = talker.ask(event, value, where); answer != value) {
      throw std::runtime_error("answered with " + std::to_string(answer));
    }
  };
  ask("echo", 1);
  ask("later", 2);
  if (number % 3 == 1) {
    talker.upgrade();
  }
  ask("tell", 3);
  ask("echo", 4, nsp);
  ask("later", 5);
  number % 4 == 0 ? talker.close() : talker.vanish();
}

/// As many visits at once as there are talkers, until `enough` says so. Returns what went wrong.
std::string talk(Deployment& server, const std::function<bool(unsigned)>& enough) {
  std::array<std::string, talkers> errors;
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < talkers; ++i) {
      threads.emplace_back([&, i] {
        try {
          for (unsigned round = 0; !enough(round); ++round) {
            visit(server, i + round * (talkers + 1));
          }
        } catch (const std::exception& error) {
          errors[i] = std::string(error.what()) + "; ";
        }
      });
    }
  }
  return std::accumulate(errors.begin(), errors.end(), std::string());
}

/// Stirs from a thread of its own.
class Stirring {
 public:
  explicit Stirring(Deployment& server)
      : thread_([this, &server] {
          for (int round = 0; !over_; ++round) {
            server.stir(round);
            std::this_thread::sleep_for(5ms);
          }
        }) {}
  ~Stirring() {
    over_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

/// Clients that listen, so that a broadcast has more than a few receivers on a shard.
std::vector<std::unique_ptr<Talker>> audience(Deployment& server) {
  std::vector<std::unique_ptr<Talker>> clients;
  for (int i = 0; i < 16; ++i) {
    clients.push_back(std::make_unique<Talker>(server.dial_plain()));
    clients.back()->open_websocket();
    clients.back()->join("");
  }
  return clients;
}

}  // namespace

TEST_CASE("deployment: every question of every client is answered, wherever its requests arrive") {
  for (const bool recovery : {false, true}) {
    CAPTURE(recovery);
    Deployment server(recovery);
    server.start();
    {
      const auto listeners = audience(server);
      const Stirring stirring(server);
      CHECK(talk(server, [](unsigned round) { return round == 4; }) == "");
    }
    CHECK(server.sessions_begun >= static_cast<int>(16 + talkers * 4));
    CHECK(server.answers > 0);
    server.io.close();
    server.wait();
    CHECK(server.sessions_ended == server.sessions_begun);
    CHECK(server.io.statistics().clients == 0);
    CHECK(server.io.statistics().sockets == 0);
    CHECK(server.io.engine().statistics().sessions == 0);
    CHECK(server.io.engine().statistics().connections == 0);
  }
}

TEST_CASE("deployment: a server that goes in the middle of it leaves nothing behind") {
  const std::vector<std::function<void(Deployment&)>> endings{
      [](Deployment& server) { server.io.close(); },
      [](Deployment& server) { server.io.close(100ms); },
      [](Deployment& server) {
        server.io.close(10s);
        server.io.close();
      },
      [](Deployment& server) { server.io.engine().stop(); },
  };
  for (const auto& ending : endings) {
    Deployment server(false);
    const Stirring stirring(server);  // before it runs, while it begins to, and after it has ended
    server.start();
    for (int round = 0; round < 10; ++round) {
      server.stir(round);  // from the thread that has made it, too
    }
    std::atomic<bool> ended = false;
    std::jthread end([&] {
      const auto deadline = std::chrono::steady_clock::now() + 20s;
      while (server.sessions_begun < 20 && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(1ms);
      }
      ending(server);
      server.wait();
      ended = true;
    });
    talk(server, [&](unsigned) { return ended.load(); });
    end.join();
    CHECK(server.sessions_begun >= 20);
    CHECK(server.sessions_ended == server.sessions_begun);
    CHECK(server.io.engine().statistics().connections == 0);
  }
}
