#include "adapters/cluster/node.hpp"

#include <algorithm>
#include <utility>

#include "adapters/cluster/cluster_adapter.hpp"
#include "adapters/wire/broadcast_options.hpp"
#include "adapters/wire/socket_description.hpp"
#include "socketio/codec.hpp"
#include "socketio/namespace.hpp"

namespace adapters::cluster {

using engineio::Function;
using socketio::BroadcastOptions;
using socketio::PayloadWriter;
using socketio::Value;
using socketio::ValueView;
using socketio::Writer;

using LocalAdapter = socketio::Adapter;

namespace {

using namespace std::chrono_literals;

/// How long the answers to a broadcast are passed on where the broadcast does not say: what a
/// broadcast waits by default.
constexpr std::chrono::milliseconds default_ack_timeout = 5s;

std::string channel_of(const Bus& bus, std::string_view nsp) {
  return bus.channel_prefix + "#" + std::string(nsp) + "#";
}

/// The answer to a serverSideEmit of another node.
class ServerSideReply final : public socketio::AckChannel {
 public:
  ServerSideReply(std::shared_ptr<const Node> node, std::string_view uid, std::string_view request)
      : node_(std::move(node)), uid_(uid), request_(request) {}

 private:
  void send(PayloadWriter arguments) override {
    const socketio::Document document(arguments);
    const ValueView first = document.root()[0];
    const Value value = first.to_value();
    const Value* answer = first.exists() ? &value : nullptr;
    node_->answer(uid_, MessageType::server_side_emit_response, [&](Writer& writer) {
      write_answer(writer, request_, answer, node_->codec().knows_absence());
    });
  }

  std::shared_ptr<const Node> node_;
  std::string uid_;
  std::string request_;
};

}  // namespace

Node::Node(ClusterAdapter& adapter, const Bus& bus, std::string_view nsp)
    : bus_(bus),
      codec_(bus.format, bus.new_id(), std::string(nsp)),
      channel_(channel_of(bus, nsp)),
      own_channel_(channel_ + codec_.uid() + "#"),
      gate_(adapter),
      requests_(bus.client.timers(), *bus.monitor) {}

// --- Any thread --------------------------------------------------------------------------------

void Node::publish(std::string_view channel, std::string_view message) const {
  monitor().count(BusMonitor::Event::published);
  bus_.client.publish(bus_.subscriptions->kind(), channel, message);
}

void Node::answer(std::string_view uid, MessageType type, PayloadWriter data) const {
  publish(channel_ + std::string(uid) + "#", codec_.encode(type, data));
}

// --- Coming and going --------------------------------------------------------------------------

void Node::open() {
  open_ = true;
  listen(channel_);
  listen(own_channel_);
}

void Node::close() {
  open_ = false;
  for (const auto& [channel, count] : std::exchange(channels_, {})) {
    for (std::size_t i = 0; i < count; ++i) {
      bus_.subscriptions->remove(channel, *this);
    }
  }
  requests_.clear();
  acks_.clear();
}

void Node::listen(const std::string& channel) {
  if (open_) {
    ++channels_[channel];
    bus_.subscriptions->add(channel, shared_from_this());
  }
}

void Node::ignore(const std::string& channel) {
  const auto found = channels_.find(channel);
  if (found != channels_.end()) {
    bus_.subscriptions->remove(channel, *this);
    if (--found->second == 0) {
      channels_.erase(found);
    }
  }
}

// --- What others say ---------------------------------------------------------------------------

void Node::on_message(std::string_view channel, std::span<char> payload) {
  monitor().count(BusMonitor::Event::received);
  if (codec_.is_own({payload.data(), payload.size()})) {
    monitor().count(BusMonitor::Event::own);
    return;
  }
  Message message;
  if (!codec_.decode(payload, tape_, message)) {
    monitor().rubbish("it cannot be decoded");
    return;
  }
  if (message.nsp != codec_.nsp() || message.uid == uid()) {
    monitor().count(message.uid == uid() ? BusMonitor::Event::own : BusMonitor::Event::ignored);
    return;
  }
  const bool understood = channel == own_channel_ ? on_response(message) : receive(message);
  if (!understood) {
    monitor().rubbish("its data are not what its type asks for");
  }
}

bool Node::receive(const Message& message, std::string_view offset) {
  return on_response(message) || on_request(message, offset);
}

bool Node::on_request(const Message& message, std::string_view offset) {
  switch (message.type) {
    case MessageType::broadcast:
      return on_broadcast(message, offset);
    case MessageType::sockets_join:
    case MessageType::sockets_leave:
      return on_rooms_change(message);
    case MessageType::disconnect_sockets:
      return on_disconnect(message);
    case MessageType::fetch_sockets:
      return on_fetch(message);
    case MessageType::server_side_emit:
      return on_server_side_emit(message);
    case MessageType::initial_heartbeat:
    case MessageType::heartbeat:
    case MessageType::adapter_close:
      monitor().count(BusMonitor::Event::ignored);  // of nodes that know each other by name
      return true;
    default:
      return false;
  }
}

bool Node::on_response(const Message& message) {
  const auto request = message.data["requestId"].as_string();
  if (!request) {
    return false;
  }
  switch (message.type) {
    case MessageType::fetch_sockets_response:
      if (!message.data["sockets"].is_array()) {
        return false;
      }
      [[fallthrough]];
    case MessageType::server_side_emit_response:
      requests_.respond(std::string(*request), message);
      return true;
    case MessageType::broadcast_client_count:
    case MessageType::broadcast_ack:
      return on_ack(message, std::string(*request));
    default:
      return false;
  }
}

bool Node::on_broadcast(const Message& message, std::string_view offset) {
  const auto data = read_broadcast(message.data);
  if (!data) {
    return false;
  }
  if (!data->request.empty()) {
    on_broadcast_with_ack(*data, message.uid);
    return true;
  }
  const auto payload = [&](Writer& writer) {
    if (offset.empty() || data->options.volatile_packet) {
      data->packet.write_to(writer);
    } else {
      write_packet(writer, data->packet, offset);
    }
  };
  gate_.enter([&](LocalAdapter& adapter) { adapter.Adapter::broadcast(payload, data->options); });
  return true;
}

void Node::on_broadcast_with_ack(const BroadcastData& data, std::string_view uid) {
  struct Asker {
    std::shared_ptr<const Node> node;
    std::string uid;
    std::string request;
  };
  const auto asker = std::make_shared<const Asker>(
      Asker{shared_from_this(), std::string(uid), std::string(data.request)});
  AckRequest request{
      .on_client_count =
          [asker](std::size_t count) {
            asker->node->answer(
                asker->uid, MessageType::broadcast_client_count,
                [&](Writer& writer) { write_client_count(writer, asker->request, count); });
          },
      .on_answer =
          [asker](const Value& value) {
            // A client that answers null means nothing else by it than one that answers nothing.
            const Value* answer = value.is_null() ? nullptr : &value;
            asker->node->answer(asker->uid, MessageType::broadcast_ack, [&](Writer& writer) {
              write_answer(writer, asker->request, answer, asker->node->codec().knows_absence());
            });
          }};
  const auto payload = [&](Writer& writer) { data.packet.write_to(writer); };
  gate_.enter([&](LocalAdapter& adapter) {
    const std::uint64_t id =
        adapter.Adapter::broadcast_with_ack(payload, data.options, std::move(request));
    const auto deadline = client().now() + data.options.timeout.value_or(default_ack_timeout);
    client().timers().run_at(deadline, [self = weak_from_this(), id] {
      if (const auto node = self.lock()) {
        node->gate_.enter([id](LocalAdapter& late) { late.forget_acks(id, [](const auto&) {}); });
      }
    });
  });
}

bool Node::on_rooms_change(const Message& message) {
  const auto options = wire::read_options(message.data["opts"]);
  const auto rooms = wire::read_rooms(message.data["rooms"]);
  if (!options || !rooms) {
    return false;
  }
  gate_.enter([&](LocalAdapter& adapter) {
    if (message.type == MessageType::sockets_join) {
      adapter.Adapter::sockets_join(*options, *rooms);
    } else {
      adapter.Adapter::sockets_leave(*options, *rooms);
    }
  });
  return true;
}

bool Node::on_disconnect(const Message& message) {
  const auto options = wire::read_options(message.data["opts"]);
  if (!options) {
    return false;
  }
  const bool close = message.data["close"].as_bool().value_or(false);
  gate_.enter([&](LocalAdapter& adapter) { adapter.Adapter::disconnect_sockets(*options, close); });
  return true;
}

bool Node::on_fetch(const Message& message) {
  const auto options = wire::read_options(message.data["opts"]);
  const auto request = message.data["requestId"].as_string();
  if (!options || !request) {
    return false;
  }
  gate_.enter([&](LocalAdapter& adapter) {
    adapter.Adapter::fetch_sockets(
        *options, [self = shared_from_this(), uid = std::string(message.uid),
                   id = std::string(*request)](const Descriptions& found) {
          self->answer(uid, MessageType::fetch_sockets_response,
                       [&](Writer& writer) { write_fetch_response(writer, id, found.sockets); });
        });
  });
  return true;
}

bool Node::on_server_side_emit(const Message& message) {
  const ValueView packet = message.data["packet"];
  if (packet.size() == 0 || !packet.is_array() || !packet[0].is_string()) {
    return false;
  }
  std::shared_ptr<socketio::AckChannel> reply;
  if (const auto request = message.data["requestId"].as_string()) {
    reply = std::make_shared<ServerSideReply>(shared_from_this(), message.uid, *request);
  }
  gate_.enter([&](ClusterAdapter& adapter) {
    adapter.deliver(*packet.to_value().as_array(), std::move(reply));
  });
  return true;
}

bool Node::on_ack(const Message& message, const std::string& request) {
  const auto count = message.data["clientCount"].as_uint64();
  if (message.type == MessageType::broadcast_client_count && !count) {
    return false;
  }
  const auto found = acks_.find(request);
  if (found == acks_.end()) {
    return true;  // too late
  }
  AckRequest& asked = *found->second.request;
  gate_.enter([&](const ClusterAdapter&) {
    if (message.type == MessageType::broadcast_client_count) {
      asked.on_client_count(*count);
    } else {
      asked.on_answer(message.data["packet"].to_value());
    }
  });
  return true;
}

// --- What this process asks for ----------------------------------------------------------------

void Node::count_servers(Function<void(std::optional<std::size_t>)> callback) {
  client().count_subscribers(
      bus_.subscriptions->kind(), channel_, [callback = std::move(callback)](auto count) mutable {
        callback(count ? std::optional(std::max<std::size_t>(*count, 1)) : std::nullopt);
      });
}

void Node::ask_others(std::string id, std::string message) {
  count_servers([self = shared_from_this(), id = std::move(id),
                 message = std::move(message)](std::optional<std::size_t> count) {
    if (!count) {
      self->requests_.fail(id, servers_unknown);
      return;
    }
    if (*count > 1) {
      self->monitor().count(BusMonitor::Event::request);
      self->publish(message);
    }
    self->requests_.expect(id, *count - 1);
  });
}

void Node::fetch(std::string id, std::string message, std::chrono::milliseconds timeout,
                 Descriptions local, Function<void(Descriptions)> callback) {
  if (!open_) {
    return;  // closing has called back
  }
  const auto all = std::make_shared<Descriptions>(std::move(local));
  requests_.add(id,
                {.response = MessageType::fetch_sockets_response,
                 .on_response =
                     [all](ValueView data) {
                       for (const ValueView element : data["sockets"].elements()) {
                         if (auto socket = wire::read_socket(element)) {
                           all->sockets.push_back(*std::move(socket));
                         }
                       }
                     },
                 .on_end =
                     [all, callback = std::move(callback)](std::string error) mutable {
                       all->error = std::move(error);
                       callback(std::move(*all));
                     }},
                client().now() + timeout);
  ask_others(std::move(id), std::move(message));
}

void Node::server_side_emit(std::string id, std::string message,
                            socketio::AckResultsCallback callback) {
  if (!open_) {
    return;  // closing has called back
  }
  const auto responses = std::make_shared<std::vector<Value>>();
  requests_.add(
      id,
      {.response = MessageType::server_side_emit_response,
       .on_response =
           [responses](ValueView data) { responses->push_back(data["packet"].to_value()); },
       .on_end =
           [responses, callback = std::move(callback)](std::string error) mutable {
             callback({std::move(error), std::move(*responses), {}});
           }},
      client().now() + bus_.requests_timeout);
  ask_others(std::move(id), std::move(message));
}

void Node::expect_acks(std::string id, std::shared_ptr<AckRequest> request,
                       std::chrono::milliseconds timeout) {
  if (!open_) {
    return;
  }
  const auto [position, added] = acks_.try_emplace(std::move(id));
  if (!added) {
    return;
  }
  Acks& acks = position->second;
  acks.request = std::move(request);
  client().timers().start(acks.timer, client().now() + timeout,
                          [this, key = position->first] { acks_.erase(key); });
}

}  // namespace adapters::cluster
