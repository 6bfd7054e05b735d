#include "engineio/net/loop_group.hpp"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "engineio/net/listening_socket.hpp"
#include "engineio/net/watchdog.hpp"
#include "engineio/net/worker.hpp"

namespace engineio::net {

namespace {

/// The present TLS context of a listening address. Any thread.
class TlsSource {
 public:
  explicit TlsSource(const Tls& files) : files_(files), context_(load()) {}

  [[nodiscard]] std::shared_ptr<const TlsContext> load() const {
    return std::make_shared<const TlsContext>(files_);
  }

  [[nodiscard]] std::shared_ptr<const TlsContext> context() const {
    const std::lock_guard lock(mutex_);
    return context_;
  }

  void replace(std::shared_ptr<const TlsContext> context) {
    const std::lock_guard lock(mutex_);
    context_.swap(context);
  }

 private:
  const Tls files_;
  mutable std::mutex mutex_;
  std::shared_ptr<const TlsContext> context_;
};

}  // namespace

class LoopGroup::Impl {
 public:
  Impl(unsigned threads, const Limits& limits, ConnectionFactory factory, bool io_uring,
       Proxies proxies);

  std::uint16_t listen(const std::string& address, std::uint16_t port,
                       const std::shared_ptr<TlsSource>& tls);
  void listen_unix(const std::string& path);
  void reload_tls();
  void adopt(int descriptor, std::string received);
  void run();
  void stop_listening();
  void stop() noexcept;

  [[nodiscard]] Loop& loop(unsigned index) noexcept { return workers_[index]->loop(); }
  [[nodiscard]] unsigned size() const noexcept { return static_cast<unsigned>(workers_.size()); }
  [[nodiscard]] std::size_t connections() const noexcept { return count_.open(); }
  [[nodiscard]] std::uint64_t connections_refused() const noexcept {
    return refused_.load(std::memory_order_relaxed);
  }

  std::vector<std::shared_ptr<TlsSource>> tls_sources;
  std::chrono::milliseconds stall_threshold{0};
  Watchdog::OnStall on_stall;

 private:
  // The way of a new connection: it gets a place in the server, goes to its loop, tells whose it
  // is, and gets a place among those of that address.
  [[nodiscard]] bool enter(Incoming& incoming) noexcept;
  void distribute(Incoming incoming);
  void greet(Worker& worker, Incoming incoming);
  void admit(Worker& worker, Incoming incoming);
  void count_refusal() noexcept { refused_.fetch_add(1, std::memory_order_relaxed); }

  bool hand_over(unsigned shard, Incoming incoming);
  [[nodiscard]] Worker& next_worker() noexcept;
  [[nodiscard]] std::unique_ptr<Watchdog> make_watchdog();
  void stand_in(const Stall& stall);

  const Limits limits_;
  const ConnectionFactory factory_;
  const Proxies proxies_;
  ConnectionCount count_;
  AddressCount addresses_;
  std::atomic<std::uint64_t> refused_ = 0;
  std::atomic<unsigned> next_worker_ = 0;
  std::vector<std::unique_ptr<Worker>> workers_;
};

LoopGroup::Impl::Impl(unsigned threads, const Limits& limits, ConnectionFactory factory,
                      bool io_uring, Proxies proxies)
    : limits_(limits),
      factory_(std::move(factory)),
      proxies_(std::move(proxies)),
      count_(limits.connections),
      addresses_(limits.connections_per_address) {
  const unsigned size = threads != 0 ? threads : std::max(1U, std::thread::hardware_concurrency());
  for (unsigned i = 0; i < size; ++i) {
    workers_.push_back(std::make_unique<Worker>(
        i, limits_, factory_, io_uring,
        Worker::Callbacks{
            .hand_over = [this](
                             unsigned shard,
                             Incoming incoming) { return hand_over(shard, std::move(incoming)); },
            .on_announced = [this](Worker& worker,
                                   Incoming incoming) { admit(worker, std::move(incoming)); },
            .on_refused = [this] { count_refusal(); }}));
  }
}

std::uint16_t LoopGroup::Impl::listen(const std::string& address, std::uint16_t port,
                                      const std::shared_ptr<TlsSource>& tls) {
  ListeningSockets listening = listen_tcp(address, port, size());
  for (unsigned i = 0; i < size(); ++i) {
    workers_[i]->listen(
        std::move(listening.sockets[i]), [this, tls](Worker& worker, Incoming incoming) {
          if (enter(incoming)) {
            incoming.tls = tls ? std::make_unique<TlsFilter>(*tls->context()) : nullptr;
            greet(worker, std::move(incoming));
          }
        });
  }
  return listening.port;
}

void LoopGroup::Impl::listen_unix(const std::string& path) {
  UnixListeningSocket listening = net::listen_unix(path);
  Worker& worker = *workers_.front();
  worker.listen(std::move(listening.socket),
                [this](Worker&, Incoming incoming) { distribute(std::move(incoming)); });
  worker.keep(std::move(listening.file));
}

void LoopGroup::Impl::reload_tls() {
  std::vector<std::shared_ptr<const TlsContext>> contexts;
  for (const auto& source : tls_sources) {
    contexts.push_back(source->load());
  }
  for (std::size_t i = 0; i < contexts.size(); ++i) {
    tls_sources[i]->replace(std::move(contexts[i]));
  }
}

void LoopGroup::Impl::adopt(int descriptor, std::string received) {
  Descriptor socket(descriptor);
  prepare(descriptor);
  distribute({.descriptor = std::move(socket),
              .received = std::move(received),
              .remote_address = peer_address(descriptor)});
}

bool LoopGroup::Impl::enter(Incoming& incoming) noexcept {
  incoming.place = count_.enter();
  if (incoming.place == nullptr) {
    count_refusal();
  }
  return incoming.place != nullptr;
}

void LoopGroup::Impl::distribute(Incoming incoming) {
  if (!enter(incoming)) {
    return;
  }
  Worker& worker = next_worker();
  worker.loop().post([this, &worker, incoming = std::move(incoming)]() mutable {
    greet(worker, std::move(incoming));
  });
}

void LoopGroup::Impl::greet(Worker& worker, Incoming incoming) {
  if (proxies_.protocol && proxies_.trusted.trust(incoming.remote_address)) {
    worker.greet(std::move(incoming));
  } else {
    admit(worker, std::move(incoming));
  }
}

/// Proxies are not counted: their connections are those of many. Nor is who has no address.
void LoopGroup::Impl::admit(Worker& worker, Incoming incoming) {
  const std::string& address = incoming.remote_address;
  if (addresses_.counts() && !address.empty() && !proxies_.trusted.trust(address)) {
    auto place = addresses_.enter(client_key(address));
    if (!place) {
      return count_refusal();
    }
    incoming.address_place = std::move(*place);
  }
  worker.add(std::move(incoming));
}

bool LoopGroup::Impl::hand_over(unsigned shard, Incoming incoming) {
  assert(shard < size());
  Worker& worker = *workers_[shard];
  return worker.loop().post(
      [&worker, incoming = std::move(incoming)]() mutable { worker.add(std::move(incoming)); });
}

/// One that is not stalled, if there is one.
Worker& LoopGroup::Impl::next_worker() noexcept {
  for (unsigned i = 1;; ++i) {
    Worker& worker = *workers_[next_worker_.fetch_add(1, std::memory_order_relaxed) % size()];
    if (!worker.stalled() || i >= size()) {
      return worker;
    }
  }
}

void LoopGroup::Impl::run() {
  {
    const auto watchdog = make_watchdog();  // until the last loop has come back
    std::vector<std::jthread> threads;
    try {
      for (unsigned i = 1; i < size(); ++i) {
        threads.emplace_back([&worker = *workers_[i]] { worker.run(); });
      }
    } catch (const std::system_error&) {
      stop();
      throw;
    }
    workers_.front()->run();
  }
  for (const auto& worker : workers_) {
    worker->loop().belong_to_this_thread();
  }
}

std::unique_ptr<Watchdog> LoopGroup::Impl::make_watchdog() {
  if (stall_threshold.count() == 0 || (size() == 1 && !on_stall)) {
    return nullptr;
  }
  std::vector<Loop*> loops;
  for (const auto& worker : workers_) {
    loops.push_back(&worker->loop());
  }
  return std::make_unique<Watchdog>(std::move(loops), stall_threshold, [this](const Stall& stall) {
    stand_in(stall);
    if (on_stall) {
      on_stall(stall);
    }
  });
}

/// Nobody is to wait for a worker that does not come back but the clients that it has. One that is
/// stalled is told about the others when it is back.
void LoopGroup::Impl::stand_in(const Stall& stall) {
  workers_[stall.shard]->set_stalled(!stall.over);
  for (const auto& worker : workers_) {
    if (worker->stalled()) {
      continue;
    }
    worker->loop().post_essential([this, &worker = *worker] {
      for (const auto& other : workers_) {
        worker.stand_in_for(*other);
      }
    });
  }
}

void LoopGroup::Impl::stop_listening() {
  for (const auto& worker : workers_) {
    worker->loop().post_essential([&worker = *worker] { worker.stop_listening(); });
  }
}

void LoopGroup::Impl::stop() noexcept {
  for (const auto& worker : workers_) {
    worker->loop().stop();
  }
}

LoopGroup::LoopGroup(unsigned threads, const Limits& limits, ConnectionFactory on_connection,
                     bool io_uring, Proxies proxies)
    : impl_(std::make_unique<Impl>(threads, limits, std::move(on_connection), io_uring,
                                   std::move(proxies))) {}

LoopGroup::~LoopGroup() = default;

std::uint16_t LoopGroup::listen(const std::string& address, std::uint16_t port) {
  return impl_->listen(address, port, nullptr);
}

std::uint16_t LoopGroup::listen(const std::string& address, std::uint16_t port, const Tls& tls) {
  auto source = std::make_shared<TlsSource>(tls);
  const std::uint16_t actual_port = impl_->listen(address, port, source);
  impl_->tls_sources.push_back(std::move(source));
  return actual_port;
}

void LoopGroup::listen_unix(const std::string& path) { impl_->listen_unix(path); }

void LoopGroup::on_signals(const std::vector<int>& signals, Task handler) {
  impl_->loop(0).on_signals(signals, std::move(handler));
}

void LoopGroup::watch(std::chrono::milliseconds threshold, Watchdog::OnStall on_stall) {
  impl_->stall_threshold = threshold;
  impl_->on_stall = std::move(on_stall);
}

void LoopGroup::reload_tls() { impl_->reload_tls(); }

void LoopGroup::adopt(int descriptor, std::string received) {
  impl_->adopt(descriptor, std::move(received));
}

Loop& LoopGroup::loop(unsigned index) noexcept { return impl_->loop(index); }

unsigned LoopGroup::size() const noexcept { return impl_->size(); }

std::size_t LoopGroup::connections() const noexcept { return impl_->connections(); }

std::uint64_t LoopGroup::connections_refused() const noexcept {
  return impl_->connections_refused();
}

void LoopGroup::run() { impl_->run(); }

void LoopGroup::stop_listening() { impl_->stop_listening(); }

void LoopGroup::stop() { impl_->stop(); }

}  // namespace engineio::net
