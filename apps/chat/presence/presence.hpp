#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "apps/chat/cluster/counted_set.hpp"
#include "apps/chat/presence/last_seen.hpp"
#include "apps/chat/presence/presence_news.hpp"
#include "apps/chat/presence/presence_table.hpp"
#include "engineio/shard.hpp"
#include "engineio/timers.hpp"
#include "socketio/date.hpp"

namespace chat {

/// Who is online in the cluster, and since when the others are not. Every node has a copy of it:
/// what its own connections do it knows at once, and what those of the other nodes do it hears from
/// ClusterPresence. So each node tells its own clients, and nothing is told twice.
///
/// Any thread. The observers are called on `home`, in the order of what happened.
class Presence {
 public:
  struct Options {
    std::string node = {};                   ///< this one
    std::chrono::milliseconds grace{2'000};  ///< to come back in before one counts as offline
    std::size_t remembered = 100'000;        ///< users who are offline; the oldest are forgotten
  };

  /// `home` is a shard of the server, which must not run any more when this is destroyed.
  Presence(engineio::Shard& home, Options options);
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;

  // Before anything happens.

  /// Somebody came online, or went and did not come back within the grace.
  void on_change(std::function<void(const PresenceChange&)> observer);
  /// A user's last connection has gone; he may be back by now.
  void on_left(std::function<void(const std::string& user)> observer);
  /// There is something for take_local_changes(): called on the thread that changed it, once until
  /// that is called.
  void on_local_change(std::function<void()> observer);

  // Connections of this node.

  void connect(const std::string& user);
  void disconnect(const std::string& user);

  // The other nodes.

  [[nodiscard]] CountedSet::Changes take_local_changes();
  [[nodiscard]] std::vector<std::string> take_local_users();
  [[nodiscard]] bool has_local_users() const;
  void apply(const std::string& node, const CountedSet::Changes& changes);
  void replace(const std::string& node, const std::vector<std::string>& users);
  void remove_node(const std::string& node);

  // Questions.

  [[nodiscard]] bool online(const std::string& user) const;
  /// In alphabetical order.
  [[nodiscard]] std::vector<std::string> users() const;
  [[nodiscard]] std::size_t user_count() const;
  /// When a user who is offline was seen last, as far as this node knows.
  [[nodiscard]] std::optional<socketio::Date> last_seen(const std::string& user) const;

 private:
  struct Event {
    enum class Kind { came, went, lost };
    Kind kind;
    std::string user;
    socketio::Date at;
  };
  using Lock = std::unique_lock<std::mutex>;

  /// With the lock.
  void record(Event::Kind kind, const std::vector<std::string>& users);
  void local_changed(Lock lock);
  void settle();

  engineio::Shard& home_;
  const Options options_;
  std::function<void(const PresenceChange&)> on_change_;
  std::function<void(const std::string&)> on_left_;
  std::function<void()> on_local_change_;

  mutable std::mutex mutex_;
  PresenceTable table_;
  CountedSet local_users_;
  bool local_change_told_ = false;
  LastSeen last_seen_;
  std::vector<Event> events_;  // that home has not seen
  bool home_called_ = false;

  // On home only.
  PresenceNews news_;
  engineio::Timer wake_up_;
};

}  // namespace chat
