#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engineio/core/shard_resources.hpp"
#include "engineio/core/transport.hpp"
#include "engineio/http/exchange.hpp"
#include "engineio/shard.hpp"

namespace engineio::core {

struct PollingSettings {
  protocol::Version version = protocol::Version::v4;
  bool base64 = false;               ///< protocol 3: the client asked for text payloads (`b64`)
  std::optional<std::string> jsonp;  ///< the `j` parameter of the handshake
};

/// A request of this session, with the headers that go onto its response whatever it says: CORS,
/// those of the middlewares.
struct PollingRequest {
  std::shared_ptr<http::Exchange> exchange;
  HttpHeaders headers;
};

/// Engine.IO over HTTP long-polling: the server's packets are the response to a GET that waits for
/// them, the client's come as POST bodies.
class PollingTransport final : public Transport {
 public:
  /// `options`, `shard` and `resources` must outlive the transport.
  PollingTransport(const Options& options, Shard& shard, ShardResources& resources,
                   PollingSettings settings, TransportObserver& observer);
  ~PollingTransport() override;

  /// A GET: waits until there is something to send, or answers now.
  void on_poll(PollingRequest request);

  /// A POST: its body is a payload of packets.
  void on_data(PollingRequest request);

  [[nodiscard]] TransportName name() const noexcept override { return TransportName::polling; }
  [[nodiscard]] bool ready() const noexcept override { return poll_.exchange != nullptr; }
  [[nodiscard]] bool idle() const noexcept override { return ready(); }
  [[nodiscard]] std::size_t queued_bytes() const noexcept override { return 0; }
  void send(std::span<const OutgoingPacket> packets) override;
  [[nodiscard]] bool close() override;
  void detach_and_close() override;

 private:
  struct Leave {
    PollingRequest data;  // the POST that said so
    Timer timeout;
  };

  void on_body(http::BodyEnd end, std::span<char> body);
  void on_payload(std::span<char> body);
  template <class Decoder>
  void on_packets(Decoder decoder, std::span<char> body);
  void on_client_leaves();
  void leave();
  void accept_leave();
  void fail(std::string_view description);

  [[nodiscard]] std::string encode(std::span<const OutgoingPacket> packets, bool& binary) const;
  void answer_poll(std::string_view body, bool binary, bool compressible);
  void add_common_headers(HttpHeaders& headers, const HttpRequest& request) const;
  void refuse(PollingRequest& request);
  void accept(PollingRequest request);
  void drop_data_request();

  const Options& options_;
  Shard& shard_;
  ShardResources& resources_;
  PollingSettings settings_;
  TransportObserver* observer_;         // null once detached
  PollingRequest poll_;                 // the GET that waits
  PollingRequest data_;                 // the POST whose body is on its way
  std::unique_ptr<Timer> close_timer_;  // runs while the GET is awaited that takes the close packet
  std::unique_ptr<Leave> leave_;        // the client has left; its last GET is awaited
};

}  // namespace engineio::core
