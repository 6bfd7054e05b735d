#include "apps/bench/generator/stream.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "apps/bench/generator/failure.hpp"

namespace bench {
namespace {

sockaddr_in to_sockaddr(const Address& address) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(address.port);
  if (inet_pton(AF_INET, address.host.c_str(), &result.sin_addr) != 1) {
    throw Failure("--host takes a numeric IPv4 address, not " + address.host);
  }
  return result;
}

}  // namespace

void Stream::connect(const Address& address) {
  close();
  const sockaddr_in target = to_sockaddr(address);
  descriptor_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  check_system(descriptor_ >= 0, "socket");
  const int on = 1;
  setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  const int result =
      ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&target), sizeof(target));
  check_system(result == 0 || errno == EINPROGRESS, "connect");
  if (address.tls) {
    tls_.emplace(descriptor_);
  }
  loop_.watch(descriptor_, *this);
}

void Stream::close() {
  if (descriptor_ >= 0) {
    ::close(std::exchange(descriptor_, -1));
  }
  tls_.reset();
  unused_.clear();
  output_.clear();
}

void Stream::cut() {
  const linger reset{.l_onoff = 1, .l_linger = 0};
  setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
  close();
}

std::string& Stream::output() {
  if (!std::exchange(flushing_, true)) {
    loop_.flush_soon(*this);
  }
  return output_;
}

void Stream::on_ready() {
  flush();
  while (is_open() && receive()) {
  }
  if (tls_) {
    flush();  // the handshake may have come to its end
  }
}

// Whether there may be more.
bool Stream::receive() {
  const auto scratch = loop_.scratch();
  const ssize_t size = read(scratch);
  if (size > 0) {
    deliver({scratch.data(), static_cast<std::size_t>(size)});
    return tls_ || static_cast<std::size_t>(size) == scratch.size();
  }
  if (size < 0 && (errno == EAGAIN || errno == ENOTCONN)) {
    return false;
  }
  close();
  owner_.on_closed();
  return false;
}

std::ptrdiff_t Stream::read(std::span<char> space) {
  return tls_ ? tls_->receive(space) : recv(descriptor_, space.data(), space.size(), 0);
}

std::ptrdiff_t Stream::write(std::string_view bytes) {
  return tls_ ? tls_->send(bytes) : send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

void Stream::deliver(std::string_view bytes) {
  if (unused_.empty()) {
    bytes.remove_prefix(owner_.on_bytes(bytes));
    if (is_open()) {
      unused_.assign(bytes);
    }
    return;
  }
  unused_.append(bytes);
  const std::size_t used = owner_.on_bytes(unused_);
  if (is_open()) {
    unused_.erase(0, used);
  }
}

void Stream::flush() {
  flushing_ = false;
  if (!is_open() || output_.empty()) {
    return;
  }
  const ssize_t sent = write(output_);
  if (sent > 0) {
    output_.erase(0, static_cast<std::size_t>(sent));
  }
}

}  // namespace bench
