#include "tests/socketio/threads/deployment.hpp"

#include <chrono>
#include <csignal>
#include <optional>
#include <regex>
#include <stdexcept>
#include <utility>

#include <sys/socket.h>

#include "engineio/net/descriptor.hpp"

namespace tests {

using namespace std::chrono_literals;

// --- A thread for later
// ---------------------------------------------------------------------------

Worker::~Worker() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }
  thread_.join();
}

void Worker::later(engineio::Function<void()> task) {
  const std::lock_guard lock(mutex_);
  tasks_.push_back(std::move(task));
  changed_.notify_one();
}

void Worker::run() {
  while (true) {
    engineio::Function<void()> task;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
      if (tasks_.empty()) {
        return;
      }
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

// --- Connections to the server
// ----------------------------------------------------------------------

namespace {

std::string whole(std::string received, std::size_t size) {
  if (received.size() != size) {
    throw std::runtime_error("the connection has ended");
  }
  return received;
}

class PlainWire final : public Wire {
 public:
  explicit PlainWire(std::uint16_t port) : client_(port) {}

  void send(std::string_view bytes) override { client_.send(bytes); }
  std::string receive(std::size_t size) override { return whole(client_.receive(size), size); }
  void reset() override { client_.reset(); }

 private:
  net_support::Client client_;
};

class TlsWire final : public Wire {
 public:
  TlsWire(std::uint16_t port, const std::string& ca_file) : client_(port, {.ca_file = ca_file}) {
    if (!client_.connected()) {
      throw std::runtime_error("no TLS handshake");
    }
  }

  void send(std::string_view bytes) override { client_.send(bytes); }
  std::string receive(std::size_t size) override { return whole(client_.receive(size), size); }
  void reset() override { client_.client.reset(); }

 private:
  net_support::TlsClient client_;
};

/// Is handed over together with the first bytes that it sends.
class AdoptedWire final : public Wire {
 public:
  explicit AdoptedWire(engineio::Server& server) : server_(server) {
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
      throw std::runtime_error("socketpair");
    }
    client_.emplace(engineio::net::Descriptor(pair[0]));
    theirs_ = engineio::net::Descriptor(pair[1]);
  }

  void send(std::string_view bytes) override {
    if (theirs_) {
      server_.adopt(theirs_.release(), std::string(bytes));
    } else {
      client_->send(bytes);
    }
  }
  std::string receive(std::size_t size) override { return whole(client_->receive(size), size); }
  void reset() override { client_->reset(); }

 private:
  engineio::Server& server_;
  std::optional<net_support::Client> client_;
  engineio::net::Descriptor theirs_;
};

}  // namespace

Dial Deployment::dial_plain() {
  return [this] { return std::make_unique<PlainWire>(plain_port_); };
}

Dial Deployment::dial() {
  return [this]() -> std::unique_ptr<Wire> {
    switch (dialled_++ % 3) {
      case 0:
        return std::make_unique<PlainWire>(plain_port_);
      case 1:
        return std::make_unique<TlsWire>(tls_port_, authority.certificate_file());
      default:
        return std::make_unique<AdoptedWire>(io.engine());
    }
  };
}

// --- The server
// -----------------------------------------------------------------------------------

namespace {

socketio::Options socket_options(bool recovery) {
  socketio::Options options;
  options.cleanup_empty_child_namespaces = true;
  options.log = [](socketio::LogLevel, std::string_view) {};  // that stopped shards take no tasks
  if (recovery) {
    options.connection_state_recovery = socketio::Recovery{};
  }
  return options;
}

}  // namespace

Deployment::Deployment(bool recovery) : io(engine_options(), socket_options(recovery)) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to peers that have gone
  set_up();
  plain_port_ = io.listen("127.0.0.1", 0);
  tls_port_ =
      io.listen("127.0.0.1", 0,
                engineio::Tls{identity.certificate_file, identity.private_key_file, "", false});
}

Deployment::~Deployment() {
  io.engine().stop();
  wait();
}

engineio::Options Deployment::engine_options() {
  engineio::Options options;
  options.threads = shards;
  options.ping_interval = 300ms;
  options.allow_request = [this](const engineio::HttpRequest&, auto decide) {
    worker.later([decide = std::move(decide)] { decide({}); });
  };
  return options;
}

void Deployment::set_up() {
  io.engine().on_session([this](const auto&) { ++sessions_begun; },
                         [this](const auto&) { ++sessions_ended; });
  io.on_http("GET", "/health", [this](const engineio::HttpRequest&, engineio::HttpResponder to) {
    worker.later([to = std::move(to)]() mutable { to.respond(200, "text/plain", "ok"); });
  });
  io.use([this](socketio::Socket&, socketio::Next next) {
    worker.later([next = std::move(next)] { next(); });
  });
  io.on_connection([this](socketio::Socket& socket) {
    remember(socket);
    socket.join({"everybody", socket.shard().index() == 0 ? "first" : "others"});
    socket.on("echo", [](int n) { return n; });
    socket.on("later", [this](int n, socketio::Ack<int> ack) {
      worker.later([n, ack = std::move(ack)] { ack(n); });
    });
    socket.on("tell", [&socket](int n) {
      socket.to("everybody").emit("told", n);
      return n;
    });
    socket.on_disconnect([&socket] { socket.to("everybody").emit("gone"); });
  });
  io.of(std::regex("^/dynamic-\\d$")).on_connection([](socketio::Socket& socket) {
    socket.on("echo", [](int n) { return n; });
  });
}

void Deployment::start() {
  thread_ = std::thread([this] { io.run(); });
}

void Deployment::wait() {
  if (thread_.joinable()) {
    thread_.join();
  }
}

// --- What happens outside of the shards
// -----------------------------------------------------------

void Deployment::remember(socketio::Socket& socket) {
  std::shared_ptr<socketio::Socket> forgotten = socket.shared_from_this();
  const std::lock_guard lock(mutex_);
  remembered_[next_++ % remembered_.size()].swap(forgotten);
}

std::shared_ptr<socketio::Socket> Deployment::someone(int round) {
  const std::lock_guard lock(mutex_);
  return remembered_[static_cast<std::size_t>(round) * 7 / 16 % remembered_.size()];
}

void Deployment::stir(int round) {
  io.emit("news", round);
  io.to("first").except("others").volatile_().emit("news", round);
  io.of("/dynamic-1").emit("news", round);
  io.in("found").sockets_leave("found");
  io.fetch_sockets([this](const socketio::FetchResult& result) {
    ++answers;
    for (const socketio::RemoteSocket& socket : result.sockets) {
      socket.join("found");
    }
  });
  if (const auto socket = someone(round)) {
    socket->emit("news", round);
    socket->join("late");
    socket->leave("late");
  }
  static_cast<void>(io.statistics());
  static_cast<void>(io.engine().statistics());
  if (round % 16 == 0) {  // clients have to keep up with the questions
    question(round);
    io.engine().reload_tls();
  }
}

void Deployment::question(int round) {
  io.in("everybody").timeout(20ms).emit_with_ack("there?", [this](const auto&) { ++answers; });
  if (const auto socket = someone(round)) {
    socket->timeout(20ms).emit_with_ack("there?", [this](const auto&) { ++answers; });
  }
}

}  // namespace tests
