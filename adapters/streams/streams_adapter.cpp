#include "adapters/streams/streams_adapter.hpp"

#include <stdexcept>
#include <utility>

#include "adapters/streams/entry.hpp"
#include "adapters/streams/restoration.hpp"
#include "adapters/streams/session.hpp"
#include "socketio/namespace.hpp"

namespace adapters {

namespace streams {

using cluster::MessageType;
using socketio::BroadcastOptions;
using socketio::PayloadWriter;
using socketio::Writer;

namespace {

void check(bool holds, const char* option, const char* what) {
  if (!holds) {
    throw std::invalid_argument(std::string("StreamsAdapterOptions::") + option + what);
  }
}

}  // namespace

StreamsAdapterOptions checked(StreamsAdapterOptions options) {
  constexpr std::chrono::milliseconds none(0);
  check(!options.stream_name.empty(), "stream_name", " is empty");
  check(!options.channel_prefix.empty(), "channel_prefix", " is empty");
  check(!options.session_key_prefix.empty(), "session_key_prefix", " is empty");
  check(options.stream_count > 0, "stream_count", " must be above 0");
  check(options.max_length > 0, "max_length", " must be above 0");
  check(options.read_count > 0, "read_count", " must be above 0");
  check(options.block_time > none, "block_time", " must be above 0");
  check(options.requests_timeout > none, "requests_timeout", " must be above 0");
  if (options.monitor == nullptr) {
    options.monitor = std::make_shared<BusMonitor>();
  }
  return options;
}

cluster::Bus make_bus(redis::Client& client, const StreamsAdapterOptions& options) {
  const auto kind =
      options.use_sharded_pubsub ? redis::ChannelKind::sharded : redis::ChannelKind::plain;
  return {.client = client,
          .subscriptions = std::make_shared<cluster::Subscriptions>(client, kind),
          .channel_prefix = options.channel_prefix,
          .format = cluster::MessageFormat::msgpack,
          .requests_timeout = options.requests_timeout,
          .monitor = options.monitor};
}

StreamsAdapter::StreamsAdapter(socketio::Namespace& nsp, const cluster::Bus& bus,
                               std::shared_ptr<StreamHub> hub)
    : ClusterAdapter(nsp, bus),
      member_(std::make_shared<StreamMember>(
          node(), hub,
          stream_of(hub->options().stream_name, hub->options().stream_count, nsp.name()),
          recovery())) {}

StreamsAdapter::~StreamsAdapter() { StreamsAdapter::close(); }

void StreamsAdapter::init() {
  ClusterAdapter::init();
  node()->client().post([member = member_] { member->open(); });
}

void StreamsAdapter::close() {
  if (shut_down()) {
    node()->client().post([member = member_] { member->close(); });
  }
}

void StreamsAdapter::broadcast(PayloadWriter payload, const BroadcastOptions& options) {
  if (!recovery() || options.local || options.volatile_packet) {
    ClusterAdapter::broadcast(payload, options);
    return;
  }
  const auto data = [&](Writer& writer) { cluster::write_broadcast(writer, payload, {}, options); };
  node()->client().post(
      [member = member_, text = encode_data(MessageType::broadcast, data,
                                            member_->options().only_plaintext)]() mutable {
        member->append_in_order(std::move(text));
      });
}

void StreamsAdapter::tell(MessageType type, PayloadWriter data, const BroadcastOptions&) {
  member_->append(type, encode_data(type, data, member_->options().only_plaintext));
}

// --- Sessions ----------------------------------------------------------------------------------

void StreamsAdapter::persist_session(socketio::SessionState session) {
  const auto lifetime = recovery()->max_disconnection_duration;
  node()->client().execute({"SET", member_->options().session_key_prefix + session.pid,
                            encode_session(session), "PX", std::to_string(lifetime.count())},
                           [](const redis::Result&) {});
}

void StreamsAdapter::restore_session(const std::string& pid, const std::string& offset,
                                     socketio::RestoreCallback callback) {
  const auto id = EntryId::parse(offset);
  if (!id) {
    callback(std::nullopt);
    return;
  }
  node()->client().post([member = member_, pid, id = *id,
                         callback = node()->guarded<std::optional<socketio::RestoredSession>>(
                             std::move(callback), std::nullopt)]() mutable {
    Restoration::start(std::move(member), pid, id, std::move(callback));
  });
}

std::vector<socketio::SharedPacket> StreamsAdapter::missed_since(
    socketio::RestoredSession& session) {
  return member_->log().missed(session);
}

}  // namespace streams

std::function<std::unique_ptr<socketio::Adapter>(socketio::Namespace&)> streams_adapter(
    std::shared_ptr<Redis> redis, StreamsAdapterOptions options) {
  if (redis == nullptr) {
    throw std::invalid_argument("streams_adapter() needs a Redis");
  }
  options = streams::checked(std::move(options));
  const cluster::Bus bus = streams::make_bus(redis->client(), options);
  const auto hub = std::make_shared<streams::StreamHub>(redis->client(), std::move(options));
  return [redis = std::move(redis), bus,
          hub](socketio::Namespace& nsp) -> std::unique_ptr<socketio::Adapter> {
    return std::make_unique<streams::StreamsAdapter>(nsp, bus, hub);
  };
}

}  // namespace adapters
