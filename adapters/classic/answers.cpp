#include "adapters/classic/answers.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "adapters/classic/classic_adapter.hpp"
#include "adapters/classic/classic_bus.hpp"
#include "adapters/classic/messages.hpp"
#include "adapters/wire/broadcast_options.hpp"
#include "socketio/codec.hpp"
#include "socketio/packet.hpp"

namespace adapters::classic {

using socketio::Adapter;
using socketio::BroadcastOptions;
using socketio::ValueView;

namespace {

constexpr Answer done{Outcome::done};

constexpr Answer rubbish(std::string_view what) { return {Outcome::rubbish, what}; }

/// The reply to a server-side event. It always goes to all servers, as in Node.
class EventReply final : public socketio::AckChannel {
 public:
  EventReply(std::shared_ptr<ClassicBus> bus, std::string id)
      : bus_(std::move(bus)), id_(std::move(id)) {}

 private:
  void send(socketio::PayloadWriter arguments) override {
    const socketio::Document document(arguments);
    bus_->respond(bus_->channels().response, encode_server_event_response(id_, document.root()[0]));
  }

  std::shared_ptr<ClassicBus> bus_;
  std::string id_;
};

/// One request of another server.
class PeerRequest {
 public:
  PeerRequest(const std::shared_ptr<ClassicBus>& bus, ClassicAdapter& adapter, ValueView request)
      : bus_(bus), adapter_(adapter), request_(request), id_(text("requestId")) {
    const std::string_view uid = text("uid");
    const bool only_to_asker = bus->options().publish_on_specific_response_channel && !uid.empty();
    response_channel_ = only_to_asker ? bus->channels().response_to(uid) : bus->channels().response;
  }

  [[nodiscard]] Answer answer();

 private:
  [[nodiscard]] Answer sockets();
  [[nodiscard]] Answer all_rooms();
  [[nodiscard]] Answer change_rooms(MessageType type);
  [[nodiscard]] Answer change_rooms_of_one(MessageType type);
  [[nodiscard]] Answer disconnect();
  [[nodiscard]] Answer fetch();
  [[nodiscard]] Answer server_event();
  [[nodiscard]] Answer broadcast();

  /// Empty where there is none.
  [[nodiscard]] std::string_view text(std::string_view name) const {
    return request_[name].as_string().value_or("");
  }
  void say_done() {
    if (!id_.empty()) {
      bus_->respond(response_channel_, encode_done(id_));
    }
  }
  /// A function that encodes what it is given with `encode(id, …)` and answers with it.
  template <class Encode>
  [[nodiscard]] auto responder(Encode encode) const {
    return [bus = bus_, channel = response_channel_, id = id_, encode](const auto& result) {
      bus->respond(channel, encode(id, result));
    };
  }

  const std::shared_ptr<ClassicBus>& bus_;
  ClassicAdapter& adapter_;
  ValueView request_;
  std::string id_;
  std::string response_channel_;
};

Answer PeerRequest::answer() {
  const auto type = request_["type"].as_uint64();
  if (!type) {
    return rubbish("a request without type");
  }
  if (text("uid") == bus_->uid()) {
    return {Outcome::own};
  }
  switch (static_cast<MessageType>(std::min<std::uint64_t>(*type, 255))) {
    case MessageType::sockets:
      return sockets();
    case MessageType::all_rooms:
      return all_rooms();
    case MessageType::join:
    case MessageType::leave:
      return change_rooms(static_cast<MessageType>(*type));
    case MessageType::disconnect:
      return disconnect();
    case MessageType::fetch:
      return fetch();
    case MessageType::server_event:
      return server_event();
    case MessageType::broadcast:
      return broadcast();
    default:
      return {Outcome::ignored};
  }
}

// Of old servers: the ids of the sockets in some rooms.
Answer PeerRequest::sockets() {
  auto options = wire::read_options(request_);  // `rooms` is where others have `opts`
  if (id_.empty() || !options) {
    return rubbish("a request for sockets without requestId or rooms");
  }
  adapter_.Adapter::fetch_sockets(
      *options, responder([](const std::string& id, const Adapter::Descriptions& found) {
        return encode_socket_ids(id, found.sockets);
      }));
  return done;
}

Answer PeerRequest::all_rooms() {
  if (id_.empty()) {
    return rubbish("a request for all rooms without requestId");
  }
  adapter_.Adapter::all_rooms(responder([](const std::string& id, const Adapter::RoomNames& names) {
    return encode_rooms(id, names.rooms);
  }));
  return done;
}

Answer PeerRequest::fetch() {
  const auto options = wire::read_options(request_["opts"]);
  if (id_.empty() || !options) {
    return rubbish("a fetch without requestId or opts");
  }
  adapter_.Adapter::fetch_sockets(
      *options, responder([](const std::string& id, const Adapter::Descriptions& found) {
        return encode_sockets(id, found.sockets);
      }));
  return done;
}

Answer PeerRequest::change_rooms(MessageType type) {
  if (!request_["opts"].exists()) {
    return change_rooms_of_one(type);
  }
  const auto options = wire::read_options(request_["opts"]);
  const auto rooms = wire::read_rooms(request_["rooms"]);
  if (!options || !rooms) {
    return rubbish("a join or leave without opts or rooms");
  }
  if (type == MessageType::join) {
    adapter_.Adapter::sockets_join(*options, *rooms);
  } else {
    adapter_.Adapter::sockets_leave(*options, *rooms);
  }
  return done;
}

// Of old servers: one socket, one room, and an answer of the server that has the socket.
Answer PeerRequest::change_rooms_of_one(MessageType type) {
  const auto room = wire::read_room(request_["room"]);
  const std::string sid(text("sid"));
  if (sid.empty() || !room) {
    return rubbish("a join or leave without opts, sid or room");
  }
  if (!adapter_.has_local_room(sid)) {
    return {Outcome::ignored};
  }
  if (type == MessageType::join) {
    adapter_.Adapter::sockets_join({.rooms = {sid}}, {*room});
  } else {
    adapter_.Adapter::sockets_leave({.rooms = {sid}}, {*room});
  }
  say_done();
  return done;
}

Answer PeerRequest::disconnect() {
  const bool close = request_["close"].as_bool().value_or(false);
  if (request_["opts"].exists()) {
    const auto options = wire::read_options(request_["opts"]);
    if (!options) {
      return rubbish("a disconnect with odd opts");
    }
    adapter_.Adapter::disconnect_sockets(*options, close);
    return done;
  }
  const std::string sid(text("sid"));
  if (sid.empty()) {
    return rubbish("a disconnect without opts or sid");
  }
  if (!adapter_.has_local_room(sid)) {
    return {Outcome::ignored};
  }
  adapter_.Adapter::disconnect_sockets({.rooms = {sid}}, close);
  say_done();
  return done;
}

Answer PeerRequest::server_event() {
  const ValueView data = request_["data"];
  if (data.size() == 0 || !data.is_array()) {
    return rubbish("a server-side event without data");
  }
  const socketio::Value values = data.to_value();
  adapter_.deliver_event(*values.as_array(),
                         id_.empty() ? nullptr : std::make_shared<EventReply>(bus_, id_));
  return done;
}

Answer PeerRequest::broadcast() {
  const ValueView packet = request_["packet"];
  const auto options = wire::read_options(request_["opts"]);
  if (id_.empty() || !options || !is_event(packet)) {
    return rubbish("a broadcast with acknowledgements without requestId, packet or opts");
  }
  const ValueView data = packet["data"];
  const auto request = adapter_.Adapter::broadcast_with_ack(
      [&](socketio::Writer& writer) { data.write_to(writer); }, *options,
      {.on_client_count = responder(encode_client_count), .on_answer = responder(encode_ack)});
  // Nobody waits for the answers any longer than that.
  bus_->forget_acks_after(options->timeout.value_or(bus_->options().requests_timeout), request);
  return done;
}

}  // namespace

Answer answer(const std::shared_ptr<ClassicBus>& bus, ClassicAdapter& adapter, ValueView request) {
  return PeerRequest(bus, adapter, request).answer();
}

bool is_event(ValueView packet) {
  return packet["type"].as_int64() == static_cast<std::int64_t>(socketio::PacketType::event) &&
         packet["data"].exists() &&
         socketio::is_valid_data(socketio::PacketType::event, packet["data"]);
}

}  // namespace adapters::classic
