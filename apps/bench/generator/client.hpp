#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "apps/bench/generator/transport.hpp"

namespace bench {

class Client;

/// What a scenario hears from its clients.
class Listener {
 public:
  /// A Socket.IO packet as it came over the wire: `42["news"]`. The view lives during the call.
  virtual void on_packet(Client& client, std::string_view packet) = 0;
  /// An attachment.
  virtual void on_binary(Client& client, std::string_view bytes) = 0;
  /// The client is in the namespace. `answer` is what the server said to that: `{"sid":…}`.
  virtual void on_joined(Client&, std::string_view /*answer*/) {}

 protected:
  ~Listener() = default;
};

/// One Socket.IO client in the namespace `/`. A connection that breaks by itself is a Failure.
class Client final : private Transport::Receiver {
 public:
  /// `route` must outlive the client.
  Client(Loop& loop, const Route& route, std::size_t index, Listener& listener);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// At first, and after cut(). `auth` is what the client says when it joins: JSON, or nothing.
  void connect(std::function<void()> on_joined, std::string_view auth = {});

  /// Resets the TCP connections, without a word to the server.
  void cut() { transport_->cut(); }

  /// `packet` is ready for the wire: `42["news"]`.
  void send(std::string_view packet) { transport_->send_text(packet); }
  void send_binary(std::string_view bytes) { transport_->send_binary(bytes); }

  /// Numbers the clients of a run from 0.
  [[nodiscard]] std::size_t index() const { return index_; }

  /// Ends the run because of what came for this client.
  [[noreturn]] void fail(std::string_view reason) const;

 private:
  void on_text(std::string_view packet) override;
  void on_binary(std::string_view bytes) override { listener_.on_binary(*this, bytes); }
  void on_closed() override { fail("the server closed the connection"); }

  std::size_t index_;
  Listener& listener_;
  std::function<void()> on_joined_;
  std::string auth_;
  std::unique_ptr<Transport> transport_;
};

}  // namespace bench
