#include "adapters/classic/classic_adapter.hpp"

#include <utility>

#include "adapters/classic/messages.hpp"
#include "socketio/namespace.hpp"

namespace adapters::classic {

using socketio::BroadcastOptions;
using socketio::PayloadWriter;

namespace {

using namespace std::chrono_literals;

/// How long a broadcast waits for acknowledgements unless it says so: see BroadcastOperator.
constexpr std::chrono::milliseconds default_ack_timeout = 5s;

}  // namespace

ClassicAdapter::ClassicAdapter(socketio::Namespace& its_nsp, std::shared_ptr<redis::Client> client,
                               RedisAdapterOptions options, wire::IdGenerator make_id)
    : Adapter(its_nsp),
      client_(std::move(client)),
      bus_(std::make_shared<ClassicBus>(*this, its_nsp.name(), *client_, std::move(options),
                                        std::move(make_id))) {
  watch_rooms(RoomWatch::rooms_and_own_rooms);
}

ClassicAdapter::~ClassicAdapter() { bus_->close(); }

void ClassicAdapter::init() { bus_->open(); }

void ClassicAdapter::close() { bus_->close(); }

// --- Broadcasts ---------------------------------------------------------------------------------

void ClassicAdapter::broadcast(PayloadWriter payload, const BroadcastOptions& options) {
  if (!options.local) {
    bus_->publish(bus_->channels().broadcast_to(options),
                  encode_broadcast(bus_->uid(), bus_->nsp(), payload, options));
  }
  Adapter::broadcast(payload, options);
}

std::uint64_t ClassicAdapter::broadcast_with_ack(PayloadWriter payload,
                                                 const BroadcastOptions& options,
                                                 AckRequest ack_request) {
  if (options.local) {
    return Adapter::broadcast_with_ack(payload, options, std::move(ack_request));
  }
  const auto shared = std::make_shared<AckRequest>(std::move(ack_request));
  const std::string id = bus_->make_id();
  bus_->expect_acks(id, shared, options.timeout.value_or(default_ack_timeout));
  request(encode_broadcast_with_ack(bus_->uid(), id, bus_->nsp(), payload, options));
  return Adapter::broadcast_with_ack(
      payload, options,
      {.on_client_count = [shared](std::size_t count) { shared->on_client_count(count); },
       .on_answer = [shared](socketio::Value value) { shared->on_answer(std::move(value)); }});
}

// --- Sockets from afar --------------------------------------------------------------------------

void ClassicAdapter::sockets_join(const BroadcastOptions& options,
                                  const std::vector<std::string>& rooms) {
  if (!options.local) {
    request(encode_rooms_change(bus_->uid(), MessageType::join, options, rooms));
  }
  Adapter::sockets_join(options, rooms);
}

void ClassicAdapter::sockets_leave(const BroadcastOptions& options,
                                   const std::vector<std::string>& rooms) {
  if (!options.local) {
    request(encode_rooms_change(bus_->uid(), MessageType::leave, options, rooms));
  }
  Adapter::sockets_leave(options, rooms);
}

void ClassicAdapter::disconnect_sockets(const BroadcastOptions& options, bool close) {
  if (!options.local) {
    request(encode_disconnect(bus_->uid(), options, close));
  }
  Adapter::disconnect_sockets(options, close);
}

void ClassicAdapter::fetch_sockets(const BroadcastOptions& options,
                                   engineio::Function<void(Descriptions)> callback) {
  if (options.local) {
    return Adapter::fetch_sockets(options, std::move(callback));
  }
  const auto timeout = options.timeout.value_or(bus_->options().requests_timeout);
  std::string id = bus_->make_id();
  std::string message = encode_fetch(bus_->uid(), id, options);
  Adapter::fetch_sockets(
      options, [bus = bus_, timeout, id = std::move(id), message = std::move(message),
                callback = std::move(callback)](Descriptions own) mutable {
        bus->start(id, std::make_unique<FetchRequest>(std::move(own.sockets), std::move(callback)),
                   std::move(message), timeout);
      });
}

// --- Other servers ------------------------------------------------------------------------------

void ClassicAdapter::server_count(engineio::Function<void(std::size_t)> callback) {
  bus_->start(bus_->make_id(), std::make_unique<CountRequest>(std::move(callback)), "",
              bus_->options().requests_timeout);
}

void ClassicAdapter::server_side_emit(PayloadWriter payload,
                                      socketio::AckResultsCallback callback) {
  if (!callback) {
    return request(encode_server_event(bus_->uid(), "", payload));
  }
  const std::string id = bus_->make_id();
  bus_->start(id, std::make_unique<ServerEventRequest>(std::move(callback)),
              encode_server_event(bus_->uid(), id, payload), bus_->options().requests_timeout);
}

void ClassicAdapter::all_rooms(engineio::Function<void(RoomNames)> callback) {
  Adapter::all_rooms([bus = bus_, callback = std::move(callback)](RoomNames own) mutable {
    const std::string id = bus->make_id();
    bus->start(id, std::make_unique<RoomsRequest>(own.rooms, std::move(callback)),
               encode_all_rooms(bus->uid(), id), bus->options().requests_timeout);
  });
}

}  // namespace adapters::classic
