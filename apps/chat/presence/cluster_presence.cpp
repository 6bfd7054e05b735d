#include "apps/chat/presence/cluster_presence.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <utility>

#include "apps/chat/cluster/gate.hpp"
#include "apps/chat/cluster/texts_of.hpp"
#include "socketio/codec.hpp"
#include "socketio/convert.hpp"

namespace chat {

namespace {

// What a node publishes.
struct Delta {
  std::string node;
  std::uint64_t revision = 0;
  std::vector<std::string> online;
  std::vector<std::string> offline;
};

}  // namespace

}  // namespace chat

template <>
struct socketio::Fields<chat::Delta> {
  static constexpr auto members =
      std::tuple(field("node", &chat::Delta::node), field("revision", &chat::Delta::revision),
                 field("online", &chat::Delta::online), field("offline", &chat::Delta::offline));
};

namespace chat {

namespace {

using adapters::redis::ChannelKind;
using adapters::redis::Command;
using adapters::redis::Result;

constexpr std::size_t users_at_once = 1'000;
constexpr const char* seconds_of_last_seen = "2592000";  // 30 days

std::optional<socketio::Date> date_of(const Result& result) {
  const std::string& text = result.reply.text;
  std::int64_t milliseconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), milliseconds);
  if (!result || text.empty() || error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return socketio::Date(std::chrono::milliseconds(milliseconds));
}

}  // namespace

// For the client's thread. Its callbacks keep it alive, so it may outlive its owner; it reaches the
// Presence through the gate only.
class ClusterPresence::Link : public std::enable_shared_from_this<Link> {
 public:
  Link(adapters::redis::Client& client, Presence& presence, Options options)
      : client_(client), presence_(presence), options_(std::move(options)) {}

  void subscribe();
  void unsubscribe() { client_.unsubscribe(ChannelKind::plain, channel()); }
  /// Any thread.
  void close() { gate_.close(); }

  [[nodiscard]] std::uint64_t revision() const noexcept { return revision_; }
  void flush();
  void write_all();
  void look(const std::vector<NodeRecord>& alive, const std::vector<std::string>& gone);
  void remove_node(const std::string& node);
  void leave();

  [[nodiscard]] std::string last_seen_key(const std::string& user) const {
    return options_.key_prefix + "presence:lastSeen:" + user;
  }

 private:
  struct Known {
    std::optional<std::int64_t> started;
    std::uint64_t revision = 0;
  };

  [[nodiscard]] std::string channel() const { return options_.key_prefix + "presence"; }
  [[nodiscard]] std::string key(const std::string& node) const {
    return options_.key_prefix + "presence:node:" + node;
  }
  [[nodiscard]] std::string own_key() const { return key(options_.node); }

  void tell(Command command);
  void write_users(const char* command, const std::vector<std::string>& users);
  void note_last_seen(const std::vector<std::string>& users);
  void publish(CountedSet::Changes changes);
  void hear(std::string json);
  void read_again(const std::string& node, const Known& as_of);
  void keep();

  adapters::redis::Client& client_;
  Presence& presence_;  // behind the gate
  const Options options_;
  Gate gate_;
  std::uint64_t revision_ = 0;
  bool in_doubt_ = false;  // a command failed
  std::map<std::string, Known> known_;
};

void ClusterPresence::Link::subscribe() {
  client_.subscribe(ChannelKind::plain, channel(),
                    [self = shared_from_this()](std::string_view, std::span<char> payload) {
                      self->hear(std::string(payload.begin(), payload.end()));
                    });
}

void ClusterPresence::Link::tell(Command command) {
  client_.execute(std::move(command), [self = shared_from_this()](const Result& result) {
    self->in_doubt_ |= !result;
  });
}

void ClusterPresence::Link::write_users(const char* command,
                                        const std::vector<std::string>& users) {
  for (std::size_t begin = 0; begin < users.size(); begin += users_at_once) {
    const auto first = users.begin() + static_cast<std::ptrdiff_t>(begin);
    const std::size_t count = std::min(users.size() - begin, users_at_once);
    Command words{command, own_key()};
    words.insert(words.end(), first, first + static_cast<std::ptrdiff_t>(count));
    tell(std::move(words));
  }
}

void ClusterPresence::Link::note_last_seen(const std::vector<std::string>& users) {
  for (const std::string& user : users) {
    std::optional<socketio::Date> at;
    gate_.enter([&] { at = presence_.last_seen(user); });
    if (at) {
      tell({"SET", last_seen_key(user), std::to_string(at->time_since_epoch().count()), "EX",
            seconds_of_last_seen});
    }
  }
}

void ClusterPresence::Link::flush() {
  CountedSet::Changes changes;
  gate_.enter([&] { changes = presence_.take_local_changes(); });
  if (changes.empty()) {
    return;
  }
  write_users("SADD", changes.added);
  write_users("SREM", changes.removed);
  note_last_seen(changes.removed);
  ++revision_;
  publish(std::move(changes));
}

void ClusterPresence::Link::publish(CountedSet::Changes changes) {
  const Delta delta{options_.node, revision_, std::move(changes.added), std::move(changes.removed)};
  std::string json;
  const auto write = [&](socketio::Writer& writer) { socketio::write_value(writer, delta); };
  socketio::write_json(write, json);
  client_.publish(ChannelKind::plain, channel(), json);
}

void ClusterPresence::Link::write_all() {
  std::vector<std::string> users;
  gate_.enter([&] { users = presence_.take_local_users(); });
  in_doubt_ = false;
  tell({"DEL", own_key()});
  write_users("SADD", users);
  ++revision_;  // so that the others read it
}

void ClusterPresence::Link::look(const std::vector<NodeRecord>& alive,
                                 const std::vector<std::string>& gone) {
  for (const std::string& node : gone) {
    known_.erase(node);
    gate_.enter([&] { presence_.remove_node(node); });
  }
  for (const NodeRecord& record : alive) {
    const auto known = known_.find(record.node);
    if (record.presence && (known == known_.end() || known->second.started != record.started ||
                            known->second.revision < *record.presence)) {
      read_again(record.node, {record.started, *record.presence});
    }
  }
  if (in_doubt_) {
    write_all();
  }
  keep();
}

// The users may be gone: whoever took this node for dead may have removed them when it was back.
void ClusterPresence::Link::keep() {
  client_.execute({"PEXPIRE", own_key(), std::to_string(options_.lifetime.count())},
                  [self = shared_from_this()](const Result& result) {
                    bool users = false;
                    self->gate_.enter([&] { users = self->presence_.has_local_users(); });
                    if (result && result.reply.integer == 0 && users) {
                      self->write_all();
                    }
                    self->in_doubt_ |= !result;
                  });
}

void ClusterPresence::Link::read_again(const std::string& node, const Known& as_of) {
  client_.execute({"SMEMBERS", key(node)},
                  [self = shared_from_this(), node, as_of](const Result& result) {
                    if (!result) {
                      return;
                    }
                    const std::vector<std::string> users = texts_of(result);
                    self->known_[node] = as_of;
                    self->gate_.enter([&] { self->presence_.replace(node, users); });
                  });
}

void ClusterPresence::Link::hear(std::string json) {
  const auto document = socketio::Document::from_json(std::move(json));
  const auto delta = document ? socketio::read_as<Delta>(document->root()) : std::optional<Delta>();
  if (!delta || delta->node == options_.node) {
    return;
  }
  const auto known = known_.find(delta->node);
  if (known == known_.end()) {
    read_again(delta->node, {std::nullopt, delta->revision});
    return;
  }
  if (delta->revision == known->second.revision + 1) {
    known->second.revision = delta->revision;
  }
  gate_.enter([&] { presence_.apply(delta->node, {delta->online, delta->offline}); });
}

void ClusterPresence::Link::remove_node(const std::string& node) {
  client_.execute({"SMEMBERS", key(node)}, [self = shared_from_this()](const Result& result) {
    self->note_last_seen(texts_of(result));
  });
  tell({"DEL", key(node)});
}

void ClusterPresence::Link::leave() {
  flush();
  tell({"DEL", own_key()});
  close();
}

// --- ClusterPresence ----------------------------------------------------------------------------

ClusterPresence::ClusterPresence(adapters::redis::Client& client, Presence& presence,
                                 Options options)
    : client_(client), link_(std::make_shared<Link>(client, presence, std::move(options))) {
  presence.on_local_change([&client, link = link_] { client.post([link] { link->flush(); }); });
  client_.post([link = link_] { link->subscribe(); });
}

ClusterPresence::~ClusterPresence() {
  link_->close();
  client_.post([link = std::move(link_)] { link->unsubscribe(); });
}

std::uint64_t ClusterPresence::revision() const { return link_->revision(); }

void ClusterPresence::write_all() { link_->write_all(); }

void ClusterPresence::look(const std::vector<NodeRecord>& alive,
                           const std::vector<std::string>& gone) {
  link_->look(alive, gone);
}

void ClusterPresence::remove_node(const std::string& node) { link_->remove_node(node); }

void ClusterPresence::leave() {
  client_.post([link = link_] { link->leave(); });
}

void ClusterPresence::last_seen(const std::vector<std::string>& users, LastSeenCallback callback) {
  struct Inquiry {
    std::vector<std::optional<socketio::Date>> dates;
    std::size_t unanswered;
    LastSeenCallback callback;
  };
  if (users.empty()) {
    callback({});
    return;
  }
  auto inquiry = std::make_shared<Inquiry>(Inquiry{
      std::vector<std::optional<socketio::Date>>(users.size()), users.size(), std::move(callback)});
  for (std::size_t i = 0; i < users.size(); ++i) {
    client_.execute({"GET", link_->last_seen_key(users[i])}, [inquiry, i](const Result& result) {
      inquiry->dates[i] = date_of(result);
      if (--inquiry->unanswered == 0) {
        inquiry->callback(std::move(inquiry->dates));
      }
    });
  }
}

}  // namespace chat
