// A turn that took too long: what arrived meanwhile is read before anybody is given up.

#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <functional>
#include <string>
#include <thread>

#include <doctest/doctest.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "engineio/net/descriptor.hpp"
#include "engineio/net/listener.hpp"
#include "engineio/net/listening_socket.hpp"
#include "engineio/net/loop.hpp"
#include "tests/engineio/net/net_support.hpp"

using engineio::Clock;
using engineio::Limits;
using engineio::Timer;
using engineio::net::Descriptor;
using engineio::net::listen_tcp;
using engineio::net::Listener;
using engineio::net::ListeningSockets;
using engineio::net::Loop;
using engineio::net::Pollable;
using engineio::net::Poller;
using engineio::net::Readiness;
using namespace std::chrono_literals;

namespace {

/// A descriptor with something to read, once or for ever.
class Input final : public Pollable {
 public:
  Input(Loop& loop, std::function<void()> on_input, bool endless = false)
      : loop_(loop), on_input_(std::move(on_input)), endless_(endless) {
    REQUIRE(descriptor_);
    REQUIRE(loop_.poller().add(descriptor_.number(), *this, {.read = true}));
  }
  ~Input() { loop_.poller().remove(descriptor_.number()); }

  void on_ready(Readiness) override {
    std::uint64_t value = 0;
    if (!endless_) {
      REQUIRE(::read(descriptor_.number(), &value, sizeof(value)) == sizeof(value));
    }
    on_input_();
  }

 private:
  Loop& loop_;
  std::function<void()> on_input_;
  const bool endless_;
  Descriptor descriptor_{::eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK)};
};

/// A loop that does not come back until a deadline is over, and what it does then.
struct LateLoop {
  void run(std::function<void()> when_late) {
    loop.post([this, when_late = std::move(when_late)] {
      loop.timers().start(timer, loop.now() + 1ms, [this] {
        done += "timer ";
        on_timer();
        loop.stop();
      });
      std::this_thread::sleep_for(2ms);
      when_late();
    });
    loop.run();
    loop.finish();
  }

  Loop loop{0, Limits()};
  Timer timer;
  std::function<void()> on_timer = [] {};
  std::string done;
};

/// Enough descriptors for more than one look.
class ManyDescriptors {
 public:
  ManyDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit enough = before_;
    enough.rlim_cur = std::max<rlim_t>(before_.rlim_cur, 3 * Poller::batch);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &enough) == 0);
  }
  ~ManyDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

}  // namespace

TEST_SUITE("net late loop") {
  TEST_CASE("what waits in descriptors comes before the timer") {
    LateLoop late;
    std::deque<Input> inputs;
    late.run([&] { inputs.emplace_back(late.loop, [&] { late.done += "input "; }); });
    CHECK(late.done == "input timer ");
  }

  TEST_CASE("so does what one look has no room for") {
    const ManyDescriptors limit;
    LateLoop late;
    std::deque<Input> inputs;
    std::size_t read = 0;
    std::size_t read_before_timer = 0;
    late.on_timer = [&] { read_before_timer = read; };
    late.run([&] {
      for (std::size_t i = 0; i < 2 * Poller::batch + 1; ++i) {
        inputs.emplace_back(late.loop, [&] { ++read; });
      }
    });
    CHECK(read_before_timer == inputs.size());
  }

  TEST_CASE("so does what waits in a connection that waits to be accepted") {
    LateLoop late;
    std::deque<Input> inputs;
    const auto on_input = [&] { late.done += "input "; };
    late.run([&] {
      inputs.emplace_back(late.loop, [&] {
        late.done += "accept ";
        inputs.emplace_back(late.loop, on_input);
      });
    });
    CHECK(late.done == "accept input timer ");
  }

  TEST_CASE("so does what another shard has sent") {
    LateLoop late;
    late.run([&] { late.loop.post([&] { late.done += "task "; }); });
    CHECK(late.done == "task timer ");
  }

  TEST_CASE("endless input does not keep timers from running") {
    LateLoop late;
    int looks = 0;
    std::deque<Input> inputs;
    late.run([&] {
      inputs.emplace_back(
          late.loop, [&] { ++looks; }, true);
    });
    CHECK(late.done == "timer ");
    CHECK(looks == 2);
  }

  TEST_CASE("waiting that was ended by what was read takes nothing from the next one") {
    LateLoop late;
    std::deque<Input> inputs;
    const auto late_again = [&] {
      late.loop.timers().restart(late.timer, late.loop.now() + 1ms);
      std::this_thread::sleep_for(2ms);
      inputs.emplace_back(late.loop, [&] {
        late.done += "accept ";
        inputs.emplace_back(late.loop, [&] { late.done += "input "; });
      });
    };
    late.run([&] {
      inputs.emplace_back(late.loop, [&] {
        late.done += "pong ";
        late.loop.timers().restart(late.timer, late.loop.now() + 1h);
        late.loop.post([&] { late.loop.post(late_again); });  // in the next turn
      });
    });
    CHECK(late.done == "pong accept input timer ");
  }

  TEST_CASE("what a look has left is read before the timer, but not for ever") {
    LateLoop late;
    int looks = 0;
    int looks_that_leave = 0;
    std::deque<Input> inputs;
    SUBCASE("a few times") { looks_that_leave = 10; }
    SUBCASE("as often as it may") { looks_that_leave = 16; }
    SUBCASE("endlessly") { looks_that_leave = 1000; }
    late.run([&] {
      inputs.emplace_back(
          late.loop,
          [&] {
            if (++looks <= looks_that_leave) {
              late.loop.input_left();
            }
          },
          true);
    });
    CHECK(late.done == "timer ");
    CHECK(looks == std::min(looks_that_leave, 16) + 2);
  }

  TEST_CASE("all that wait to be accepted come before the timer") {
    constexpr int connections = 200;
    ListeningSockets listening = listen_tcp("127.0.0.1", 0, 1);
    LateLoop late;
    int accepted = 0;
    int accepted_before_timer = 0;
    late.on_timer = [&] { accepted_before_timer = accepted; };
    Listener listener(late.loop,
                      std::make_shared<const Descriptor>(std::move(listening.sockets[0])),
                      [&](Descriptor, const std::string&) { ++accepted; });
    std::deque<net_support::Client> peers;
    late.run([&] {
      for (int i = 0; i < connections; ++i) {
        peers.emplace_back(listening.port);
      }
    });
    CHECK(accepted_before_timer == connections);
  }
}
