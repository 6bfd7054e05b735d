#include "apps/bench/generator/fleet.hpp"

#include <string>

#include "apps/bench/generator/failure.hpp"

namespace bench {
namespace {

constexpr std::chrono::seconds patience{60};

}  // namespace

Fleet::Fleet(Loop& loop, const Options& options, Listener& listener)
    : loop_(loop), options_(options), senders_route_(options.route), listener_(listener) {
  if (options.sender_port != 0) {
    senders_route_.server.port = options.sender_port;
  }
}

void Fleet::open(std::size_t count) {
  const std::size_t first = size();
  while (size() < count) {
    clients_.emplace_back(loop_, size() == 0 ? senders_route_ : options_.route, size(), listener_);
  }
  connect_from(first);
}

void Fleet::reopen() {
  for (Client& client : clients_) {
    client.cut();
  }
  connect_from(0);
}

void Fleet::connect_from(std::size_t first) {
  const Time end = Clock::now() + patience;
  joined_ = first;
  for (std::size_t next = first; joined_ < size();) {
    while (next < size() && next - joined_ < options_.concurrency) {
      connect(clients_[next++]);
    }
    loop_.turn(end);
    if (loop_.now() >= end) {
      throw Failure("only " + std::to_string(joined_) + " connections joined in a minute");
    }
  }
}

void Fleet::connect(Client& client) {
  client.connect([this, begin = Clock::now()] {
    ++joined_;
    join_times_.add(loop_.now() - begin);
  });
}

}  // namespace bench
