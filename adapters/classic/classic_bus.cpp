#include "adapters/classic/classic_bus.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "adapters/classic/answers.hpp"
#include "adapters/classic/classic_adapter.hpp"
#include "adapters/classic/messages.hpp"
#include "adapters/wire/broadcast_options.hpp"
#include "socketio/codec.hpp"

namespace adapters::classic {

using socketio::ValueView;
using Event = BusMonitor::Event;

namespace {

constexpr const char* closed = "the adapter was closed";

/// What setTimeout() can wait for, about 25 days: a sum with the time does not overflow.
constexpr std::chrono::milliseconds longest_timeout{2'147'483'647};

bool starts_with(std::span<const char> message, std::string_view prefix) {
  return std::string_view(message.data(), message.size()).starts_with(prefix);
}

}  // namespace

ClassicBus::ClassicBus(ClassicAdapter& adapter, std::string nsp, redis::Client& client,
                       RedisAdapterOptions options, wire::IdGenerator make_id)
    : client_(client),
      options_(std::move(options)),
      make_id_(std::move(make_id)),
      nsp_(std::move(nsp)),
      uid_(make_id_()),
      channels_(options_.key, nsp_),
      own_broadcast_(own_broadcast_prefix(uid_)),
      own_json_(own_json_prefix(uid_)),
      own_msgpack_(own_msgpack_prefix(uid_)),
      adapter_(&adapter) {}

// --- Coming and going ---------------------------------------------------------------------------

void ClassicBus::open() {
  client_.post([self = shared_from_this()] { self->subscribe(); });
}

void ClassicBus::close() {
  Requests requests;
  std::unordered_map<std::string, SharedAckRequest> acks;
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(adapter_, nullptr) == nullptr) {
      return;
    }
    requests.swap(requests_);
    acks.swap(acks_);
  }
  client_.post([self = shared_from_this()] { self->unsubscribe(); });
  for (auto& [id, pending] : requests) {
    pending.request->finish(closed);
  }
}

void ClassicBus::subscribe() {
  const std::lock_guard lock(mutex_);
  if (adapter_ == nullptr) {
    return;
  }
  subscribed_ = true;
  client_.subscribe(redis::ChannelKind::pattern, channels_.pattern(),
                    locked([this](std::string_view channel, std::span<char> message) {
                      on_broadcast(channel, message);
                    }));
  client_.subscribe(
      redis::ChannelKind::plain, channels_.request,
      locked([this](std::string_view, std::span<char> message) { on_request(message); }));
  for (const std::string& channel : {channels_.response, channels_.response_to(uid_)}) {
    client_.subscribe(
        redis::ChannelKind::plain, channel,
        locked([this](std::string_view, std::span<char> message) { on_response(message); }));
  }
}

void ClassicBus::unsubscribe() {
  if (!std::exchange(subscribed_, false)) {
    return;
  }
  client_.unsubscribe(redis::ChannelKind::pattern, channels_.pattern());
  for (const std::string& channel :
       {channels_.request, channels_.response, channels_.response_to(uid_)}) {
    client_.unsubscribe(redis::ChannelKind::plain, channel);
  }
}

template <class Handle>
redis::MessageHandler ClassicBus::locked(Handle handle) {
  return [self = shared_from_this(), handle](std::string_view channel, std::span<char> message) {
    const std::lock_guard lock(self->mutex_);
    if (self->adapter_ != nullptr) {
      self->count(Event::received);
      handle(channel, message);
    }
  };
}

template <class Act>
void ClassicBus::run_after(std::chrono::milliseconds timeout, Act act) {
  client_.timers().run_at(client_.now() + std::min(timeout, longest_timeout),
                          [self = shared_from_this(), act = std::move(act)] {
                            const std::lock_guard lock(self->mutex_);
                            if (self->adapter_ != nullptr) {
                              act(*self->adapter_);
                            }
                          });
}

// --- To other servers ---------------------------------------------------------------------------

void ClassicBus::publish(std::string_view channel, std::string_view message) {
  count(Event::published);
  client_.publish(redis::ChannelKind::plain, channel, message);
}

void ClassicBus::respond(std::string_view channel, std::string_view message) {
  const std::lock_guard lock(mutex_);
  if (adapter_ != nullptr) {
    publish(channel, message);
  }
}

void ClassicBus::start(const std::string& id, std::unique_ptr<PendingRequest> request,
                       std::string message, std::chrono::milliseconds timeout) {
  {
    const std::lock_guard lock(mutex_);
    if (adapter_ != nullptr) {
      requests_.insert_or_assign(id, Pending{std::move(request), std::move(message)});
      client_.post([self = shared_from_this(), id, timeout] { self->count_servers(id, timeout); });
      return;
    }
  }
  request->finish(closed);
}

void ClassicBus::count_servers(const std::string& id, std::chrono::milliseconds timeout) {
  run_after(timeout, [this, id](ClassicAdapter&) {
    if (const auto found = requests_.find(id); found != requests_.end()) {
      count(Event::request_timed_out);
      finish(found, found->second.request->timeout_error());
    }
  });
  client_.count_subscribers(redis::ChannelKind::plain, channels_.request,
                            [self = shared_from_this(), id](std::optional<std::size_t> servers) {
                              const std::lock_guard lock(self->mutex_);
                              self->on_server_count(id, servers);
                            });
}

void ClassicBus::on_server_count(const std::string& id, std::optional<std::size_t> servers) {
  const auto found = requests_.find(id);
  if (found == requests_.end()) {
    return;
  }
  auto& [request, message] = found->second;
  if (!servers) {
    finish(found, "Redis did not say how many servers there are");
    return;
  }
  request->set_servers(*servers);
  if (request->complete()) {
    finish(found, "");
    return;
  }
  count(Event::request);
  publish(channels_.request, std::exchange(message, {}));
}

void ClassicBus::finish(Requests::iterator found, std::string error) {
  const auto request = std::move(found->second.request);
  requests_.erase(found);
  request->finish(std::move(error));
}

void ClassicBus::expect_acks(const std::string& id, SharedAckRequest request,
                             std::chrono::milliseconds timeout) {
  const std::lock_guard lock(mutex_);
  if (adapter_ == nullptr) {
    return;
  }
  count(Event::request);
  acks_.insert_or_assign(id, std::move(request));
  client_.post([self = shared_from_this(), id, timeout] {
    self->run_after(timeout, [bus = self.get(), id](ClassicAdapter&) { bus->acks_.erase(id); });
  });
}

void ClassicBus::forget_acks_after(std::chrono::milliseconds timeout, std::uint64_t request) {
  run_after(timeout, [request](ClassicAdapter& adapter) {
    adapter.forget_acks(request, [](const std::vector<std::string>&) {});
  });
}

// --- From other servers -------------------------------------------------------------------------

void ClassicBus::on_broadcast(std::string_view channel, std::span<char> message) {
  if (starts_with(message, own_broadcast_)) {
    return count(Event::own);
  }
  if (!concerns_local_clients(channels_.room_of(channel))) {
    return count(Event::ignored);
  }
  if (!socketio::read_msgpack(message, socketio::MsgpackDialect::notepack3, tape_)) {
    return rubbish("a broadcast that is not MessagePack");
  }
  const ValueView root(tape_.root());
  const ValueView packet = root[1];
  const ValueView data = packet["data"];
  const auto options = wire::read_options(root[2]);
  if (!root.is_array() || !packet.is_object() || !options) {
    return rubbish("a broadcast without uid, packet or options");
  }
  if (root[0].as_string() == uid_) {
    return count(Event::own);
  }
  if (packet["nsp"].exists() && packet["nsp"].as_string() != nsp_) {
    return count(Event::ignored);  // that of `/a#b` is here, too, if this is `/a`
  }
  if (!is_event(packet)) {
    return rubbish("a broadcast that is no event");
  }
  adapter_->Adapter::broadcast([&](socketio::Writer& writer) { data.write_to(writer); }, *options);
}

/// The name of a channel does not tell the room 5 from the room "5".
bool ClassicBus::concerns_local_clients(std::string_view room) const {
  if (room.empty() || adapter_->has_local_room(room)) {
    return true;
  }
  double number = 0;
  const auto [end, error] = std::from_chars(room.data(), room.data() + room.size(), number);
  return error == std::errc() && end == room.data() + room.size() &&
         adapter_->has_local_room(socketio::numeric_room(number));
}

void ClassicBus::on_request(std::span<char> message) {
  if (starts_with(message, own_json_) || starts_with(message, own_msgpack_)) {
    return count(Event::own);
  }
  if (!decode(message, tape_)) {
    return rubbish("a request that is neither JSON nor MessagePack");
  }
  const Answer answered = answer(shared_from_this(), *adapter_, ValueView(tape_.root()));
  switch (answered.outcome) {
    case Outcome::done:
      break;
    case Outcome::own:
      return count(Event::own);
    case Outcome::ignored:
      return count(Event::ignored);
    case Outcome::rubbish:
      return rubbish(answered.rubbish);
  }
}

void ClassicBus::on_response(std::span<char> message) {
  if (requests_.empty() && acks_.empty()) {
    return count(Event::ignored);
  }
  if (!decode(message, tape_)) {
    return rubbish("a response that is neither JSON nor MessagePack");
  }
  const ValueView response(tape_.root());
  const auto id = response["requestId"].as_string();
  if (!id) {
    return rubbish("a response without requestId");
  }
  if (const auto ack = acks_.find(std::string(*id)); ack != acks_.end()) {
    return on_ack(*SharedAckRequest(ack->second), response);
  }
  const auto found = requests_.find(std::string(*id));
  if (found == requests_.end()) {
    return count(Event::ignored);
  }
  if (!found->second.request->take(response)) {
    return rubbish("a response that does not answer the request");
  }
  if (found->second.request->complete()) {
    finish(found, "");
  }
}

void ClassicBus::on_ack(socketio::Adapter::AckRequest& request, ValueView response) {
  const auto clients = response["clientCount"].as_uint64();
  const auto type = response["type"].as_int64();
  if (type == static_cast<std::int64_t>(MessageType::ack)) {
    request.on_answer(response["packet"].to_value());
  } else if (type == static_cast<std::int64_t>(MessageType::client_count) && clients) {
    request.on_client_count(*clients);
  } else {
    rubbish("a response to a broadcast that is neither a number of clients nor an answer");
  }
}

}  // namespace adapters::classic
