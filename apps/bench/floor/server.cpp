#include "apps/bench/floor/server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace floor_server {
namespace {

constexpr std::size_t scratch_bytes = 256 * 1024;
constexpr std::size_t events_per_turn = 1024;

int checked(int result, const char* what) {
  if (result < 0) {
    throw std::system_error(errno, std::generic_category(), what);
  }
  return result;
}

int listen_on(const std::string& host, std::uint16_t port) {
  const int listener = checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  checked(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), "bind");
  checked(listen(listener, SOMAXCONN), "listen");
  return listener;
}

void watch(int epoll, int descriptor, void* owner) {
  epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLET, .data = {.ptr = owner}};
  checked(epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event), "epoll_ctl");
}

void flush(Connection& connection) {
  std::string& output = connection.output;
  if (output.empty()) {
    return;
  }
  const ssize_t sent = send(connection.descriptor, output.data(), output.size(), MSG_NOSIGNAL);
  if (sent > 0) {
    output.erase(0, static_cast<std::size_t>(sent));
  }
}

}  // namespace

Server::Server(const std::string& host, std::uint16_t port)
    : epoll_(checked(epoll_create1(0), "epoll_create1")),
      listener_(listen_on(host, port)),
      scratch_(scratch_bytes) {
  watch(epoll_, listener_, nullptr);
}

std::uint16_t Server::port() const {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  checked(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  return ntohs(address.sin_port);
}

void Server::run() {
  while (true) {
    turn();
  }
}

void Server::turn() {
  std::array<epoll_event, events_per_turn> events;
  const int count = epoll_wait(epoll_, events.data(), events.size(), -1);
  for (std::size_t i = 0; i < static_cast<std::size_t>(count > 0 ? count : 0); ++i) {
    if (events[i].data.ptr == nullptr) {
      accept_all();
    } else {
      on_ready(*static_cast<Connection*>(events[i].data.ptr));
    }
  }
  flush_dirty();
  closed_.clear();
}

void Server::accept_all() {
  while (true) {
    const int descriptor = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
    if (descriptor < 0) {
      return;
    }
    const int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    const auto place = static_cast<std::uint32_t>(connections_.size());
    connections_.push_back(
        std::make_unique<Connection>(Connection{.descriptor = descriptor, .place = place}));
    watch(epoll_, descriptor, connections_.back().get());
  }
}

void Server::on_ready(Connection& connection) {
  flush(connection);
  ssize_t size = 0;
  do {
    size = recv(connection.descriptor, scratch_.data(), scratch_.size(), 0);
    if (size > 0) {
      on_bytes(connection, static_cast<std::size_t>(size));
    }
  } while (size == static_cast<ssize_t>(scratch_.size()));
  if (size == 0 || (size < 0 && errno != EAGAIN)) {
    close(connection);
  }
}

void Server::on_bytes(Connection& connection, std::size_t size) {
  std::string& input = connection.input;
  if (input.empty()) {
    const std::size_t used = answers_.on_bytes(connection, {scratch_.data(), size});
    input.assign(scratch_.data() + used, size - used);
  } else {
    input.append(scratch_.data(), size);
    input.erase(0, answers_.on_bytes(connection, {input.data(), input.size()}));
  }
}

void Server::close(Connection& connection) {
  answers_.on_closed(connection);
  ::close(connection.descriptor);
  connection.output.clear();
  const std::size_t place = connection.place;
  std::swap(connections_[place], connections_.back());
  connections_[place]->place = static_cast<std::uint32_t>(place);
  closed_.push_back(std::move(connections_.back()));
  connections_.pop_back();
}

void Server::flush_dirty() {
  for (Connection* connection : dirty_) {
    connection->dirty = false;
    flush(*connection);
  }
  dirty_.clear();
}

}  // namespace floor_server
