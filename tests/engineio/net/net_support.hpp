#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "engineio/net/byte_stream.hpp"
#include "engineio/net/descriptor.hpp"
#include "engineio/net/loop_group.hpp"

namespace net_support {

using namespace std::chrono_literals;

/// How long a test waits for something that has to happen.
constexpr auto patience = 20s;

/// What happened on the server's threads, for the test's thread to wait for.
class Log {
 public:
  void add(std::string entry);

  /// Whether `entry` is there, `times` times, before the test's patience ends.
  [[nodiscard]] bool wait_for(std::string_view entry, std::size_t times = 1);

  [[nodiscard]] std::size_t count(std::string_view entry);
  [[nodiscard]] std::vector<std::string> entries();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> entries_;
};

/// A receiver made of functions. By default it consumes everything and does nothing.
class Receiver : public engineio::net::StreamReceiver {
 public:
  explicit Receiver(engineio::net::ByteStream& its_stream) : stream(its_stream) {}

  std::size_t on_bytes(std::span<char> bytes) override {
    return bytes_handler ? bytes_handler(bytes) : bytes.size();
  }
  void on_drained() override {
    if (drained_handler) {
      drained_handler();
    }
  }
  void on_end(engineio::net::StreamEnd end) override {
    if (end_handler) {
      end_handler(end);
    }
  }

  engineio::net::ByteStream& stream;
  std::function<std::size_t(std::span<char>)> bytes_handler;
  std::function<void()> drained_handler;
  std::function<void(engineio::net::StreamEnd)> end_handler;
};

[[nodiscard]] std::string_view name(engineio::net::StreamEnd end);

inline std::string_view text(std::span<const char> bytes) { return {bytes.data(), bytes.size()}; }
inline engineio::Slice slice(std::string_view bytes) {
  return engineio::Slice::whole(engineio::Bytes::copy(bytes));
}

/// Sends back what it gets, and logs how the stream ends.
[[nodiscard]] std::unique_ptr<Receiver> echo(engineio::net::ByteStream& stream, Log& log);

/// A loop group that runs in the background while the test lives.
class Server {
 public:
  using Setup = std::function<void(Receiver& receiver, unsigned shard)>;

  /// Without `setup`, an echo server.
  explicit Server(Setup setup = {}, unsigned threads = 1,
                  const engineio::Limits& limits = engineio::Limits(),
                  engineio::net::Proxies proxies = {});
  ~Server();

  void start();
  void stop();  ///< and waits

  /// Listens on 127.0.0.1 and starts.
  std::uint16_t listen_and_start();

  /// Runs `work` on a loop and waits for it.
  void on_loop(unsigned index, std::function<void()> work);

  /// Waits for the end of the turn that each loop is in.
  void end_turns();

  Log log;
  engineio::net::LoopGroup group;

 private:
  std::thread thread_;
};

/// A blocking peer, with the test's patience.
class Client {
 public:
  explicit Client(std::uint16_t port, const char* address = "127.0.0.1",
                  std::optional<int> receive_buffer = {});
  explicit Client(const std::string& unix_path);
  explicit Client(engineio::net::Descriptor connected);

  void send(std::string_view bytes);
  [[nodiscard]] std::string receive(std::size_t size);  ///< less if the connection ends before
  void receive_and_forget(std::size_t size);
  [[nodiscard]] std::string request(std::string_view bytes) {
    send(bytes);
    return receive(bytes.size());
  }

  /// `fin`, `reset`, `timeout` or the bytes that came instead.
  [[nodiscard]] std::string wait_for_end();

  void send_fin();
  void reset();
  void close() { socket.reset(); }

  engineio::net::Descriptor socket;
};

}  // namespace net_support
