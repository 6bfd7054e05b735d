#include "adapters/emitter.hpp"

#include <iterator>
#include <stdexcept>
#include <utility>

#include "adapters/classic/channels.hpp"
#include "adapters/classic/messages.hpp"
#include "adapters/redis_client.hpp"
#include "socketio/packet.hpp"

namespace adapters {

using classic::Channels;
using socketio::RoomList;

namespace {

std::string with_slash(std::string_view nsp) {
  return nsp.starts_with('/') ? std::string(nsp) : '/' + std::string(nsp);
}

void append(std::vector<std::string>& to, RoomList rooms) {
  to.insert(to.end(), std::make_move_iterator(rooms.names().begin()),
            std::make_move_iterator(rooms.names().end()));
}

std::shared_ptr<redis::Client> client_of(std::shared_ptr<Redis> redis) {
  if (redis == nullptr) {
    throw std::invalid_argument("an Emitter needs a Redis");
  }
  redis::Client& client = redis->client();
  return {std::move(redis), &client};
}

}  // namespace

Emitter::Emitter(std::shared_ptr<Redis> redis, EmitterOptions options)
    : Emitter(client_of(std::move(redis)), std::move(options)) {}

Emitter::Emitter(std::shared_ptr<redis::Client> client, EmitterOptions options)
    : client_(std::move(client)), nsp_(with_slash(options.nsp)) {
  if (options.key.empty()) {
    throw std::invalid_argument("EmitterOptions::key must not be empty");
  }
  shared_ = std::make_shared<const EmitterOptions>(std::move(options));
}

// --- To whom ------------------------------------------------------------------------------------

Emitter Emitter::of(std::string_view nsp) const {
  Emitter result = *this;
  result.nsp_ = with_slash(nsp);
  result.options_ = {};
  return result;
}

Emitter Emitter::to(RoomList rooms) const {
  Emitter result = *this;
  append(result.options_.rooms, std::move(rooms));
  return result;
}

Emitter Emitter::except(RoomList rooms) const {
  Emitter result = *this;
  append(result.options_.except, std::move(rooms));
  return result;
}

Emitter Emitter::volatile_() const {
  Emitter result = *this;
  result.options_.volatile_packet = true;
  return result;
}

Emitter Emitter::compress(bool enabled) const {
  Emitter result = *this;
  result.options_.compress = enabled;
  return result;
}

// --- What ---------------------------------------------------------------------------------------

void Emitter::emit_payload(std::string_view event, socketio::PayloadWriter payload) const {
  if (socketio::is_reserved_event(event)) {
    throw std::invalid_argument('"' + std::string(event) + "\" is a reserved event name");
  }
  publish(Channels(shared_->key, nsp_).broadcast_to(options_),
          classic::encode_emitter_broadcast(nsp_, payload, options_));
}

void Emitter::sockets_join(RoomList rooms) const {
  request(classic::encode_rooms_change("", classic::MessageType::join, options_, rooms.names()));
}

void Emitter::sockets_leave(RoomList rooms) const {
  request(classic::encode_rooms_change("", classic::MessageType::leave, options_, rooms.names()));
}

void Emitter::disconnect_sockets(bool close) const {
  request(classic::encode_disconnect("", options_, close));
}

void Emitter::server_side_emit_payload(socketio::PayloadWriter payload) const {
  request(classic::encode_server_event(classic::emitter_uid, "", payload));
}

// --- How ----------------------------------------------------------------------------------------

void Emitter::request(std::string_view message) const {
  publish(Channels(shared_->key, nsp_).request, message);
}

void Emitter::publish(std::string_view channel, std::string_view message) const {
  redis::ResultCallback callback;
  if (shared_->on_result) {
    callback = [shared = shared_](redis::Result result) {
      shared->on_result({std::move(result.error), result.reply.integer});
    };
  }
  client_->publish(redis::ChannelKind::plain, channel, message, std::move(callback));
}

}  // namespace adapters
