#include "engineio/net/listening_socket.hpp"

#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace engineio::net {

namespace {

constexpr int backlog = 4096;

struct Address {
  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);

  [[nodiscard]] const sockaddr* get() const noexcept {
    return reinterpret_cast<const sockaddr*>(&storage);
  }
  [[nodiscard]] sockaddr* get() noexcept { return reinterpret_cast<sockaddr*>(&storage); }
};

[[noreturn]] void fail(int error, const std::string& doing) {
  throw std::system_error(error, std::generic_category(), doing);
}

void check(int result, const std::string& doing) {
  if (result != 0) {
    fail(errno, doing);
  }
}

Address resolve(const std::string& name, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(name.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (error != 0) {
    fail(error == EAI_SYSTEM ? errno : EADDRNOTAVAIL,
         "'" + name + "' is no address to listen on (" + ::gai_strerror(error) + ")");
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
  Address address;
  address.size = found->ai_addrlen;
  std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
  return address;
}

Descriptor open_socket(int family) {
  Descriptor socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) {
    fail(errno, "socket");
  }
  return socket;
}

void set_option(const Descriptor& socket, int level, int option, int value) {
  check(::setsockopt(socket.number(), level, option, &value, sizeof(value)), "setsockopt");
}

Descriptor bind_tcp(const Address& address, bool shared, const std::string& doing) {
  Descriptor socket = open_socket(address.storage.ss_family);
  set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1);
  set_option(socket, SOL_SOCKET, SO_REUSEPORT, shared ? 1 : 0);
  set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);  // accepted sockets inherit it
  if (address.storage.ss_family == AF_INET6) {
    set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  }
  check(::bind(socket.number(), address.get(), address.size), doing);
  return socket;
}

/// The address that a socket has got, with its port.
Address address_of(const Descriptor& socket) {
  Address address;
  check(::getsockname(socket.number(), address.get(), &address.size), "getsockname");
  return address;
}

std::uint16_t port_of(const Address& address) {
  return ntohs(address.storage.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6&>(address.storage).sin6_port
                   : reinterpret_cast<const sockaddr_in&>(address.storage).sin_port);
}

Address unix_address(const std::string& path) {
  Address address;
  auto& name = reinterpret_cast<sockaddr_un&>(address.storage);
  if (path.empty() || path.size() >= sizeof(name.sun_path)) {
    fail(ENAMETOOLONG, "The path '" + path + "' is not one for a Unix socket");
  }
  name.sun_family = AF_UNIX;
  path.copy(name.sun_path, path.size());
  address.size = static_cast<socklen_t>(sizeof(sa_family_t) + path.size() + 1);
  return address;
}

/// Removes the socket file of a server that is no more.
void remove_stale(const Address& address, const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) {
    return;  // bind() says what is wrong, if anything
  }
  const Descriptor probe = open_socket(AF_UNIX);
  if (::connect(probe.number(), address.get(), address.size) != 0 && errno == ECONNREFUSED) {
    ::unlink(path.c_str());
  }
}

}  // namespace

ListeningSockets listen_tcp(const std::string& name, std::uint16_t port, unsigned count) {
  const std::string doing = "Listening on " + name + " port " + std::to_string(port);
  Address address = resolve(name, port);
  if (port != 0 && count > 1) {
    bind_tcp(address, false, doing);  // fails where another server would share its port
  }
  ListeningSockets result;
  for (unsigned i = 0; i < count; ++i) {
    Descriptor socket = bind_tcp(address, count > 1, doing);
    check(::listen(socket.number(), backlog), doing);
    address = address_of(socket);
    result.sockets.push_back(std::move(socket));
  }
  result.port = port_of(address);
  return result;
}

SocketFile::~SocketFile() {
  if (!path_.empty()) {
    ::unlink(path_.c_str());
  }
}

UnixListeningSocket listen_unix(const std::string& path) {
  const Address address = unix_address(path);
  remove_stale(address, path);
  Descriptor socket = open_socket(AF_UNIX);
  const std::string doing = "Listening on the Unix socket " + path;
  check(::bind(socket.number(), address.get(), address.size), doing);
  SocketFile file(path);
  check(::listen(socket.number(), backlog), doing);
  return {std::move(socket), std::move(file)};
}

}  // namespace engineio::net
