#pragma once

#include <cstddef>
#include <deque>

#include "apps/bench/generator/client.hpp"
#include "apps/bench/generator/histogram.hpp"
#include "apps/bench/generator/options.hpp"

namespace bench {

/// The clients of a run. They live until its end.
class Fleet {
 public:
  Fleet(Loop& loop, const Options& options, Listener& listener);

  /// Opens more connections, until there are `count`, and waits until they have joined.
  void open(std::size_t count);
  /// Cuts all connections at once and opens them again.
  void reopen();

  [[nodiscard]] std::size_t size() const { return clients_.size(); }
  [[nodiscard]] Client& operator[](std::size_t index) { return clients_[index]; }
  /// From connect() to the joined namespace.
  [[nodiscard]] const Histogram& join_times() const { return join_times_; }

 private:
  void connect_from(std::size_t first);
  void connect(Client& client);

  Loop& loop_;
  const Options& options_;
  Route senders_route_;  // of the first client
  Listener& listener_;
  std::deque<Client> clients_;
  std::size_t joined_ = 0;
  Histogram join_times_;
};

}  // namespace bench
