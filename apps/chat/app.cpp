#include "apps/chat/app.hpp"

#include <csignal>
#include <cstdio>
#include <random>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "apps/chat/chat_profile.hpp"
#include "apps/chat/config/reload.hpp"
#include "apps/chat/nest/nest.hpp"
#include "apps/chat/server_options.hpp"
#include "socketio/server.hpp"

#include <unistd.h>

namespace chat {

namespace {

/// `<host name>-<random>`: unique also where every process has the same number, as in containers.
std::string make_node_id() {
  char host[256] = "node";
  ::gethostname(host, sizeof(host) - 1);
  char suffix[12];
  std::snprintf(suffix, sizeof(suffix), "-%08x", std::random_device()());
  return std::string(host) + suffix;
}

Settings with_node_id(Settings settings, const std::string& otherwise) {
  if (settings.server.node_id.empty()) {
    settings.server.node_id = otherwise;
  }
  return settings;
}

LogLevel level_of(const Settings& settings) {
  return settings.websocket.debug ? LogLevel::debug : settings.logger.level;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : " ") + name;
  }
  return text;
}

}  // namespace

class App::Impl {
 public:
  Impl(const Configuration& configuration, Sources sources);

  void run();

 private:
  void observe_clients();
  std::uint16_t listen();

  // On the first shard.
  void terminate();
  void reload();
  void apply(const Settings& settings);

  const Settings settings_;  // as it was started
  const Sources sources_;
  Settings running_;  // with what was reloaded
  Log log_;
  Metrics metrics_;
  ConnectionGate gate_;
  std::shared_ptr<adapters::BusMonitor> bus_;
  socketio::Server io_;
  std::unique_ptr<ChatProfile> chat_;  // null in the nest profile
  bool terminating_ = false;
};

App::Impl::Impl(const Configuration& configuration, Sources sources)
    : settings_(with_node_id(configuration.settings, make_node_id())),
      sources_(std::move(sources)),
      running_(settings_),
      log_({.level = level_of(settings_),
            .pretty = settings_.logger.pretty,
            .node_id = settings_.server.node_id}),
      gate_(gate_limits(settings_)),
      bus_(std::make_shared<adapters::BusMonitor>(library_log(log_))),
      io_(engine_options(settings_, gate_), socket_options(settings_, log_, bus_)) {
  for (const std::string& warning : configuration.warnings) {
    log_.warn(warning);
  }
  if (settings_.profile == Profile::nest) {
    serve_nest(io_, settings_.auth.secret);
  } else {
    chat_ = std::make_unique<ChatProfile>(io_, settings_, log_, metrics_, bus_);
  }
  observe_clients();
}

void App::Impl::observe_clients() {
  const unsigned proxies = settings_.server.trusted_proxies;
  io_.engine().on_session(
      [this, proxies](const engineio::Session& session) {
        gate_.enter(address_of(session.handshake(), proxies));
      },
      [this, proxies](const engineio::Session& session) {
        gate_.leave(address_of(session.handshake(), proxies));
      });
  io_.on_connection_error([this, proxies](const engineio::ConnectionError& error) {
    log_.debug("client refused", {{"address", address_of(error.request, proxies)},
                                  {"code", error.code},
                                  {"reason", error.message},
                                  {"detail", error.name}});
  });
}

std::uint16_t App::Impl::listen() {
  const std::string& host = settings_.server.host;
  const std::uint16_t port = settings_.websocket.port;
  try {
    return settings_.websocket.ssl ? io_.listen(host, port, tls_files(settings_.tls))
                                   : io_.listen(host, port);
  } catch (const std::system_error& error) {
    throw std::runtime_error("cannot listen on " + host + ":" + std::to_string(port) + ": " +
                             error.code().message());
  }
}

void App::Impl::run() {
  const std::uint16_t port = listen();
  io_.engine().on_signals({SIGTERM}, [this] { terminate(); });
  io_.engine().on_signals({SIGINT}, [this] { io_.close(); });
  io_.engine().on_signals({SIGHUP}, [this] { reload(); });
  std::printf("listening on %s:%u\n", settings_.server.host.c_str(), unsigned{port});
  std::fflush(stdout);
  log_.info("listening", {{"host", settings_.server.host},
                          {"port", port},
                          {"profile", settings_.profile == Profile::nest ? "nest" : "chat"},
                          {"redis", settings_.redis.enabled()}});
  io_.run();
  if (chat_) {
    chat_->leave();
  }
  log_.info("stopped");
}

void App::Impl::terminate() {
  if (std::exchange(terminating_, true)) {
    io_.close();
    return;
  }
  log_.info("draining", {{"delay", running_.drain.delay.count()},
                         {"span", running_.drain.span.count()},
                         {"clients", io_.statistics().clients}});
  if (chat_) {
    chat_->drain();
  }
  engineio::Shard& shard = io_.engine().shard(0);
  shard.timers().run_at(shard.now() + running_.drain.delay,
                        [this, span = running_.drain.span] { io_.close(span); });
}

void App::Impl::reload() {
  try {
    const Settings wanted = load(sources_).settings;
    const Reload reload = compare(running_, with_node_id(wanted, settings_.server.node_id));
    apply(reload.settings);
    log_.info("settings read again",
              {{"changed", joined(reload.changed)}, {"certificates", settings_.websocket.ssl}});
    if (!reload.ignored.empty()) {
      log_.warn("these settings need a restart", {{"settings", joined(reload.ignored)}});
    }
  } catch (const std::exception& error) {
    log_.error("settings stay as they are", {{"problem", error.what()}});
  }
}

void App::Impl::apply(const Settings& settings) {
  if (settings_.websocket.ssl) {
    io_.engine().reload_tls();
  }
  running_ = settings;
  log_.set_level(level_of(settings));
  log_.set_pretty(settings.logger.pretty);
  gate_.change(gate_limits(settings));
  if (chat_) {
    chat_->change(settings);
  }
}

App::App(const Configuration& configuration, Sources sources)
    : impl_(std::make_unique<Impl>(configuration, std::move(sources))) {}

App::~App() = default;

void App::run() { impl_->run(); }

}  // namespace chat
