#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "adapters/bus_statistics.hpp"
#include "adapters/cluster/adapter_gate.hpp"
#include "adapters/cluster/codec.hpp"
#include "adapters/cluster/message.hpp"
#include "adapters/cluster/requests.hpp"
#include "adapters/cluster/subscriptions.hpp"
#include "adapters/redis_client.hpp"
#include "adapters/wire/ids.hpp"
#include "engineio/function.hpp"
#include "engineio/timers.hpp"
#include "socketio/ack.hpp"
#include "socketio/adapter.hpp"
#include "socketio/broadcast_operator.hpp"
#include "socketio/tape.hpp"

namespace adapters::cluster {

class ClusterAdapter;

/// What the nodes of one server have in common.
struct Bus {
  redis::Client& client;
  std::shared_ptr<Subscriptions> subscriptions;
  std::string channel_prefix;
  MessageFormat format;
  std::chrono::milliseconds requests_timeout;
  std::shared_ptr<BusMonitor> monitor;
  wire::IdGenerator new_id = wire::hex_id;
};

/// One namespace of this process on the bus: hears its two channels, `<prefix>#<namespace>#` and
/// `<prefix>#<namespace>#<uid>#` (answers), does what others ask for, and waits for the answers to
/// what this process asks for. See AdapterGate for its life.
class Node final : public ChannelListener, public std::enable_shared_from_this<Node> {
 public:
  using AckRequest = socketio::Adapter::AckRequest;
  using Descriptions = socketio::Adapter::Descriptions;

  Node(ClusterAdapter& adapter, const Bus& bus, std::string_view nsp);

  // Any thread.

  [[nodiscard]] redis::Client& client() const noexcept { return bus_.client; }
  [[nodiscard]] const Codec& codec() const noexcept { return codec_; }
  [[nodiscard]] const std::string& uid() const noexcept { return codec_.uid(); }
  [[nodiscard]] const std::string& channel() const noexcept { return channel_; }
  [[nodiscard]] std::chrono::milliseconds requests_timeout() const noexcept {
    return bus_.requests_timeout;
  }
  [[nodiscard]] std::string new_id() const { return bus_.new_id(); }
  [[nodiscard]] BusMonitor& monitor() const noexcept { return *bus_.monitor; }
  [[nodiscard]] AdapterGate<ClusterAdapter>& gate() noexcept { return gate_; }

  /// To all other nodes, or to those that hear `channel`.
  void publish(std::string_view message) const { publish(channel_, message); }
  void publish(std::string_view channel, std::string_view message) const;
  /// To the node that has asked.
  void answer(std::string_view uid, MessageType type, socketio::PayloadWriter data) const;

  /// A callback of the server, to be called once from the client's thread. Closing the gate calls
  /// it with `when_closed`.
  template <class Result>
  [[nodiscard]] engineio::Function<void(Result)> guarded(engineio::Function<void(Result)> callback,
                                                         Result when_closed) {
    auto shared = std::make_shared<engineio::Function<void(Result)>>(std::move(callback));
    const std::uint64_t promise = gate_.promise(
        [shared, result = std::move(when_closed)]() mutable { (*shared)(std::move(result)); });
    return [self = shared_from_this(), shared, promise](Result result) {
      self->gate_.keep(promise, [&] { (*shared)(std::move(result)); });
    };
  }

  // The client's thread.

  void open();
  /// Nothing is heard any more. The gate is closed, so that nobody waits for the requests.
  void close();
  [[nodiscard]] bool is_open() const noexcept { return open_; }

  void listen(const std::string& channel);
  void ignore(const std::string& channel);

  void on_message(std::string_view channel, std::span<char> payload) override;

  /// What another node says. `offset`, if there is one, is the last argument of a broadcast.
  /// False: it makes no sense.
  bool receive(const Message& message, std::string_view offset = {});
  /// At least 1: this one. nullopt: Redis did not say.
  void count_servers(engineio::Function<void(std::optional<std::size_t>)> callback);

  // Callbacks must be guarded.

  /// `message` is the request, `local` what the sockets of this process have said.
  void fetch(std::string id, std::string message, std::chrono::milliseconds timeout,
             Descriptions local, engineio::Function<void(Descriptions)> callback);
  void server_side_emit(std::string id, std::string message, socketio::AckResultsCallback callback);
  /// Answers to a broadcast are told to `request` as long as `timeout`.
  void expect_acks(std::string id, std::shared_ptr<AckRequest> request,
                   std::chrono::milliseconds timeout);

 private:
  struct Acks {
    std::shared_ptr<AckRequest> request;
    engineio::Timer timer;
  };

  bool on_request(const Message& message, std::string_view offset);
  bool on_response(const Message& message);
  bool on_broadcast(const Message& message, std::string_view offset);
  void on_broadcast_with_ack(const BroadcastData& data, std::string_view uid);
  bool on_rooms_change(const Message& message);
  bool on_disconnect(const Message& message);
  bool on_fetch(const Message& message);
  bool on_server_side_emit(const Message& message);
  bool on_ack(const Message& message, const std::string& request);
  /// Counts, publishes, and says how many responses there will be.
  void ask_others(std::string id, std::string message);

  const Bus bus_;
  const Codec codec_;
  const std::string channel_;
  const std::string own_channel_;
  AdapterGate<ClusterAdapter> gate_;

  bool open_ = false;
  std::unordered_map<std::string, std::size_t> channels_;
  Requests requests_;
  std::unordered_map<std::string, Acks> acks_;
  socketio::Tape tape_;
};

}  // namespace adapters::cluster
