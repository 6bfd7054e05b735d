#include "socketio/server.hpp"

#include <csignal>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "socketio/detail/client_bundle.hpp"
#include "socketio/detail/server_core.hpp"

namespace socketio {

namespace {

constexpr std::string_view default_path = "/socket.io";

/// `listen(address)` for all addresses: those of both families, or of the one that there is.
template <class Listen>
std::uint16_t listen_everywhere(const Listen& listen) {
  try {
    return listen("::");
  } catch (const std::system_error& error) {
    if (error.code() != std::errc::address_family_not_supported &&
        error.code() != std::errc::address_not_available) {
      throw;
    }
    return listen("0.0.0.0");
  }
}

engineio::Options prepare(engineio::Options engine, const Options& options) {
  if (engine.path.empty()) {
    engine.path = default_path;
  }
  if (auto bundle = detail::make_client_bundle(engine.path, options)) {
    engine.middlewares.insert(engine.middlewares.begin(), std::move(bundle));
  }
  return engine;
}

std::string sentence(const engineio::Stall& stall) {
  const std::string time = std::to_string(stall.duration.count()) + " ms";
  const std::string activity = stall.activity.empty() ? "" : " with " + std::string(stall.activity);
  const std::string shard = "shard " + std::to_string(stall.shard);
  return stall.over ? shard + " goes on after " + time + activity
                    : shard + " has been busy for " + time + activity +
                          "; other clients of that shard wait";
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
            prepare(with_on_stall(engine_options), options),
            [this](engineio::Session& session) { return core->accept(session); })),
        core(std::make_unique<detail::ServerCore>(std::move(options), shards_of(*engine),
                                                  engine_options.limits)) {}

  /// Adapters stop to hand in what other servers say, which goes to the shards. Then sessions and
  /// what is posted to the shards go: they refer to the core.
  ~Impl() {
    core->registry().close_adapters();
    engine.reset();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::unique_ptr<engineio::Server> engine;
  std::unique_ptr<detail::ServerCore> core;

 private:
  /// Stalls are reported while the server runs, so the core is there.
  engineio::Options with_on_stall(engineio::Options options) {
    options.on_stall = [this, told = options.on_stall](const engineio::Stall& stall) {
      core->contain("on_stall",
                    [&] { told ? told(stall) : core->log(LogLevel::warning, sentence(stall)); });
    };
    return options;
  }
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
  return listen_everywhere([&](const char* address) { return listen(address, port); });
}

std::uint16_t Server::listen(const std::string& address, std::uint16_t port) {
  return impl_->engine->listen(address, port);
}

std::uint16_t Server::listen(std::uint16_t port, const engineio::Tls& tls) {
  return listen_everywhere([&](const char* address) { return listen(address, port, tls); });
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

void Server::on_connection_error(std::function<void(const engineio::ConnectionError&)> observer) {
  impl_->engine->on_connection_error(std::move(observer));
}

void Server::stop_on_signals() {
  engine().on_signals({SIGINT, SIGTERM}, [this] { close(); });
}

void Server::run() { impl_->engine->run(); }

void Server::close() {
  impl_->core->close([engine = impl_->engine.get()] { engine->stop(); });
}

void Server::close(std::chrono::milliseconds span) {
  impl_->engine->drain(span, [this] { close(); });
}

Statistics Server::statistics() const { return impl_->core->statistics(); }

engineio::Server& Server::engine() noexcept { return *impl_->engine; }

}  // namespace socketio
