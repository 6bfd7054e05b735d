#pragma once

#include <vector>

#include "engineio/shard.hpp"

namespace engineio {

/// The work that one shard has put off to the end of its turn, first come first served.
class TurnEnd {
 public:
  void add(TurnEndWork& work);
  void withdraw(TurnEndWork& work) noexcept;

  /// Runs the work, and the work that it asks for, until there is none.
  void run();

  [[nodiscard]] bool empty() const noexcept { return queue_.empty(); }

 private:
  std::vector<TurnEndWork*> queue_;  // a withdrawn entry is null
};

}  // namespace engineio
