#include "socketio/server.hpp"

#include <stdexcept>
#include <utility>
#include <vector>

#include "socketio/detail/client_bundle.hpp"
#include "socketio/detail/server_core.hpp"
#include "socketio/detail/signal_waiter.hpp"

namespace socketio {

namespace {

constexpr std::string_view default_path = "/socket.io";
constexpr std::string_view all_addresses = "::";

engineio::Options prepare(engineio::Options engine, const Options& options) {
  if (engine.path.empty()) {
    engine.path = default_path;
  }
  if (auto bundle = detail::make_client_bundle(engine.path, options)) {
    engine.middlewares.insert(engine.middlewares.begin(), std::move(bundle));
  }
  return engine;
}

std::vector<engineio::Shard*> shards_of(engineio::Server& engine) {
  std::vector<engineio::Shard*> shards;
  for (std::size_t i = 0; i < engine.shard_count(); ++i) {
    shards.push_back(&engine.shard(i));
  }
  return shards;
}

}  // namespace

class Server::Impl {
 public:
  Impl(engineio::Options engine_options, Options options)
      : engine(std::make_unique<engineio::Server>(
            prepare(std::move(engine_options), options),
            [this](engineio::Session& session) { return core->accept(session); })),
        core(std::make_unique<detail::ServerCore>(std::move(options), shards_of(*engine))) {}

  /// Sessions and what is posted to the shards go first: they refer to the core.
  ~Impl() {
    signals.reset();
    engine.reset();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::unique_ptr<engineio::Server> engine;
  std::unique_ptr<detail::ServerCore> core;
  std::unique_ptr<detail::SignalWaiter> signals;
};

Server::Server(engineio::Options engine, Options options)
    : impl_(std::make_unique<Impl>(std::move(engine), std::move(options))) {}

Server::~Server() = default;

// --- Namespaces ---------------------------------------------------------------------------------

Namespace& Server::of(std::string_view name) { return impl_->core->registry().of(name); }

ParentNamespace& Server::of(std::regex pattern) {
  auto matcher = [pattern = std::move(pattern)](const std::string& name, const Value&,
                                                const std::function<void(bool)>& next) {
    next(std::regex_search(name, pattern));
  };
  return impl_->core->registry().add_parent(std::move(matcher), true);
}

ParentNamespace& Server::of(NamespaceMatcher matcher) {
  return impl_->core->registry().add_parent(std::move(matcher), false);
}

void Server::on_new_namespace(std::function<void(Namespace&)> observer) {
  impl_->core->registry().add_observer(std::move(observer));
}

Namespace& Server::sockets() const noexcept { return impl_->core->main_namespace(); }

Server& Server::use(Middleware middleware) {
  sockets().use(std::move(middleware));
  return *this;
}

Server& Server::on_connection(ConnectionHandler handler) {
  sockets().on_connection(std::move(handler));
  return *this;
}

// --- Below --------------------------------------------------------------------------------------

std::uint16_t Server::listen(std::uint16_t port) {
  return listen(std::string(all_addresses), port);
}

std::uint16_t Server::listen(const std::string& address, std::uint16_t port) {
  return impl_->engine->listen(address, port);
}

std::uint16_t Server::listen(std::uint16_t port, const engineio::Tls& tls) {
  return listen(std::string(all_addresses), port, tls);
}

std::uint16_t Server::listen(const std::string& address, std::uint16_t port,
                             const engineio::Tls& tls) {
  return impl_->engine->listen(address, port, tls);
}

void Server::listen_unix(const std::string& path) { impl_->engine->listen_unix(path); }

void Server::on_http(std::string method, std::string path, engineio::HttpHandler handler) {
  impl_->engine->on_http(std::move(method), std::move(path), std::move(handler));
}

void Server::on_http(engineio::HttpHandler handler) { impl_->engine->on_http(std::move(handler)); }

void Server::on_connection_error(
    std::function<void(const engineio::ConnectionError&)> observer) {
  impl_->engine->on_connection_error(std::move(observer));
}

void Server::stop_on_signals() {
  if (impl_->signals == nullptr) {
    impl_->signals = std::make_unique<detail::SignalWaiter>([this] { close(); });
  }
}

void Server::run() { impl_->engine->run(); }

void Server::close() {
  impl_->core->close([engine = impl_->engine.get()] { engine->stop(); });
}

Statistics Server::statistics() const { return impl_->core->statistics(); }

engineio::Server& Server::engine() noexcept { return *impl_->engine; }

}  // namespace socketio
