#include "socketio/detail/server_core.hpp"

#include <cstdio>
#include <stdexcept>
#include <utility>

#include "socketio/detail/broadcast_ack.hpp"
#include "socketio/detail/client.hpp"
#include "socketio/detail/namespace_access.hpp"
#include "socketio/server.hpp"

namespace socketio::detail {

namespace {

using namespace std::chrono_literals;

constexpr auto expiry_interval = 60s;

/// What the engine sees of a Client, which lives longer than the session.
class SessionBridge final : public engineio::SessionHandler {
 public:
  explicit SessionBridge(std::shared_ptr<Client> client) : client_(std::move(client)) {}

  void on_message(engineio::MessageKind kind, std::span<char> payload) override {
    client_->on_message(kind, payload);
  }
  void on_drain() override { client_->on_drain(); }
  void on_close(engineio::CloseReason reason, std::string_view description) override {
    client_->on_close(engineio::to_string(reason), description);
  }

 private:
  std::shared_ptr<Client> client_;
};

Options checked(Options options) {
  if (options.connect_timeout <= 0ms) {
    throw std::invalid_argument("connect_timeout must be above 0");
  }
  if (options.limits.attachment_timeout <= 0ms) {
    throw std::invalid_argument("attachment_timeout must be above 0");
  }
  if (options.connection_state_recovery &&
      options.connection_state_recovery->max_disconnection_duration <= 0ms) {
    throw std::invalid_argument("max_disconnection_duration must be above 0");
  }
  if (options.parser == nullptr) {
    options.parser = make_json_parser();
  }
  return options;
}

std::string_view to_string(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  return "";
}

}  // namespace

ServerCore::ServerCore(Options options, const std::vector<engineio::Shard*>& shards,
                       const engineio::Limits& engine_limits)
    : options_(checked(std::move(options))), engine_limits_(engine_limits), registry_(*this) {
  for (engineio::Shard* shard : shards) {
    shard->activity().describe_messages_with(describe_packet);
    shards_.push_back(std::make_unique<ShardContext>(*shard));
  }
  main_namespace_ = &registry_.of("/");
  if (recovers()) {
    post(context(0), [this] { start_expiry(); });
  }
}

ServerCore::~ServerCore() = default;

std::unique_ptr<engineio::SessionHandler> ServerCore::accept(engineio::Session& session) {
  auto client = std::make_shared<Client>(*this, context(session.shard().index()), session);
  auto bridge = std::make_unique<SessionBridge>(client);
  client->start();
  if (closing_) {
    client->shut_down();
  }
  return bridge;
}

void ServerCore::close(std::function<void()> on_closed) {
  if (closing_.exchange(true)) {
    return;
  }
  const auto left = std::make_shared<std::atomic<std::size_t>>(shards_.size());
  const auto finish = [this, left, on_closed = std::move(on_closed)] {
    if (left->fetch_sub(1) == 1) {
      registry_.close_adapters();
      on_closed();
    }
  };
  for (const auto& shard : shards_) {
    const bool posted = post(*shard, [&context = *shard, finish] {
      for (Client* client : std::vector<Client*>(context.clients.begin(), context.clients.end())) {
        client->shut_down();
      }
      finish();
    });
    if (!posted) {
      finish();
    }
  }
}

void ServerCore::start_expiry() {
  ShardContext& first = context(0);
  first.shard.timers().start(first.expiry, first.shard.now() + expiry_interval, [this] {
    for (const auto& nsp : registry_.all()) {
      nsp->adapter().expire();
    }
    start_expiry();
  });
}

ShardContext* ServerCore::current() noexcept {
  for (const auto& shard : shards_) {
    if (shard->shard.is_current()) {
      return shard.get();
    }
  }
  return nullptr;
}

ShardContext& ServerCore::home() noexcept {
  ShardContext* here = current();
  return here != nullptr ? *here : context(0);
}

engineio::Clock::time_point ServerCore::now() noexcept {
  const ShardContext* here = current();
  return here != nullptr ? here->shard.now() : engineio::Clock::now();
}

bool ServerCore::post(ShardContext& context, engineio::Task task, std::size_t bytes) {
  if (context.shard.post(std::move(task), bytes)) {
    return true;
  }
  on_lost_task();
  return false;
}

void ServerCore::on_lost_task() {
  if (!closing_ && lost_tasks_.fetch_add(1) == 0) {
    log(LogLevel::error, "the mailbox of a shard is full: packets between shards are lost");
  }
}

void ServerCore::log(LogLevel level, std::string_view text) const {
  if (options_.log) {
    options_.log(level, text);
  } else if (level >= LogLevel::warning) {
    const std::string_view name = to_string(level);
    std::fprintf(stderr, "socketio: %.*s: %.*s\n", static_cast<int>(name.size()), name.data(),
                 static_cast<int>(text.size()), text.data());
  }
}

void ServerCore::report_exception(std::string_view what, std::string_view error) noexcept {
  if (ShardContext* here = current()) {
    here->counters.handler_exceptions.add();
  }
  try {
    log(LogLevel::error, std::string(what) + " threw: " + std::string(error));
  } catch (...) {  // NOLINT: the log itself failed, there is nobody left to tell
  }
}

Statistics ServerCore::statistics() const {
  Statistics sum;
  for (const auto& shard : shards_) {
    const Counters& counters = shard->counters;
    sum.clients += counters.clients.value();
    sum.sockets += counters.sockets.value();
    sum.connects += counters.connects.value();
    sum.recoveries += counters.recoveries.value();
    sum.refused_connects += counters.refused_connects.value();
    sum.packets_received += counters.packets_received.value();
    sum.packets_sent += counters.packets_sent.value();
    sum.volatile_dropped += counters.volatile_dropped.value();
    sum.invalid_packets += counters.invalid_packets.value();
    sum.flooding_clients += counters.flooding_clients.value();
    sum.invalid_arguments += counters.invalid_arguments.value();
    sum.handler_exceptions += counters.handler_exceptions.value();
    sum.refused_joins += counters.refused_joins.value();
  }
  sum.namespaces = registry_.size();
  sum.lost_tasks = lost_tasks_.load();
  return sum;
}

}  // namespace socketio::detail
