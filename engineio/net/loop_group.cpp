#include "engineio/net/loop_group.hpp"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <latch>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "engineio/net/connections.hpp"
#include "engineio/net/listener.hpp"
#include "engineio/net/listening_socket.hpp"

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

/// One loop and what lives on it.
struct Worker {
  Worker(unsigned index, const Limits& limits, const ConnectionFactory& factory,
         Connections::Handover hand_over, bool io_uring)
      : loop(index, limits), connections(loop, limits, factory, std::move(hand_over), io_uring) {}

  void run() noexcept {
    loop.run();
    stop_listening();
    connections.stop();
    loop.finish();
  }

  void stop_listening() {
    socket_files.clear();  // before the sockets close: from then on it may be another server's file
    listeners.clear();
  }

  Loop loop;
  Connections connections;
  std::vector<std::unique_ptr<Listener>> listeners;
  std::vector<SocketFile> socket_files;
};

}  // namespace

class LoopGroup::Impl {
 public:
  Impl(unsigned threads, const Limits& limits, ConnectionFactory factory, bool io_uring);

  std::uint16_t listen(const std::string& address, std::uint16_t port,
                       const std::shared_ptr<TlsSource>& tls);
  void listen_unix(const std::string& path);
  void reload_tls();
  void adopt(int descriptor, std::string received);
  void run();
  void stop_listening();
  void stop() noexcept;

  [[nodiscard]] Loop& loop(unsigned index) noexcept { return workers_[index]->loop; }
  [[nodiscard]] unsigned size() const noexcept { return static_cast<unsigned>(workers_.size()); }
  [[nodiscard]] std::size_t connections() const noexcept { return count_.open(); }

  std::vector<std::shared_ptr<TlsSource>> tls_sources;

 private:
  bool hand_over(unsigned shard, Incoming incoming);
  [[nodiscard]] unsigned next_shard() noexcept;

  const Limits limits_;
  const ConnectionFactory factory_;
  ConnectionCount count_;
  std::atomic<unsigned> next_shard_ = 0;
  std::vector<std::unique_ptr<Worker>> workers_;
};

LoopGroup::Impl::Impl(unsigned threads, const Limits& limits, ConnectionFactory factory,
                      bool io_uring)
    : limits_(limits), factory_(std::move(factory)), count_(limits.connections) {
  const unsigned size = threads != 0 ? threads : std::max(1U, std::thread::hardware_concurrency());
  for (unsigned i = 0; i < size; ++i) {
    workers_.push_back(std::make_unique<Worker>(
        i, limits_, factory_,
        [this](unsigned shard, Incoming incoming) { return hand_over(shard, std::move(incoming)); },
        io_uring));
  }
}

std::uint16_t LoopGroup::Impl::listen(const std::string& address, std::uint16_t port,
                                      const std::shared_ptr<TlsSource>& tls) {
  ListeningSockets listening = listen_tcp(address, port, size());
  for (unsigned i = 0; i < size(); ++i) {
    Worker& worker = *workers_[i];
    worker.listeners.push_back(std::make_unique<Listener>(
        worker.loop, std::move(listening.sockets[i]),
        [this, &worker, tls](Descriptor socket, std::string remote_address) {
          if (auto place = count_.enter()) {
            worker.connections.add(
                {.descriptor = std::move(socket),
                 .place = std::move(place),
                 .tls = tls ? std::make_unique<TlsFilter>(*tls->context()) : nullptr,
                 .remote_address = std::move(remote_address)});
          }
        }));
  }
  return listening.port;
}

void LoopGroup::Impl::listen_unix(const std::string& path) {
  Worker& worker = *workers_.front();
  UnixListeningSocket listening = net::listen_unix(path);
  worker.listeners.push_back(std::make_unique<Listener>(
      worker.loop, std::move(listening.socket),
      [this](Descriptor socket, std::string remote_address) {
        if (auto place = count_.enter()) {
          hand_over(next_shard(), {.descriptor = std::move(socket),
                                   .place = std::move(place),
                                   .remote_address = std::move(remote_address)});
        }
      }));
  worker.socket_files.push_back(std::move(listening.file));
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
  if (auto place = count_.enter()) {
    hand_over(next_shard(), {.descriptor = std::move(socket),
                             .place = std::move(place),
                             .received = std::move(received),
                             .remote_address = peer_address(descriptor)});
  }
}

bool LoopGroup::Impl::hand_over(unsigned shard, Incoming incoming) {
  assert(shard < size());
  Worker& worker = *workers_[shard];
  return worker.loop.post([&worker, incoming = std::move(incoming)]() mutable {
    worker.connections.add(std::move(incoming));
  });
}

unsigned LoopGroup::Impl::next_shard() noexcept {
  return next_shard_.fetch_add(1, std::memory_order_relaxed) % size();
}

void LoopGroup::Impl::run() {
  // No loop runs before each belongs to its thread: until then this one's would take the others
  // for its own.
  std::latch ready(static_cast<std::ptrdiff_t>(size()));
  const auto work = [&ready](Worker& worker) {
    worker.loop.belong_to_this_thread();
    ready.arrive_and_wait();
    worker.run();
  };
  {
    std::vector<std::jthread> threads;
    try {
      for (unsigned i = 1; i < size(); ++i) {
        threads.emplace_back([&work, &worker = *workers_[i]] { work(worker); });
      }
    } catch (const std::system_error&) {
      stop();
      ready.count_down(static_cast<std::ptrdiff_t>(size() - threads.size()));
      throw;
    }
    work(*workers_.front());
  }
  for (const auto& worker : workers_) {
    worker->loop.belong_to_this_thread();
  }
}

void LoopGroup::Impl::stop_listening() {
  for (const auto& worker : workers_) {
    worker->loop.command([&worker = *worker] { worker.stop_listening(); });
  }
}

void LoopGroup::Impl::stop() noexcept {
  for (const auto& worker : workers_) {
    worker->loop.stop();
  }
}

LoopGroup::LoopGroup(unsigned threads, const Limits& limits, ConnectionFactory on_connection,
                     bool io_uring)
    : impl_(std::make_unique<Impl>(threads, limits, std::move(on_connection), io_uring)) {}

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

void LoopGroup::reload_tls() { impl_->reload_tls(); }

void LoopGroup::adopt(int descriptor, std::string received) {
  impl_->adopt(descriptor, std::move(received));
}

Loop& LoopGroup::loop(unsigned index) noexcept { return impl_->loop(index); }

unsigned LoopGroup::size() const noexcept { return impl_->size(); }

std::size_t LoopGroup::connections() const noexcept { return impl_->connections(); }

void LoopGroup::run() { impl_->run(); }

void LoopGroup::stop_listening() { impl_->stop_listening(); }

void LoopGroup::stop() { impl_->stop(); }

}  // namespace engineio::net
