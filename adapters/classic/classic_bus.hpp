#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "adapters/bus_statistics.hpp"
#include "adapters/classic/channels.hpp"
#include "adapters/classic/pending_request.hpp"
#include "adapters/redis_adapter.hpp"
#include "adapters/redis_client.hpp"
#include "adapters/wire/ids.hpp"
#include "socketio/adapter.hpp"
#include "socketio/tape.hpp"

namespace adapters::classic {

class ClassicAdapter;

/// The adapter's end of the bus: subscriptions, requests that wait, what other servers say.
///
/// Lifetime. Shards call in from the adapter, Redis calls back on the client's thread, and shards
/// bring the parts of an answer, while the adapter may go away at any time. So callbacks hold this
/// object and not the adapter, and whatever comes back takes the mutex and looks whether the bus is
/// open before it touches the adapter or the client. close() takes the mutex, too: when it has
/// returned, nobody is inside and nobody comes in any more. While the bus is open both are there:
/// the namespace keeps the adapter, which keeps the client. Callbacks of pending requests may hold
/// the namespace; they are called and destroyed under the mutex, or by close(), and so never by the
/// last to hold it. The mutex is recursive because functions of Adapter may call back before they
/// return.
class ClassicBus : public std::enable_shared_from_this<ClassicBus> {
 public:
  /// `options.monitor` is there.
  ClassicBus(ClassicAdapter& adapter, std::string nsp, redis::Client& client,
             RedisAdapterOptions options, wire::IdGenerator make_id);

  [[nodiscard]] const std::string& nsp() const noexcept { return nsp_; }
  [[nodiscard]] const std::string& uid() const noexcept { return uid_; }
  [[nodiscard]] const Channels& channels() const noexcept { return channels_; }
  [[nodiscard]] const RedisAdapterOptions& options() const noexcept { return options_; }
  [[nodiscard]] std::string make_id() const { return make_id_(); }

  // Any thread.

  void open();
  /// Requests that wait end with an error, before it returns. Any number of times.
  void close();

  /// For the adapter, as long as it lives.
  void publish(std::string_view channel, std::string_view message);
  /// For what comes back: does nothing when the bus is closed.
  void respond(std::string_view channel, std::string_view message);

  /// Asks Redis how many servers there are, publishes `message` if there are others, and waits for
  /// their answers to `id`. The message of a CountRequest is empty.
  void start(const std::string& id, std::unique_ptr<PendingRequest> request, std::string message,
             std::chrono::milliseconds timeout);

  using SharedAckRequest = std::shared_ptr<socketio::Adapter::AckRequest>;
  /// `request` gets the answers to the broadcast `id`, until the timeout.
  void expect_acks(const std::string& id, SharedAckRequest request,
                   std::chrono::milliseconds timeout);

  /// Client's thread: has the adapter forget a broadcast of another server, after the timeout.
  void forget_acks_after(std::chrono::milliseconds timeout, std::uint64_t request);

 private:
  struct Pending {
    std::unique_ptr<PendingRequest> request;
    std::string message;
  };
  using Requests = std::unordered_map<std::string, Pending>;

  // The client's thread.

  void subscribe();
  void unsubscribe();
  /// Runs `act(adapter)` after the timeout, if the bus is open then.
  template <class Act>
  void run_after(std::chrono::milliseconds timeout, Act act);

  void count_servers(const std::string& id, std::chrono::milliseconds timeout);
  void on_server_count(const std::string& id, std::optional<std::size_t> servers);
  void finish(Requests::iterator request, std::string error);

  /// Handles a message under the mutex, if the bus is open.
  template <class Handle>
  [[nodiscard]] redis::MessageHandler locked(Handle handle);
  void on_broadcast(std::string_view channel, std::span<char> message);
  void on_request(std::span<char> message);
  void on_response(std::span<char> message);
  void on_ack(socketio::Adapter::AckRequest& request, socketio::ValueView response);
  [[nodiscard]] bool concerns_local_clients(std::string_view room) const;

  void count(BusMonitor::Event event) { options_.monitor->count(event); }
  void rubbish(std::string_view kind) { options_.monitor->rubbish(kind); }

  redis::Client& client_;
  const RedisAdapterOptions options_;
  const wire::IdGenerator make_id_;
  const std::string nsp_;
  const std::string uid_;
  const Channels channels_;
  // What the messages of this server begin with: they are skipped before they are decoded.
  const std::string own_broadcast_;
  const std::string own_json_;
  const std::string own_msgpack_;

  std::recursive_mutex mutex_;
  ClassicAdapter* adapter_;  // nullptr: closed
  Requests requests_;
  std::unordered_map<std::string, SharedAckRequest> acks_;

  // On the client's thread only.
  bool subscribed_ = false;
  socketio::Tape tape_;
};

}  // namespace adapters::classic
