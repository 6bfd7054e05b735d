#include "engineio/net/socket.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace engineio::net {

namespace {

IoResult send(int socket, iovec* pieces, std::size_t count) noexcept {
  msghdr message{};
  message.msg_iov = pieces;
  message.msg_iovlen = count;
  const ssize_t sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
  return sent < 0 ? failure(errno) : IoResult{IoStatus::done, static_cast<std::size_t>(sent)};
}

IoResult receive(int socket, std::span<char> into, int flags) noexcept {
  const ssize_t received = ::recv(socket, into.data(), into.size(), flags);
  if (received < 0) {
    return failure(errno);
  }
  return {received == 0 ? IoStatus::ended : IoStatus::done, static_cast<std::size_t>(received)};
}

}  // namespace

IoResult receive(int socket, std::span<char> into) noexcept { return receive(socket, into, 0); }

IoResult peek(int socket, std::span<char> into) noexcept { return receive(socket, into, MSG_PEEK); }

IoResult send(int socket, std::string_view bytes) noexcept {
  iovec piece{const_cast<char*>(bytes.data()), bytes.size()};
  return send(socket, &piece, 1);
}

IoResult send(int socket, std::span<const Slice> slices) noexcept {
  std::array<iovec, pieces_per_send> pieces;
  return send(socket, pieces.data(), to_pieces(slices, pieces));
}

IoResult failure(int error) noexcept {
  const bool try_again = error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
  return {try_again ? IoStatus::blocked : IoStatus::failed};
}

std::size_t to_pieces(std::span<const Slice> slices, std::span<iovec> into) noexcept {
  const std::size_t count = std::min(slices.size(), into.size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view bytes = slices[i].view();
    into[i] = {const_cast<char*>(bytes.data()), bytes.size()};
  }
  return count;
}

void end_sending(int socket) noexcept { ::shutdown(socket, SHUT_WR); }

void reset_on_close(int socket) noexcept {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

std::uint32_t unacknowledged_bytes(int socket) noexcept {
  int bytes = 0;
  return ::ioctl(socket, SIOCOUTQ, &bytes) == 0 ? static_cast<std::uint32_t>(bytes) : 0;
}

bool take_error(int socket) noexcept {
  int error = 0;
  socklen_t size = sizeof(error);
  return ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0;
}

std::string to_string(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  } else if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
  }
  return text.data();
}

std::string peer_address(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return {};
  }
  return to_string(address);
}

void prepare(int socket) noexcept {
  ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) | O_NONBLOCK);
  ::fcntl(socket, F_SETFD, FD_CLOEXEC);
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));  // fails on Unix sockets
}

}  // namespace engineio::net
