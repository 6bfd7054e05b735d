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
  loop_.watch(descriptor_, *this);
}

void Stream::close() {
  if (descriptor_ >= 0) {
    ::close(std::exchange(descriptor_, -1));
  }
  unused_.clear();
  output_.clear();
}

std::string& Stream::output() {
  if (!std::exchange(flushing_, true)) {
    loop_.flush_soon(*this);
  }
  return output_;
}

void Stream::on_ready() {
  flush();
  while (is_open() && receive() == loop_.scratch().size()) {
  }
}

// Less than the scratch space holds means that there is no more.
std::size_t Stream::receive() {
  const auto scratch = loop_.scratch();
  const ssize_t size = recv(descriptor_, scratch.data(), scratch.size(), 0);
  if (size > 0) {
    deliver({scratch.data(), static_cast<std::size_t>(size)});
    return static_cast<std::size_t>(size);
  }
  if (size < 0 && (errno == EAGAIN || errno == ENOTCONN)) {
    return 0;
  }
  close();
  owner_.on_closed();
  return 0;
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
  const ssize_t sent = send(descriptor_, output_.data(), output_.size(), MSG_NOSIGNAL);
  if (sent > 0) {
    output_.erase(0, static_cast<std::size_t>(sent));
  }
}

}  // namespace bench
