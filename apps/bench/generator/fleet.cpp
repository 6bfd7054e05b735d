#include "apps/bench/generator/fleet.hpp"

#include <string>

#include "apps/bench/generator/failure.hpp"

namespace bench {
namespace {

constexpr std::chrono::seconds patience{60};

}  // namespace

void Fleet::open(std::size_t count) {
  const Time end = Clock::now() + patience;
  while (joined_ < count) {
    while (size() < count && size() - joined_ < options_.concurrency) {
      open_one();
    }
    loop_.turn(end);
    if (loop_.now() >= end) {
      throw Failure("only " + std::to_string(joined_) + " connections joined in a minute");
    }
  }
}

void Fleet::open_one() {
  const Time begin = Clock::now();
  Client& client =
      clients_.emplace_back(loop_, options_.server, options_.transport, size(), listener_);
  client.connect([this, begin] {
    ++joined_;
    join_times_.add(loop_.now() - begin);
  });
}

}  // namespace bench
