#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "engineio/shard.hpp"

namespace engineio::core {

/// Closes the sessions of one shard one after the other: in no order, and evenly over a span.
class Drain {
 public:
  struct Actions {
    Function<void(const std::string& id)> close;
    Function<bool()> is_empty;  ///< no session is left
    Task on_drained;            ///< once: when none is left, or when the span is over
  };

  /// Begins in this turn. `ids` are those of the sessions.
  Drain(Shard& shard, std::vector<std::string> ids, std::chrono::milliseconds span,
        Actions actions);

 private:
  /// Closes what is due, and comes back until all is done.
  void step();
  [[nodiscard]] std::size_t due() const;

  Shard& shard_;
  std::vector<std::string> ids_;
  const std::chrono::milliseconds span_;
  Actions actions_;
  const Clock::time_point begin_;
  std::size_t closed_ = 0;
  Timer timer_;
};

}  // namespace engineio::core
