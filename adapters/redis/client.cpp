#include "adapters/redis_client.hpp"

#include <stdexcept>
#include <thread>
#include <utility>

#include "adapters/redis/blocking_commands.hpp"
#include "adapters/redis/cluster.hpp"
#include "adapters/redis/environment.hpp"
#include "adapters/redis/resp.hpp"
#include "adapters/redis/sentinel.hpp"
#include "adapters/redis/single_server.hpp"
#include "adapters/redis/slots.hpp"

namespace adapters::redis {

namespace {

const RedisOptions& validated(const RedisOptions& options) {
  validate(options);
  return options;
}

/// EVAL, script, number of keys, first key, ….
bool is_script(const Command& command) {
  return !command.empty() && (command[0] == "EVAL" || command[0] == "EVALSHA");
}

/// The client's thread and what other threads need to reach it; the Backend does the rest.
class ThreadedClient final : public Client {
 public:
  explicit ThreadedClient(RedisOptions options);
  ~ThreadedClient() override;

  void execute(Command command, ResultCallback callback) override;
  void execute_transaction(std::vector<Command> commands, ResultCallback callback) override;
  void publish(ChannelKind kind, std::string_view channel, std::string_view payload,
               ResultCallback callback) override;
  void post(engineio::Function<void()> task) override { loop_.post(std::move(task)); }

  void subscribe(ChannelKind kind, std::string channel, MessageHandler handler,
                 engineio::Function<void()> subscribed) override;
  void unsubscribe(ChannelKind kind, std::string_view channel) override;
  void count_subscribers(ChannelKind kind, std::string_view channel,
                         CountCallback callback) override;
  std::unique_ptr<BlockingConnection> connect_blocking(std::string key) override;

  engineio::Timers& timers() noexcept override { return loop_.timers(); }
  engineio::Clock::time_point now() const noexcept override { return engineio::Clock::now(); }
  Redis::Statistics statistics() const override;

 private:
  [[nodiscard]] std::unique_ptr<Backend> make_backend();
  [[nodiscard]] std::uint16_t slot_of(std::string_view key) const;
  [[nodiscard]] CommandHeader header_of(const Command& command) const;

  template <class Format>
  void put(CommandHeader header, ResultCallback callback, Format&& format);

  void shut_down();

  const RedisOptions options_;
  const Target target_;
  const bool cluster_;
  const std::unique_ptr<TlsContext> tls_;
  Outbox outbox_;
  Counters counters_;
  Journal journal_;
  Subscriptions subscriptions_;
  std::unordered_set<BlockingCommands*> blocking_;
  Environment environment_;
  Loop loop_;  // may hold the last callbacks, and these what uses the environment
  std::unique_ptr<Backend> backend_;
  std::thread thread_;
};

ThreadedClient::ThreadedClient(RedisOptions options)
    : options_(validated(options)),
      target_(parse_url(options_.url)),
      cluster_(!options_.cluster_nodes.empty()),
      tls_(target_.tls ? std::make_unique<TlsContext>(options_.tls) : nullptr),
      outbox_(options_.queued_commands, options_.queued_bytes),
      journal_(options_.log),
      environment_{loop_,     options_, target_,        tls_.get(), journal_,
                   counters_, outbox_,  subscriptions_, blocking_},
      backend_(make_backend()) {
  loop_.post([this] { backend_->start(); });
  thread_ = std::thread([this] { loop_.run(); });
}

/// What the owners of callbacks have put into them is destroyed while all else is still there.
ThreadedClient::~ThreadedClient() {
  loop_.post([this] { shut_down(); });
  thread_.join();
  loop_.drop_tasks();
  subscriptions_.clear();
}

void ThreadedClient::shut_down() {
  give_up(environment_, outbox_.close(), closed);
  backend_->give_up_all(closed);
  for_each_blocking(environment_, [](BlockingCommands& blocking) { blocking.give_up(closed); });
  loop_.run_tasks();
  loop_.stop();
}

std::unique_ptr<Backend> ThreadedClient::make_backend() {
  if (cluster_) {
    return make_cluster(environment_);
  }
  if (!options_.sentinels.empty()) {
    return make_watched_server(environment_);
  }
  return std::make_unique<SingleServer>(environment_,
                                        std::make_shared<FixedLocator>(target_.address));
}

std::uint16_t ThreadedClient::slot_of(std::string_view key) const {
  return cluster_ ? key_slot(key) : no_slot;
}

CommandHeader ThreadedClient::header_of(const Command& command) const {
  const std::size_t key = is_script(command) ? 3 : 1;
  return {.slot = command.size() > key ? slot_of(command[key]) : no_slot};
}

template <class Format>
void ThreadedClient::put(CommandHeader header, ResultCallback callback, Format&& format) {
  const Outbox::Put put = outbox_.put(header, callback, std::forward<Format>(format));
  if (put == Outbox::Put::first) {
    loop_.post([this] { backend_->send(outbox_.take()); });
  } else if (put != Outbox::Put::waiting && callback) {
    const char* error = put == Outbox::Put::ended ? closed : queue_full;
    loop_.post([callback = std::move(callback), error]() mutable {
      callback({.error = error, .reply = {}});
    });
  }
}

void ThreadedClient::execute(Command command, ResultCallback callback) {
  put(header_of(command), std::move(callback),
      [&](std::string& bytes) { append_command(bytes, command); });
}

void ThreadedClient::execute_transaction(std::vector<Command> commands, ResultCallback callback) {
  CommandHeader header = commands.empty() ? CommandHeader() : header_of(commands.front());
  header.replies = static_cast<std::uint32_t>(commands.size() + 2);
  put(header, std::move(callback), [&](std::string& bytes) {
    append_command(bytes, {"MULTI"});
    for (const Command& command : commands) {
      append_command(bytes, command);
    }
    append_command(bytes, {"EXEC"});
  });
}

void ThreadedClient::publish(ChannelKind kind, std::string_view channel, std::string_view payload,
                             ResultCallback callback) {
  const bool sharded = kind == ChannelKind::sharded;
  CommandHeader header{.slot = slot_of(channel)};
  header.any_node = !sharded;
  put(header, std::move(callback), [&](std::string& bytes) {
    append_command(bytes, {sharded ? "SPUBLISH" : "PUBLISH", channel, payload});
  });
}

void ThreadedClient::subscribe(ChannelKind kind, std::string channel, MessageHandler handler,
                               engineio::Function<void()> subscribed) {
  subscriptions_.add(kind, channel, std::move(handler), std::move(subscribed));
  backend_->subscribe(kind, channel);
}

void ThreadedClient::unsubscribe(ChannelKind kind, std::string_view channel) {
  // The caller may have it from the subscription that is about to go.
  const std::string name(channel);
  subscriptions_.remove(kind, name);
  backend_->unsubscribe(kind, name);
}

void ThreadedClient::count_subscribers(ChannelKind kind, std::string_view channel,
                                       CountCallback callback) {
  backend_->count_subscribers(kind, channel, std::move(callback));
}

std::unique_ptr<BlockingConnection> ThreadedClient::connect_blocking(std::string key) {
  return backend_->connect_blocking(std::move(key));
}

Redis::Statistics ThreadedClient::statistics() const {
  return {.connected = counters_.command_connections.load(std::memory_order_relaxed) > 0,
          .connections_lost = counters_.connections_lost.load(std::memory_order_relaxed),
          .commands = outbox_.accepted(),
          .commands_refused = outbox_.refused(),
          .messages_received = counters_.messages_received.load(std::memory_order_relaxed)};
}

}  // namespace

std::unique_ptr<Client> make_client(RedisOptions options) {
  return std::make_unique<ThreadedClient>(std::move(options));
}

}  // namespace adapters::redis
