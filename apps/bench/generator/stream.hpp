#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "apps/bench/generator/loop.hpp"
#include "apps/bench/generator/tls.hpp"

namespace bench {

/// Where the server is.
struct Address {
  std::string host = "127.0.0.1";  ///< numeric, IPv4
  std::uint16_t port = 0;
  bool tls = false;
};

/// A TCP connection to the server, with or without TLS.
class Stream final : private Watcher {
 public:
  class Owner {
   public:
    /// Returns how many of the bytes it used up. The others are shown again when more have come.
    virtual std::size_t on_bytes(std::string_view bytes) = 0;
    /// The server has closed it.
    virtual void on_closed() = 0;

   protected:
    ~Owner() = default;
  };

  Stream(Loop& loop, Owner& owner) : loop_(loop), owner_(owner) {}
  ~Stream() { close(); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  void connect(const Address& address);
  void close();
  /// Resets it: the server learns that it is gone, and nothing is left of it here.
  void cut();
  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }

  /// The bytes that leave after the event that is being handled: append to them.
  [[nodiscard]] std::string& output();

 private:
  void on_ready() override;
  void flush() override;
  [[nodiscard]] bool receive();
  [[nodiscard]] std::ptrdiff_t read(std::span<char> space);
  [[nodiscard]] std::ptrdiff_t write(std::string_view bytes);
  void deliver(std::string_view bytes);

  Loop& loop_;
  Owner& owner_;
  int descriptor_ = -1;
  std::optional<Tls> tls_;
  bool flushing_ = false;  // the loop knows
  std::string unused_;     // received
  std::string output_;
};

}  // namespace bench
