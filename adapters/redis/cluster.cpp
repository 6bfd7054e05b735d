#include "adapters/redis/cluster.hpp"

#include <chrono>
#include <utility>

#include "adapters/redis/blocking_commands.hpp"
#include "adapters/redis/cluster_channels.hpp"
#include "adapters/redis/cluster_nodes.hpp"
#include "adapters/redis/resp.hpp"
#include "adapters/redis/slots.hpp"

namespace adapters::redis {

namespace {

using engineio::Clock;

constexpr std::uint8_t max_attempts = 16;

// Redirections that follow each other faster are those of nodes that disagree.
constexpr std::uint8_t attempts_at_once = 4;

constexpr std::chrono::milliseconds retry_delay{100};
constexpr std::chrono::milliseconds between_refreshes{100};
constexpr std::chrono::seconds between_sweeps{1};

/// The command without what stood in front of it for one node.
void drop_asking(CommandHeader& header, std::string_view& bytes) {
  if (header.asking) {
    bytes.remove_prefix(asking_command.size());
    header.asking = false;
    --header.replies;
  }
}

/// How many subscribe to a channel?
struct Question {
  ChannelKind kind;
  std::string channel;
  CountCallback callback;
};

/// An answer to several questions: how many subscribe to a channel at all masters together.
struct Count {
  std::size_t missing = 0;
  std::optional<std::size_t> sum = 0;
  CountCallback callback;
};

class Cluster final : public Backend, private CommandConnection::Owner, private Subscriber::Owner {
 public:
  explicit Cluster(Environment& environment);

  void start() override { connect_to_seeds(); }
  void send(CommandBatch commands) override;
  void subscribe(ChannelKind kind, std::string_view channel) override;
  void unsubscribe(ChannelKind kind, std::string_view channel) override;
  void count_subscribers(ChannelKind kind, std::string_view channel,
                         CountCallback callback) override;
  std::unique_ptr<BlockingConnection> connect_blocking(std::string key) override;
  void give_up_all(const char* error) override;

  // For SlotLocator.
  [[nodiscard]] const SlotMap& map() const noexcept { return map_; }
  void on_redirection(const Redirection& redirection);

 private:
  void connect_to_seeds();
  [[nodiscard]] ClusterNode* node_for(const CommandHeader& header);
  void route(CommandHeader header, std::string_view bytes, ResultCallback callback);
  void flush();
  void redirect(const Redirection& redirection, Pipeline::Answer& answer);

  void refresh_soon();
  void refresh();
  void on_slots(const Address& asked, const Result& result);
  void apply(SlotMap map);
  void sweep();

  void on_ready(CommandConnection&) override { refresh_soon(); }
  void on_lost(CommandConnection& connection) override;
  void on_unreachable(CommandConnection&) override { refresh_soon(); }
  bool take_over(CommandConnection& connection, Pipeline::Answer& answer) override;
  void on_away(Subscriber& subscriber) override;
  void on_refused(Subscriber& subscriber, ChannelKind kind, const std::string& channel,
                  const std::string& error) override;

  Environment& environment_;
  const std::vector<Address> seeds_;
  SlotMap map_;
  ClusterNodes nodes_;
  ClusterChannels channels_;

  CommandBatch homeless_;         // no node is known that would take them
  CommandBatch delayed_;          // until retry_timer_
  std::vector<Question> counts_;  // until the first map
  engineio::Timer retry_timer_;
  engineio::Timer refresh_timer_;
  engineio::Timer sweep_timer_;
  Clock::time_point last_refresh_;
  std::optional<Address> well_informed_;  // the node that a redirection named last
};

/// The master of a slot.
class SlotLocator final : public Locator {
 public:
  SlotLocator(Cluster& cluster, std::uint16_t slot) : cluster_(cluster), slot_(slot) {}

  void locate(Done done) override {
    if (const Address* owner = cluster_.map().owner(slot_)) {
      asked_ = *owner;
      done(asked_, {});
    } else {
      done(std::nullopt, "nobody is known to have slot " + std::to_string(slot_));
    }
  }

  bool misplaced(const std::string& error) override {
    const auto redirection = parse_redirection(error, asked_);
    if (redirection) {
      cluster_.on_redirection(*redirection);
    }
    return redirection.has_value();
  }

 private:
  Cluster& cluster_;
  const std::uint16_t slot_;
  Address asked_;
};

Cluster::Cluster(Environment& environment)
    : environment_(environment),
      seeds_(parse_nodes(environment.options.cluster_nodes)),
      nodes_(environment, *this),
      channels_(environment, nodes_, *this) {}

void Cluster::connect_to_seeds() {
  for (const Address& seed : seeds_) {
    nodes_.get(seed);
  }
}

// --- commands -----------------------------------------------------------------------------------

void Cluster::send(CommandBatch commands) {
  commands.for_each([this](const CommandHeader& header, std::string_view bytes,
                           ResultCallback callback) { route(header, bytes, std::move(callback)); });
  flush();
}

void Cluster::route(CommandHeader header, std::string_view bytes, ResultCallback callback) {
  CommandBatch alone;
  if (header.this_node) {
    alone.add(header, bytes, std::move(callback));
    return give_up(environment_, std::move(alone), connection_lost);
  }
  drop_asking(header, bytes);
  if (ClusterNode* node = node_for(header)) {
    return node->outgoing.add(header, bytes, std::move(callback));
  }
  if (map_.masters().empty() || ++header.attempts < max_attempts) {
    homeless_.add(header, bytes, std::move(callback));
    return refresh_soon();
  }
  alone.add(header, bytes, std::move(callback));
  give_up(environment_, std::move(alone), "CLUSTERDOWN no node has the slot of the key");
}

ClusterNode* Cluster::node_for(const CommandHeader& header) {
  if (map_.masters().empty()) {
    return nullptr;
  }
  const Address* owner = map_.owner(header.slot);
  ClusterNode* node = owner == nullptr ? nullptr : nodes_.find(*owner);
  const bool any = header.any_node || header.slot == no_slot;
  if (any && (node == nullptr || !node->commands.ready())) {
    ClusterNode* ready = nodes_.first_ready_master();
    return ready != nullptr ? ready : nodes_.find(map_.masters().front());
  }
  return node;
}

void Cluster::flush() {
  for (const auto& node : nodes_.all()) {
    if (!node->outgoing.empty()) {
      node->commands.send(std::exchange(node->outgoing, {}));
    }
  }
}

bool Cluster::take_over(CommandConnection& connection, Pipeline::Answer& answer) {
  const ClusterNode* node = nodes_.find(connection);
  const auto redirection = parse_redirection(answer.error, node->address);
  if (!redirection || answer.header.this_node || answer.header.attempts >= max_attempts) {
    return false;
  }
  on_redirection(*redirection);
  redirect(*redirection, answer);
  return true;
}

void Cluster::redirect(const Redirection& redirection, Pipeline::Answer& answer) {
  CommandHeader header = answer.header;
  std::string_view bytes = answer.bytes;
  ++header.attempts;
  drop_asking(header, bytes);
  // A transaction would need ASKING in front of each command: it waits until the slot has moved.
  const bool asks = redirection.kind == Redirection::Kind::ask && header.replies == 1;
  if (asks) {
    header.asking = true;
    ++header.replies;
    CommandBatch asking;
    asking.add(header, std::string(asking_command).append(bytes), std::move(answer.callback));
    return nodes_.get(redirection.address).commands.send(std::move(asking));
  }
  if (redirection.kind == Redirection::Kind::moved && header.attempts < attempts_at_once) {
    route(header, bytes, std::move(answer.callback));
    return flush();
  }
  delayed_.add(header, bytes, std::move(answer.callback));
  if (!retry_timer_.running()) {
    environment_.loop.timers().start(retry_timer_, Clock::now() + retry_delay,
                                     [this] { send(std::exchange(delayed_, {})); });
  }
}

void Cluster::on_lost(CommandConnection& connection) {
  send(connection.take_unsent());
  refresh_soon();
}

void Cluster::give_up_all(const char* error) {
  for (const auto& node : nodes_.all()) {
    node->commands.give_up_all(error);
  }
  give_up(environment_, std::exchange(homeless_, {}), error);
  give_up(environment_, std::exchange(delayed_, {}), error);
  for (Question& question : std::exchange(counts_, {})) {
    question.callback(std::nullopt);
  }
}

std::unique_ptr<BlockingConnection> Cluster::connect_blocking(std::string key) {
  return std::make_unique<BlockingCommands>(environment_,
                                            std::make_shared<SlotLocator>(*this, key_slot(key)));
}

// --- the map ------------------------------------------------------------------------------------

void Cluster::on_redirection(const Redirection& redirection) {
  if (redirection.kind == Redirection::Kind::moved) {
    nodes_.get(redirection.address).master = true;
    map_.assign(redirection.slot, redirection.address);
    well_informed_ = redirection.address;
  }
  refresh_soon();
}

void Cluster::refresh_soon() {
  if (!refresh_timer_.running()) {
    environment_.loop.timers().start(refresh_timer_,
                                     std::max(Clock::now(), last_refresh_ + between_refreshes),
                                     [this] { refresh(); });
  }
}

void Cluster::refresh() {
  last_refresh_ = Clock::now();
  const auto informed = std::exchange(well_informed_, std::nullopt);
  ClusterNode* node = informed ? nodes_.find(*informed) : nullptr;
  if (node == nullptr || !node->commands.ready()) {
    node = nodes_.next_ready();
  }
  if (node == nullptr) {
    return connect_to_seeds();  // the first one that is ready asks for the next refresh
  }
  CommandBatch question;
  std::string bytes;
  append_command(bytes, {"CLUSTER", "SLOTS"});
  question.add({.this_node = true}, bytes,
               [this, asked = node->address](const Result& result) { on_slots(asked, result); });
  node->commands.send(std::move(question));
}

void Cluster::on_slots(const Address& asked, const Result& result) {
  if (auto map = result ? SlotMap::parse(result.reply, asked) : std::nullopt) {
    return apply(std::move(*map));
  }
  if (result.error == closed) {
    return;
  }
  if (result.error != connection_lost) {
    environment_.journal.write_once(
        socketio::LogLevel::warning, "cluster " + result.error.substr(0, result.error.find(' ')),
        "Redis " + asked.text() + ": does not know the slots of the cluster: " +
            (result ? "they are not assigned" : result.error));
  }
  refresh_soon();
}

void Cluster::apply(SlotMap map) {
  const bool changed = map != map_;
  map_ = std::move(map);
  for (const auto& node : nodes_.all()) {
    node->master = false;
  }
  for (const Address& master : map_.masters()) {
    nodes_.get(master).master = true;
  }
  // What waits for a node that is away may now be the business of another one.
  CommandBatch stranded = std::exchange(homeless_, {});
  for (const auto& node : nodes_.all()) {
    if (changed && !node->commands.ready()) {
      stranded.append(node->commands.take_unsent());
    }
  }
  send(std::move(stranded));
  channels_.place_all(map_);
  for (Question& question : std::exchange(counts_, {})) {
    count_subscribers(question.kind, question.channel, std::move(question.callback));
  }
  sweep();
}

/// Later, since this may be the call of a node that is to go.
void Cluster::sweep() {
  if (!sweep_timer_.running()) {
    environment_.loop.timers().start(sweep_timer_, Clock::now() + between_sweeps, [this] {
      if (nodes_.first_ready_master() == nullptr || nodes_.sweep()) {
        sweep();
      }
    });
  }
}

// --- channels -----------------------------------------------------------------------------------

void Cluster::subscribe(ChannelKind kind, std::string_view channel) {
  channels_.place(kind, channel, map_);
}

void Cluster::unsubscribe(ChannelKind kind, std::string_view channel) {
  channels_.remove(kind, channel);
}

void Cluster::on_away(Subscriber& subscriber) {
  if (const ClusterNode* node = nodes_.find(subscriber)) {
    channels_.leave(*node, map_);
  }
  refresh_soon();
}

void Cluster::on_refused(Subscriber& subscriber, ChannelKind kind, const std::string& channel,
                         const std::string& error) {
  const ClusterNode* node = nodes_.find(subscriber);
  const auto redirection = parse_redirection(error, node->address);
  channels_.forget(kind, channel);
  if (redirection) {
    on_redirection(*redirection);
  } else if (error.empty()) {
    refresh_soon();  // the slot has moved
  } else {
    report_refused(environment_, subscriber, kind, channel, error);
    environment_.loop.timers().run_at(Clock::now() + Subscriber::refused_retry,
                                      [this] { refresh_soon(); });
  }
}

void Cluster::count_subscribers(ChannelKind kind, std::string_view channel,
                                CountCallback callback) {
  if (map_.masters().empty()) {
    return counts_.push_back({kind, std::string(channel), std::move(callback)});
  }
  auto count = std::make_shared<Count>();
  count->callback = std::move(callback);
  count->missing = map_.masters().size();
  for (const Address& master : map_.masters()) {
    CommandBatch question =
        make_count_command(kind, channel, [count](std::optional<std::size_t> number) {
          count->sum = count->sum && number ? std::optional(*count->sum + *number) : std::nullopt;
          if (--count->missing == 0) {
            count->callback(count->sum);
          }
        });
    question.headers.front().this_node = true;
    nodes_.get(master).commands.send(std::move(question));
  }
}

}  // namespace

std::unique_ptr<Backend> make_cluster(Environment& environment) {
  return std::make_unique<Cluster>(environment);
}

}  // namespace adapters::redis
