#include "apps/chat/cluster/node_registry.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "apps/chat/cluster/gate.hpp"
#include "apps/chat/cluster/node_watch.hpp"
#include "apps/chat/cluster/texts_of.hpp"
#include "apps/chat/wall_clock.hpp"

namespace chat {

namespace {

using adapters::redis::Command;
using adapters::redis::Result;

// What a dead node has left behind stays so many timeouts for somebody to deal with it.
constexpr int kept_timeouts = 10;

// Most rooms of one command.
constexpr std::size_t rooms_at_once = 1'000;

std::int64_t milliseconds_since_1970() { return wall_clock().time_since_epoch().count(); }

}  // namespace

// All but what is said to be for any thread is for the client's. Its callbacks keep it alive, so it
// may outlive the registry; then it calls nobody any more.
class NodeRegistry::Heart : public std::enable_shared_from_this<Heart> {
 public:
  Heart(adapters::redis::Client& client, LocalRooms& rooms, Options options, Hooks hooks)
      : client_(client),
        rooms_(rooms),
        options_(std::move(options)),
        hooks_(std::move(hooks)),
        watch_({.blindness = options_.timeout}) {}

  void start();
  void write_room_changes();
  void leave(engineio::Function<void()> done);
  void stop();
  /// No hook is called after it. Any thread.
  void close() { gate_.close(); }
  /// Any thread.
  [[nodiscard]] ClusterStatistics statistics() const;

 private:
  using Handler = engineio::Function<void(const Result&)>;

  struct Inquiry {
    NodeWatch::Look look;
    std::size_t unanswered = 0;
    bool failed = false;
  };

  [[nodiscard]] std::string key(const std::string& name) const {
    return options_.key_prefix + name;
  }
  [[nodiscard]] std::string key(const std::string& node, const char* what) const {
    return key("ws:node:" + node + ":" + what);
  }

  void ask(Command command, Handler on_result);
  void tell(Command command);
  void beat();
  void registered(bool anew);
  void write_record();
  void write_rooms(const char* command, std::vector<std::string> rooms);
  void look();
  void ask_for_heartbeats(std::set<std::string> nodes);
  void conclude(const NodeWatch::Look& look);
  void note(const std::set<std::string>& alive);
  void forget_strangers(const NodeWatch::Look& look);
  void bury(const std::string& node);
  void remove_traces(const std::string& node);

  adapters::redis::Client& client_;
  LocalRooms& rooms_;
  const Options options_;

  Gate gate_;
  const Hooks hooks_;

  engineio::Timer timer_;
  bool stopped_ = false;
  bool under_way_ = false;  // the last beat
  bool registered_anew_ = false;
  bool rooms_in_doubt_ = true;  // a command failed, or there may be those of an earlier program
  NodeWatch watch_;
  std::map<std::string, NodeRecord> records_;  // of the other nodes

  mutable std::mutex statistics_mutex_;
  std::vector<NodeRecord> last_look_;
};

// --- Commands -----------------------------------------------------------------------------------

void NodeRegistry::Heart::ask(Command command, Handler on_result) {
  client_.execute(std::move(command), [self = shared_from_this(), on_result = std::move(on_result)](
                                          const Result& result) mutable {
    if (!self->stopped_) {
      on_result(result);
    }
  });
}

void NodeRegistry::Heart::tell(Command command) {
  ask(std::move(command), [this](const Result& result) { rooms_in_doubt_ |= !result; });
}

void NodeRegistry::Heart::stop() {
  stopped_ = true;
  timer_.stop();
}

// --- This node ----------------------------------------------------------------------------------

void NodeRegistry::Heart::start() {
  ask({"SMEMBERS", key(options_.node, "rooms")}, [this](const Result& result) {
    if (const auto rooms = texts_of(result); !rooms.empty()) {
      gate_.enter([&] { hooks_.on_failed(options_.node, rooms); });
    }
    beat();
  });
}

void NodeRegistry::Heart::beat() {
  client_.timers().start(timer_, client_.now() + options_.heartbeat, [this] { beat(); });
  if (std::exchange(under_way_, true)) {
    return;
  }
  ask({"SADD", key("ws:active_nodes"), options_.node}, [this](const Result& result) {
    registered(result.reply.integer == 1 || rooms_in_doubt_);
    registered_anew_ = result.reply.integer == 1;
  });
  write_record();
  write_room_changes();
  const auto kept = options_.timeout * kept_timeouts;
  ask({"PEXPIRE", key(options_.node, "rooms"), std::to_string(kept.count())},
      [this](const Result& result) {
        // Whoever took this node for dead may have removed its rooms when it was back.
        const bool lost = result.reply.integer == 0 && rooms_.size() != 0;
        rooms_in_doubt_ |= !result || lost;
      });
  look();
}

void NodeRegistry::Heart::registered(bool anew) {
  if (anew) {
    rooms_in_doubt_ = false;
    tell({"DEL", key(options_.node, "rooms")});
    write_rooms("SADD", rooms_.take_all());
    gate_.enter(hooks_.on_registered);
  }
}

void NodeRegistry::Heart::write_record() {
  NodeRecord record;
  gate_.enter([&] { record = hooks_.describe(); });
  record.node = options_.node;
  record.timestamp = milliseconds_since_1970();
  const std::string timeout = std::to_string(options_.timeout.count());
  const std::string kept = std::to_string((options_.timeout * kept_timeouts).count());
  tell({"SET", key(options_.node, "heartbeat"), std::to_string(record.timestamp), "PX", timeout});
  tell({"SET", key(options_.node, "connections"), std::to_string(record.connections), "PX", kept});
  tell({"HSET", key("ws:nodes"), options_.node, to_json(record)});
}

void NodeRegistry::Heart::write_room_changes() {
  if (stopped_) {
    return;
  }
  CountedSet::Changes changes = rooms_.take_changes();
  write_rooms("SADD", std::move(changes.added));
  write_rooms("SREM", std::move(changes.removed));
}

void NodeRegistry::Heart::write_rooms(const char* command, std::vector<std::string> rooms) {
  for (std::size_t begin = 0; begin < rooms.size(); begin += rooms_at_once) {
    const std::size_t end = std::min(rooms.size(), begin + rooms_at_once);
    Command words{command, key(options_.node, "rooms")};
    words.insert(words.end(), std::make_move_iterator(rooms.begin() + std::ptrdiff_t(begin)),
                 std::make_move_iterator(rooms.begin() + std::ptrdiff_t(end)));
    tell(std::move(words));
  }
}

void NodeRegistry::Heart::leave(engineio::Function<void()> done) {
  stop();
  for (const char* what : {"heartbeat", "connections", "rooms"}) {
    client_.execute({"DEL", key(options_.node, what)}, [](const Result&) {});
  }
  client_.execute({"HDEL", key("ws:nodes"), options_.node}, [](const Result&) {});
  client_.execute({"SREM", key("ws:active_nodes"), options_.node},
                  [done = std::move(done)](const Result&) mutable { done(); });
}

// --- The others ---------------------------------------------------------------------------------

void NodeRegistry::Heart::look() {
  ask({"HGETALL", key("ws:nodes")}, [this](const Result& result) {
    const std::vector<std::string> texts = texts_of(result);
    records_.clear();
    for (std::size_t i = 0; i + 1 < texts.size(); i += 2) {
      if (auto record = node_record_from_json(texts[i], texts[i + 1])) {
        records_[texts[i]] = std::move(*record);
      }
    }
  });
  ask({"SMEMBERS", key("ws:active_nodes")}, [this](const Result& result) {
    if (!result) {
      under_way_ = false;
      return;
    }
    const auto nodes = texts_of(result);
    ask_for_heartbeats({nodes.begin(), nodes.end()});
  });
}

void NodeRegistry::Heart::ask_for_heartbeats(std::set<std::string> nodes) {
  auto inquiry = std::make_shared<Inquiry>();
  nodes.erase(options_.node);
  inquiry->look.registered = nodes;
  inquiry->look.registered_anew = registered_anew_;
  nodes.insert(watch_.alive().begin(), watch_.alive().end());
  inquiry->unanswered = nodes.size();
  if (nodes.empty()) {
    conclude(inquiry->look);
  }
  for (const std::string& node : nodes) {
    ask({"EXISTS", key(node, "heartbeat")}, [this, inquiry, node](const Result& result) {
      inquiry->failed |= !result;
      if (result.reply.integer == 1) {
        inquiry->look.alive.insert(node);
      }
      if (--inquiry->unanswered != 0) {
        return;
      }
      if (inquiry->failed) {
        under_way_ = false;
      } else {
        conclude(inquiry->look);
      }
    });
  }
}

void NodeRegistry::Heart::conclude(const NodeWatch::Look& look) {
  under_way_ = false;
  NodeWatch::Look now = look;
  now.now = client_.now();
  const NodeWatch::Verdict verdict = watch_.judge(now);
  std::vector<NodeRecord> alive;
  for (const std::string& node : watch_.alive()) {
    const auto record = records_.find(node);
    alive.push_back(record == records_.end() ? NodeRecord{.node = node} : record->second);
  }
  note(watch_.alive());
  gate_.enter([&] { hooks_.on_look(alive, verdict.gone); });
  for (const std::string& node : verdict.dead) {
    bury(node);
  }
  forget_strangers(look);
}

void NodeRegistry::Heart::note(const std::set<std::string>& alive) {
  std::vector<NodeRecord> nodes;
  for (const auto& [node, record] : records_) {
    if (node == options_.node || alive.contains(node)) {
      nodes.push_back(record);
    }
  }
  const std::lock_guard lock(statistics_mutex_);
  last_look_ = std::move(nodes);
}

// A record outlives its node when the one who should have removed it died as well.
void NodeRegistry::Heart::forget_strangers(const NodeWatch::Look& look) {
  const std::int64_t oldest =
      milliseconds_since_1970() - (options_.timeout * kept_timeouts).count();
  for (const auto& [node, record] : records_) {
    if (node != options_.node && !look.registered.contains(node) && record.timestamp < oldest) {
      tell({"HDEL", key("ws:nodes"), node});
    }
  }
}

void NodeRegistry::Heart::bury(const std::string& node) {
  ask({"SREM", key("ws:active_nodes"), node}, [this, node](const Result& removed) {
    if (removed.reply.integer != 1) {
      return;
    }
    ask({"SMEMBERS", key(node, "rooms")}, [this, node](const Result& rooms) {
      gate_.enter([&] { hooks_.on_failed(node, texts_of(rooms)); });
      remove_traces(node);
    });
  });
}

void NodeRegistry::Heart::remove_traces(const std::string& node) {
  tell({"DEL", key(node, "rooms")});
  tell({"DEL", key(node, "connections")});
  tell({"HDEL", key("ws:nodes"), node});
}

ClusterStatistics NodeRegistry::Heart::statistics() const {
  std::vector<NodeRecord> nodes;
  {
    const std::lock_guard lock(statistics_mutex_);
    nodes = last_look_;
  }
  return summarize(std::move(nodes));
}

// --- NodeRegistry -------------------------------------------------------------------------------

NodeRegistry::NodeRegistry(adapters::redis::Client& client, LocalRooms& rooms, Options options,
                           Hooks hooks)
    : client_(client),
      rooms_(rooms),
      heart_(std::make_shared<Heart>(client, rooms, std::move(options), std::move(hooks))) {
  rooms.on_change(
      [&client, heart = heart_] { client.post([heart] { heart->write_room_changes(); }); });
  client_.post([heart = heart_] { heart->start(); });
}

NodeRegistry::~NodeRegistry() {
  rooms_.on_change(nullptr);
  heart_->close();
  // Its timer ends on the client's thread.
  client_.post([heart = std::move(heart_)] { heart->stop(); });
}

void NodeRegistry::leave(engineio::Function<void()> done) {
  client_.post(
      [heart = heart_, done = std::move(done)]() mutable { heart->leave(std::move(done)); });
}

ClusterStatistics NodeRegistry::statistics() const { return heart_->statistics(); }

}  // namespace chat
