#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engineio/timers.hpp"

namespace chat {

/// Decides from what Redis says which nodes of the cluster have died. Knows no clock and no
/// network.
class NodeWatch {
 public:
  using TimePoint = engineio::Clock::time_point;

  struct Options {
    /// How long nothing is concluded after Redis has lost its data, or this node was taken for
    /// dead: the others need as long to register again.
    std::chrono::milliseconds blindness{9'000};
    /// How long a node may be registered before its first heartbeat: a server as in the seed
    /// document begins with it 15 s later.
    std::chrono::milliseconds first_heartbeat{30'000};
  };

  explicit NodeWatch(Options options) : options_(options) {}

  /// What Redis says at one moment, about the other nodes.
  struct Look {
    TimePoint now;
    bool registered_anew = false;      ///< Redis did not know this node any more
    std::set<std::string> registered;  ///< in `ws:active_nodes`
    std::set<std::string> alive;       ///< of those and of alive(), the ones with a heartbeat
  };

  struct Verdict {
    std::vector<std::string> gone;  ///< were alive at the look before, and are not
    std::vector<std::string> dead;  ///< are registered and have no heartbeat: to be removed
  };

  [[nodiscard]] Verdict judge(const Look& look);

  /// The nodes that were alive at the last look that said something.
  [[nodiscard]] const std::set<std::string>& alive() const noexcept { return alive_; }

 private:
  [[nodiscard]] bool never_came(const std::string& node, TimePoint now);

  const Options options_;
  std::set<std::string> alive_;
  std::map<std::string, TimePoint> awaited_;  // registered, without a heartbeat so far, and since
  TimePoint blind_until_ = TimePoint::min();
};

}  // namespace chat
