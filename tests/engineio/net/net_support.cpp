#include "tests/engineio/net/net_support.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <future>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace net_support {

using engineio::net::ByteStream;
using engineio::net::Descriptor;
using engineio::net::LoopGroup;
using engineio::net::StreamEnd;

namespace {

void check(int result, const char* what) {
  if (result < 0) {
    throw std::system_error(errno, std::generic_category(), what);
  }
}

void set_patience(const Descriptor& socket) {
  const timeval timeout{
      .tv_sec = std::chrono::duration_cast<std::chrono::seconds>(patience).count(), .tv_usec = 0};
  check(::setsockopt(socket.number(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)),
        "SO_RCVTIMEO");
  check(::setsockopt(socket.number(), SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)),
        "SO_SNDTIMEO");
}

Descriptor connect(int family, const sockaddr* address, socklen_t size,
                   std::optional<int> receive_buffer) {
  Descriptor socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  check(socket.number(), "socket");
  if (receive_buffer) {
    check(::setsockopt(socket.number(), SOL_SOCKET, SO_RCVBUF, &*receive_buffer, sizeof(int)),
          "SO_RCVBUF");
  }
  set_patience(socket);
  const int on = 1;
  ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  check(::connect(socket.number(), address, size), "connect");
  return socket;
}

Descriptor connect_tcp(std::uint16_t port, const std::string& address,
                       std::optional<int> receive_buffer) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  if (::inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1) {
    return connect(AF_INET, reinterpret_cast<sockaddr*>(&v4), sizeof(v4), receive_buffer);
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  check(::inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) - 1, "inet_pton");
  return connect(AF_INET6, reinterpret_cast<sockaddr*>(&v6), sizeof(v6), receive_buffer);
}

}  // namespace

void Log::add(std::string entry) {
  const std::lock_guard lock(mutex_);
  entries_.push_back(std::move(entry));
  changed_.notify_all();
}

bool Log::wait_for(std::string_view entry, std::size_t times) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] {
    return static_cast<std::size_t>(std::count(entries_.begin(), entries_.end(), entry)) >= times;
  });
}

std::size_t Log::count(std::string_view entry) {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::count(entries_.begin(), entries_.end(), entry));
}

std::vector<std::string> Log::entries() {
  const std::lock_guard lock(mutex_);
  return entries_;
}

std::string_view name(StreamEnd end) {
  switch (end) {
    case StreamEnd::closed_by_peer:
      return "closed by peer";
    case StreamEnd::failed:
      return "failed";
    case StreamEnd::closed_here:
      return "closed here";
  }
  return "?";
}

std::unique_ptr<Receiver> echo(ByteStream& stream, Log& log) {
  auto receiver = std::make_unique<Receiver>(stream);
  receiver->bytes_handler = [&stream](std::span<char> bytes) {
    stream.write(slice(text(bytes)));
    return bytes.size();
  };
  receiver->end_handler = [&log](StreamEnd end) { log.add(std::string(name(end))); };
  return receiver;
}

Server::Server(Setup setup, unsigned threads, const engineio::Limits& limits,
               engineio::net::Proxies proxies)
    : group(
          threads, limits,
          [this, setup = std::move(setup)](ByteStream& stream, unsigned shard) {
            auto receiver = echo(stream, log);
            if (setup) {
              setup(*receiver, shard);
            }
            return receiver;
          },
          true, std::move(proxies)) {}

Server::~Server() { stop(); }

void Server::start() {
  thread_ = std::thread([this] { group.run(); });
}

void Server::stop() {
  group.stop();
  if (thread_.joinable()) {
    thread_.join();
  }
}

std::uint16_t Server::listen_and_start() {
  const std::uint16_t port = group.listen("127.0.0.1", 0);
  start();
  return port;
}

void Server::on_loop(unsigned index, std::function<void()> work) {
  std::promise<void> done;
  group.loop(index).post([&] {
    work();
    done.set_value();
  });
  if (done.get_future().wait_for(patience) != std::future_status::ready) {
    throw std::runtime_error("the loop does not respond");
  }
}

void Server::end_turns() {
  for (unsigned i = 0; i < group.size(); ++i) {
    on_loop(i, [] {});  // perhaps in that turn
    on_loop(i, [] {});  // in a later one
  }
}

Client::Client(std::uint16_t port, const char* address, std::optional<int> receive_buffer)
    : socket(connect_tcp(port, address, receive_buffer)) {}

Client::Client(const std::string& unix_path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  unix_path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  socket = connect(AF_UNIX, reinterpret_cast<sockaddr*>(&address), sizeof(address), {});
}

Client::Client(Descriptor connected) : socket(std::move(connected)) { set_patience(socket); }

void Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    check(static_cast<int>(std::min<ssize_t>(sent, 0)), "send");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string Client::receive(std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t filled = 0;
  while (filled < size) {
    const auto count = ::recv(socket.number(), bytes.data() + filled, size - filled, 0);
    if (count <= 0) {
      break;
    }
    filled += static_cast<std::size_t>(count);
  }
  bytes.resize(filled);
  return bytes;
}

void Client::receive_and_forget(std::size_t size) {
  while (size > 0) {
    const std::size_t count = receive(std::min<std::size_t>(size, 1 << 20)).size();
    if (count == 0) {
      throw std::runtime_error("the connection ended too early");
    }
    size -= count;
  }
}

std::string Client::wait_for_end() {
  std::array<char, 4096> bytes{};
  const auto count = ::recv(socket.number(), bytes.data(), bytes.size(), 0);
  if (count > 0) {
    return {bytes.data(), static_cast<std::size_t>(count)};
  }
  if (count == 0) {
    return "fin";
  }
  return errno == ECONNRESET ? "reset" : "timeout";
}

void Client::send_fin() { ::shutdown(socket.number(), SHUT_WR); }

void Client::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  socket.reset();
}

}  // namespace net_support
