#pragma once

#include <cstddef>
#include <functional>
#include <memory>
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

 protected:
  ~Listener() = default;
};

/// One Socket.IO client that is in the namespace `/`. A connection that breaks is a Failure.
class Client final : private Transport::Receiver {
 public:
  enum class TransportKind { websocket, polling };

  Client(Loop& loop, const Address& address, TransportKind transport, std::size_t index,
         Listener& listener);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void connect(std::function<void()> on_joined);

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
  std::unique_ptr<Transport> transport_;
};

}  // namespace bench
