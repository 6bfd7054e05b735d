#include "engineio/server.hpp"

#include "engineio/core/config.hpp"
#include "engineio/core/engine.hpp"
#include "engineio/http/connection.hpp"
#include "engineio/http/date.hpp"
#include "engineio/net/loop_group.hpp"

namespace engineio {

namespace {

// What one shard has of the server.
struct ShardPart {
  ShardPart(const core::Config& config, Shard& shard)
      : engine(config, shard), http{shard, config.options.limits, engine, date} {}

  core::Engine engine;
  http::DateClock date;
  http::ConnectionContext http;
};

}  // namespace

class Server::Impl {
 public:
  Impl(Options options, SessionAcceptor acceptor)
      : config(std::move(options), std::move(acceptor)),
        loops(
            config.shards, config.options.limits,
            [this](net::ByteStream& stream, unsigned shard) { return receive(stream, shard); },
            config.options.io_uring,
            net::Proxies{.trusted = config.trusted_proxies,
                         .protocol = config.options.proxy_protocol}) {
    for (unsigned i = 0; i < loops.size(); ++i) {
      parts.push_back(std::make_unique<ShardPart>(config, loops.loop(i)));
    }
    loops.watch(config.options.stall_threshold, config.options.on_stall);
  }

  // Sessions end on their own shard while it still runs; the last one to finish stops the loops.
  void stop() {
    if (stopping.exchange(true)) {
      return;
    }
    loops.stop_listening();
    auto remaining = std::make_shared<std::atomic<std::size_t>>(parts.size());
    for (unsigned i = 0; i < loops.size(); ++i) {
      const bool posted = loops.loop(i).post_essential([this, i, remaining] {
        parts[i]->engine.close();
        if (remaining->fetch_sub(1) == 1) {
          loops.stop();
        }
      });
      if (!posted && remaining->fetch_sub(1) == 1) {
        loops.stop();
      }
    }
  }

  void drain(std::chrono::milliseconds span, Task on_drained) {
    auto done = std::make_shared<Task>(std::move(on_drained));
    auto remaining = std::make_shared<std::atomic<std::size_t>>(parts.size());
    for (unsigned i = 0; i < loops.size(); ++i) {
      loops.loop(i).post_essential([this, i, span, remaining, done] {
        parts[i]->engine.drain(span, [remaining, done] {
          if (remaining->fetch_sub(1) == 1) {
            (*done)();
          }
        });
      });
    }
  }

  core::Config config;
  net::LoopGroup loops;
  std::vector<std::unique_ptr<ShardPart>> parts;
  std::atomic<bool> stopping = false;

 private:
  std::unique_ptr<net::StreamReceiver> receive(net::ByteStream& stream, unsigned shard) {
    return std::make_unique<http::ServerConnection>(parts[shard]->http, stream);
  }
};

Server::Server(Options options, SessionAcceptor on_session)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(on_session))) {}

Server::~Server() = default;

std::uint16_t Server::listen(const std::string& address, std::uint16_t port) {
  return impl_->loops.listen(address, port);
}

std::uint16_t Server::listen(const std::string& address, std::uint16_t port, const Tls& tls) {
  return impl_->loops.listen(address, port, tls);
}

void Server::listen_unix(const std::string& path) { impl_->loops.listen_unix(path); }

void Server::on_http(std::string method, std::string path, HttpHandler handler) {
  impl_->config.routes.push_back({std::move(method), std::move(path), std::move(handler)});
}

void Server::on_http(HttpHandler handler) { impl_->config.fallback = std::move(handler); }

void Server::on_connection_error(std::function<void(const ConnectionError&)> observer) {
  impl_->config.on_connection_error = std::move(observer);
}

void Server::on_session(SessionObserver begins, SessionObserver has_ended) {
  impl_->config.on_session_begins = std::move(begins);
  impl_->config.on_session_ended = std::move(has_ended);
}

void Server::adopt(int descriptor, std::string received) {
  impl_->loops.adopt(descriptor, std::move(received));
}

void Server::reload_tls() { impl_->loops.reload_tls(); }

std::size_t Server::shard_count() const noexcept { return impl_->loops.size(); }

Shard& Server::shard(std::size_t index) noexcept {
  return impl_->loops.loop(static_cast<unsigned>(index));
}

void Server::for_each_session(Shard& shard, const std::function<void(Session&)>& visit) {
  impl_->parts[shard.index()]->engine.for_each_session(visit);
}

Statistics Server::statistics() const {
  Statistics sum;
  sum.connections = impl_->loops.connections();
  sum.connections_refused = impl_->loops.connections_refused();
  for (const auto& part : impl_->parts) {
    const core::Counters& counters = part->engine.counters();
    sum.sessions += counters.sessions.value();
    sum.polling_sessions += counters.polling_sessions.value();
    sum.sessions_opened += counters.sessions_opened.value();
    sum.requests_refused += counters.requests_refused.value();
    sum.handshakes_limited += counters.handshakes_limited.value();
    sum.origins_refused += counters.origins_refused.value();
    sum.messages_received += counters.messages_received.value();
    sum.messages_sent += counters.messages_sent.value();
    sum.bytes_received += counters.bytes_received.value();
    sum.bytes_sent += counters.bytes_sent.value();
  }
  return sum;
}

void Server::on_signals(const std::vector<int>& signals, Task handler) {
  impl_->loops.on_signals(signals, std::move(handler));
}

void Server::run() { impl_->loops.run(); }

void Server::drain(std::chrono::milliseconds span, Task on_drained) {
  impl_->drain(span, std::move(on_drained));
}

void Server::stop() { impl_->stop(); }

}  // namespace engineio
