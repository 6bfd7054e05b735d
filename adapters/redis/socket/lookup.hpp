#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/redis/loop.hpp"
#include "engineio/function.hpp"

namespace adapters::redis {

/// Looks up the addresses of a host, on a thread of its own: the system's resolver cannot be
/// cancelled, and nobody shall wait for it who no longer wants the answer.
class Lookup {
 public:
  /// Numeric addresses, or a reason for there being none.
  using Done = engineio::Function<void(std::vector<std::string> addresses, std::string error)>;

  /// `done` is called in the loop, unless the Lookup was destroyed before.
  Lookup(Loop& loop, std::string host, Done done);
  ~Lookup();
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace adapters::redis
