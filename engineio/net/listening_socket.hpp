#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engineio/net/descriptor.hpp"

namespace engineio::net {

/// Sockets that listen on one TCP address together; the kernel spreads the connections.
struct ListeningSockets {
  std::vector<Descriptor> sockets;
  std::uint16_t port = 0;
};

/// `address` is numeric or a name; `::` takes IPv4 too. Port 0 takes a free one. That somebody else
/// listens there already is an error, even if they would share it. Throws std::system_error.
[[nodiscard]] ListeningSockets listen_tcp(const std::string& address, std::uint16_t port,
                                          unsigned count);

/// Removes the file of a Unix socket when nobody is to find it any more.
class SocketFile {
 public:
  explicit SocketFile(std::string path) : path_(std::move(path)) {}
  SocketFile(SocketFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  SocketFile& operator=(SocketFile&& other) noexcept {
    path_.swap(other.path_);
    return *this;
  }
  ~SocketFile();

 private:
  std::string path_;
};

struct UnixListeningSocket {
  Descriptor socket;
  SocketFile file;
};

/// A socket file that nobody listens on is replaced. Throws std::system_error.
[[nodiscard]] UnixListeningSocket listen_unix(const std::string& path);

}  // namespace engineio::net
