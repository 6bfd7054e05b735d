#include "apps/chat/presence/presence.hpp"

#include <utility>

#include "apps/chat/wall_clock.hpp"

namespace chat {

Presence::Presence(engineio::Shard& home, Options options)
    : home_(home),
      options_(std::move(options)),
      last_seen_(options_.remembered),
      news_(options_.grace) {}

void Presence::on_change(std::function<void(const PresenceChange&)> observer) {
  on_change_ = std::move(observer);
}

void Presence::on_left(std::function<void(const std::string&)> observer) {
  on_left_ = std::move(observer);
}

void Presence::on_local_change(std::function<void()> observer) {
  on_local_change_ = std::move(observer);
}

void Presence::connect(const std::string& user) {
  Lock lock(mutex_);
  if (!local_users_.add(user)) {
    return;
  }
  if (table_.add(options_.node, user)) {
    record(Event::Kind::came, {user});
  }
  local_changed(std::move(lock));
}

void Presence::disconnect(const std::string& user) {
  Lock lock(mutex_);
  if (!local_users_.remove(user)) {
    return;
  }
  if (table_.remove(options_.node, user)) {
    record(Event::Kind::went, {user});
  }
  local_changed(std::move(lock));
}

// The observer may ask for the changes at once, so it is called without the lock.
void Presence::local_changed(Lock lock) {
  const bool told = std::exchange(local_change_told_, true);
  lock.unlock();
  if (!told && on_local_change_) {
    on_local_change_();
  }
}

CountedSet::Changes Presence::take_local_changes() {
  const Lock lock(mutex_);
  local_change_told_ = false;
  return local_users_.take_changes();
}

std::vector<std::string> Presence::take_local_users() {
  const Lock lock(mutex_);
  local_change_told_ = false;
  return local_users_.take_all();
}

bool Presence::has_local_users() const {
  const Lock lock(mutex_);
  return local_users_.size() != 0;
}

void Presence::apply(const std::string& node, const CountedSet::Changes& changes) {
  const Lock lock(mutex_);
  for (const std::string& user : changes.added) {
    if (table_.add(node, user)) {
      record(Event::Kind::came, {user});
    }
  }
  for (const std::string& user : changes.removed) {
    if (table_.remove(node, user)) {
      record(Event::Kind::went, {user});
    }
  }
}

void Presence::replace(const std::string& node, const std::vector<std::string>& users) {
  const Lock lock(mutex_);
  const PresenceTable::Changes changes = table_.replace(node, users);
  record(Event::Kind::came, changes.came);
  record(Event::Kind::went, changes.went);
}

void Presence::remove_node(const std::string& node) {
  const Lock lock(mutex_);
  record(Event::Kind::lost, table_.remove_node(node));
}

void Presence::record(Event::Kind kind, const std::vector<std::string>& users) {
  const socketio::Date now = wall_clock();
  for (const std::string& user : users) {
    if (kind == Event::Kind::came) {
      last_seen_.forget(user);
    } else {
      last_seen_.remember(user, now);
    }
    events_.push_back({kind, user, now});
  }
  if (!events_.empty() && !home_called_) {
    home_called_ = home_.post([this] { settle(); });
  }
}

void Presence::settle() {
  std::vector<Event> events;
  {
    const Lock lock(mutex_);
    home_called_ = false;
    events.swap(events_);
  }
  for (const Event& event : events) {
    if (event.kind == Event::Kind::came) {
      news_.came(event.user, event.at);
      continue;
    }
    if (event.kind == Event::Kind::went) {
      news_.went(event.user, event.at, home_.now());
    } else {
      news_.gone(event.user, event.at);
    }
    if (on_left_ && !online(event.user)) {
      on_left_(event.user);
    }
  }
  for (const PresenceChange& change : news_.take(home_.now())) {
    if (on_change_) {
      on_change_(change);
    }
  }
  if (const auto next = news_.next()) {
    home_.timers().start(wake_up_, *next, [this] { settle(); });
  }
}

bool Presence::online(const std::string& user) const {
  const Lock lock(mutex_);
  return table_.contains(user);
}

std::vector<std::string> Presence::users() const {
  const Lock lock(mutex_);
  return table_.users();
}

std::size_t Presence::user_count() const {
  const Lock lock(mutex_);
  return table_.size();
}

std::optional<socketio::Date> Presence::last_seen(const std::string& user) const {
  const Lock lock(mutex_);
  return last_seen_.find(user);
}

}  // namespace chat
