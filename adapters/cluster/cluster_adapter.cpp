#include "adapters/cluster/cluster_adapter.hpp"

#include <chrono>
#include <utility>

#include "socketio/namespace.hpp"

namespace adapters::cluster {

using engineio::Function;
using socketio::AckResultsCallback;
using socketio::Adapter;
using socketio::BroadcastOptions;
using socketio::PayloadWriter;
using socketio::Value;
using socketio::Writer;

namespace {

using namespace std::chrono_literals;

/// What a broadcast waits for its acknowledgements, and a little: it stops listening first.
std::chrono::milliseconds ack_timeout(const BroadcastOptions& options) {
  return options.timeout.value_or(5s) + 1s;
}

}  // namespace

ClusterAdapter::ClusterAdapter(socketio::Namespace& nsp, const Bus& bus)
    : Adapter(nsp), node_(std::make_shared<Node>(*this, bus, nsp.name())) {}

ClusterAdapter::~ClusterAdapter() { shut_down(); }

void ClusterAdapter::init() {
  node_->client().post([node = node_] { node->open(); });
}

void ClusterAdapter::close() { shut_down(); }

bool ClusterAdapter::shut_down() {
  if (!node_->gate().close()) {
    return false;
  }
  node_->client().post([node = node_] { node->close(); });
  return true;
}

void ClusterAdapter::server_count(Function<void(std::size_t)> callback) {
  node_->client().post([node = node_,
                        callback = node_->guarded<std::size_t>(std::move(callback), 1)]() mutable {
    node->count_servers([callback = std::move(callback)](std::optional<std::size_t> count) mutable {
      callback(count.value_or(1));
    });
  });
}

void ClusterAdapter::broadcast(PayloadWriter payload, const BroadcastOptions& options) {
  if (!options.local) {
    tell(
        MessageType::broadcast,
        [&](Writer& writer) { write_broadcast(writer, payload, {}, options); }, options);
  }
  Adapter::broadcast(payload, options);
}

std::uint64_t ClusterAdapter::broadcast_with_ack(PayloadWriter payload,
                                                 const BroadcastOptions& options,
                                                 AckRequest request) {
  if (options.local) {
    return Adapter::broadcast_with_ack(payload, options, std::move(request));
  }
  const std::string id = node_->new_id();
  const auto shared = std::make_shared<AckRequest>(std::move(request));
  node_->client().post([node = node_, id, shared, timeout = ack_timeout(options)] {
    node->expect_acks(id, shared, timeout);
  });
  node_->monitor().count(BusMonitor::Event::request);
  node_->publish(node_->codec().encode(MessageType::broadcast, [&](Writer& writer) {
    write_broadcast(writer, payload, id, options);
  }));
  return Adapter::broadcast_with_ack(
      payload, options,
      {.on_client_count = [shared](std::size_t count) { shared->on_client_count(count); },
       .on_answer = [shared](Value value) { shared->on_answer(std::move(value)); }});
}

void ClusterAdapter::sockets_join(const BroadcastOptions& options,
                                  const std::vector<std::string>& rooms) {
  if (!options.local) {
    tell(
        MessageType::sockets_join,
        [&](Writer& writer) { write_rooms_change(writer, options, rooms); }, options);
  }
  Adapter::sockets_join(options, rooms);
}

void ClusterAdapter::sockets_leave(const BroadcastOptions& options,
                                   const std::vector<std::string>& rooms) {
  if (!options.local) {
    tell(
        MessageType::sockets_leave,
        [&](Writer& writer) { write_rooms_change(writer, options, rooms); }, options);
  }
  Adapter::sockets_leave(options, rooms);
}

void ClusterAdapter::disconnect_sockets(const BroadcastOptions& options, bool close) {
  if (!options.local) {
    tell(
        MessageType::disconnect_sockets,
        [&](Writer& writer) { write_disconnect(writer, options, close); }, options);
  }
  Adapter::disconnect_sockets(options, close);
}

void ClusterAdapter::fetch_sockets(const BroadcastOptions& options,
                                   Function<void(Descriptions)> callback) {
  if (options.local) {
    Adapter::fetch_sockets(options, std::move(callback));
    return;
  }
  std::string id = node_->new_id();
  std::string message = node_->codec().encode(
      MessageType::fetch_sockets, [&](Writer& writer) { write_fetch(writer, options, id); });
  Adapter::fetch_sockets(
      options, [node = node_, id = std::move(id), message = std::move(message),
                timeout = options.timeout.value_or(node_->requests_timeout()),
                callback = node_->guarded<Descriptions>(std::move(callback), {adapter_closed, {}})](
                   Descriptions local) mutable {
        node->client().post([node, id = std::move(id), message = std::move(message), timeout,
                             local = std::move(local), callback = std::move(callback)]() mutable {
          node->fetch(std::move(id), std::move(message), timeout, std::move(local),
                      std::move(callback));
        });
      });
}

void ClusterAdapter::server_side_emit(PayloadWriter payload, AckResultsCallback callback) {
  const auto encode = [&](std::string_view id) {
    return node_->codec().encode(MessageType::server_side_emit, [&](Writer& writer) {
      write_server_side_emit(writer, payload, id);
    });
  };
  if (!callback) {
    node_->publish(encode({}));
    return;
  }
  std::string id = node_->new_id();
  std::string message = encode(id);
  node_->client().post([node = node_, id = std::move(id), message = std::move(message),
                        callback = node_->guarded<socketio::AckResults>(
                            std::move(callback), {adapter_closed, {}, {}})]() mutable {
    node->server_side_emit(std::move(id), std::move(message), std::move(callback));
  });
}

}  // namespace adapters::cluster
