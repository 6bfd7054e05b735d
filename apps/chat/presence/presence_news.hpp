#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engineio/timers.hpp"
#include "socketio/date.hpp"

namespace chat {

/// A user has come online, or has been offline for a while.
struct PresenceChange {
  std::string user;
  bool online = false;
  socketio::Date at = {};  ///< since when; what is called lastSeen of those who are offline

  bool operator==(const PresenceChange&) const = default;
};

/// Which changes of presence are worth telling: who comes back within the grace has never been
/// away. Knows no clock and no thread.
class PresenceNews {
 public:
  using TimePoint = engineio::Clock::time_point;

  explicit PresenceNews(std::chrono::milliseconds grace) : grace_(grace) {}

  void came(const std::string& user, socketio::Date at);
  /// He may come back until `now` and the grace.
  void went(const std::string& user, socketio::Date at, TimePoint now);
  /// He will not come back in time: his node is dead.
  void gone(const std::string& user, socketio::Date at);

  /// What is to be told at `now`, in order.
  [[nodiscard]] std::vector<PresenceChange> take(TimePoint now);
  /// When there may be something to tell, unless something happens.
  [[nodiscard]] std::optional<TimePoint> next() const;

 private:
  struct Away {
    socketio::Date at;
    TimePoint deadline;
  };

  const std::chrono::milliseconds grace_;
  std::vector<PresenceChange> news_;
  std::unordered_map<std::string, Away> away_;               // and nobody has been told
  std::deque<std::pair<TimePoint, std::string>> deadlines_;  // of those, and of some who are back
};

}  // namespace chat
