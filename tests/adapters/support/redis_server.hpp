#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace tests {

/// A folder of its own below the system's temporary one, removed with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + '/' + name; }

 private:
  std::string path_;
};

/// A child process, ended by SIGKILL at the latest when this is destroyed. Its output goes to a
/// file.
class ChildProcess {
 public:
  ChildProcess() = default;
  ChildProcess(std::vector<std::string> command, const std::string& output_file);
  ~ChildProcess() { kill(); }
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;

  void signal(int number) const;
  void kill() noexcept;  ///< SIGKILL, and waits for its end
  [[nodiscard]] bool running() noexcept;

 private:
  pid_t pid_ = 0;
};

/// Runs a program to its end. Returns what it printed. Throws if it failed.
std::string run_program(const std::vector<std::string>& command);

/// A port of 127.0.0.1 that the system chose, free a moment ago.
std::uint16_t free_port();

/// Waits until `condition` holds; returns false if it still does not after `limit`.
bool wait_until(const std::function<bool()>& condition,
                std::chrono::milliseconds limit = std::chrono::seconds(10));

/// A real redis-server on 127.0.0.1, with its data in a folder of its own, accepting connections
/// when the constructor returns.
class RedisServer {
 public:
  /// `arguments` are further ones of redis-server's command line, in which {port} and {folder}
  /// stand for its own.
  explicit RedisServer(std::vector<std::string> arguments = {});

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::string url() const { return "redis://" + address(); }
  [[nodiscard]] std::string file(const std::string& name) const { return folder_.file(name); }

  void start();                              ///< again, on the same port
  void kill() noexcept { process_.kill(); }  ///< as kill -9
  void pause() const;                        ///< SIGSTOP
  void resume() const;

  /// redis-cli with these words (`--user` and the like first). What it printed, without the last
  /// line end.
  std::string cli(const std::vector<std::string>& words) const;  // NOLINT: often for its effect

 private:
  [[nodiscard]] bool try_to_start();

  TemporaryFolder folder_;
  std::vector<std::string> arguments_;
  std::uint16_t port_;
  ChildProcess process_;
};

/// A Sentinel that watches `master` under the name mymaster: half a second unheard, and it makes a
/// replica the master.
class RedisSentinel {
 public:
  explicit RedisSentinel(const RedisServer& master);

  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string cli(const std::vector<std::string>& words) const;  // NOLINT: as RedisServer's

 private:
  TemporaryFolder folder_;
  std::uint16_t port_;
  ChildProcess process_;
};

/// A Redis Cluster of so many masters, all slots assigned in equal parts, and every one knows it.
class RedisCluster {
 public:
  explicit RedisCluster(std::size_t masters = 3);

  [[nodiscard]] RedisServer& master(std::size_t index) { return *masters_[index]; }
  [[nodiscard]] std::size_t size() const noexcept { return masters_.size(); }
  [[nodiscard]] std::vector<std::string> nodes() const;  ///< host:port of each

  /// Which master has the slot at first.
  [[nodiscard]] std::size_t owner(std::uint16_t slot) const;

  /// Makes another master the owner of an empty slot.
  void move_slot(std::uint16_t slot, std::size_t to);

  [[nodiscard]] std::string id(std::size_t index) const;

  /// A replica of a master. Not the first one's.
  RedisServer& add_replica(std::size_t of);

 private:
  RedisServer& add_node();
  void meet(std::size_t index);

  std::vector<std::unique_ptr<RedisServer>> masters_;
  std::vector<std::uint16_t> bus_ports_;
};

/// Certificates made by openssl: an authority, a server's for 127.0.0.1 and localhost, and one of
/// an authority that nobody knows.
class Certificates {
 public:
  Certificates();

  [[nodiscard]] std::string file(const std::string& name) const { return folder_.file(name); }
  // ca.crt; server.crt, server.key: for localhost and 127.0.0.1; other.crt, other.key: for
  // other.example

 private:
  TemporaryFolder folder_;
};

}  // namespace tests
