#include "socketio/detail/broadcast_ack.hpp"

#include <utility>

#include "socketio/detail/namespace_access.hpp"
#include "socketio/detail/server_core.hpp"
#include "socketio/detail/value_size.hpp"

namespace socketio::detail {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds default_timeout = 5s;

// What comes from clients counts as what waits for the shard.
std::size_t waiting_bytes(const Value& answer) { return bytes_of(answer); }
std::size_t waiting_bytes(const std::vector<std::string>&) { return 0; }
std::size_t waiting_bytes(std::size_t) { return 0; }

}  // namespace

void BroadcastAck::start(const std::shared_ptr<Adapter>& adapter, PayloadWriter payload,
                         const BroadcastOptions& options, AckResultsCallback on_answers) {
  ShardContext& home = NamespaceAccess::core(adapter->nsp()).home();
  std::make_shared<BroadcastAck>(adapter, home, std::move(on_answers))->send(payload, options);
}

BroadcastAck::BroadcastAck(std::shared_ptr<Adapter> adapter, ShardContext& home,
                           AckResultsCallback on_answers)
    : adapter_(std::move(adapter)),
      core_(NamespaceAccess::core(adapter_->nsp())),
      home_(home),
      on_answers_(std::move(on_answers)) {}

template <class T, class Act>
engineio::Function<void(T)> BroadcastAck::at_home(Act act) {
  return [self = shared_from_this(), act](T value) {
    const std::size_t bytes = waiting_bytes(value);
    self->core_.post(
        self->home_,
        [self, act, value = std::move(value)]() mutable {
          act(*self, std::move(value));
          self->complete_if_done();
        },
        bytes);
  };
}

void BroadcastAck::send(PayloadWriter payload, const BroadcastOptions& options) {
  request_ = adapter_->broadcast_with_ack(
      payload, options,
      {.on_client_count = at_home<std::size_t>([](BroadcastAck& ack, std::size_t count) {
         ++ack.servers_heard_;
         ack.clients_ += count;
       }),
       .on_answer = at_home<Value>(
           [](BroadcastAck& ack, Value value) { ack.responses_.push_back(std::move(value)); })});
  auto on_server_count =
      at_home<std::size_t>([](BroadcastAck& ack, std::size_t count) { ack.servers_ = count; });
  if (options.local) {
    on_server_count(1);
  } else {
    adapter_->server_count(std::move(on_server_count));
  }
  core_.post(home_, [self = shared_from_this(), timeout = options.timeout.value_or(
                                                    default_timeout)] { self->begin(timeout); });
}

void BroadcastAck::begin(std::chrono::milliseconds timeout) {
  if (done_) {
    return;
  }
  home_.broadcast_acks.insert(shared_from_this());
  home_.shard.timers().start(timer_, home_.shard.precise_now() + timeout, [this] { on_timeout(); });
}

void BroadcastAck::complete_if_done() {
  if (!done_ && servers_ != 0 && servers_heard_ >= servers_ && responses_.size() >= clients_) {
    finish({"", std::move(responses_), {}});
  }
}

void BroadcastAck::on_timeout() {
  done_ = true;
  const auto keep = shared_from_this();
  home_.broadcast_acks.erase(keep);
  adapter_->forget_acks(
      request_,
      at_home<std::vector<std::string>>([](BroadcastAck& ack, std::vector<std::string> missing) {
        ack.finish({std::string(ack_timed_out), std::move(ack.responses_), std::move(missing)});
      }));
}

void BroadcastAck::finish(AckResults results) {
  done_ = true;
  timer_.stop();
  const auto keep = shared_from_this();
  home_.broadcast_acks.erase(keep);
  core_.contain(home_, "an acknowledgement callback", adapter_->nsp().name(), [&] {
    AckResultsCallback callback = std::move(on_answers_);
    callback(std::move(results));
  });
}

}  // namespace socketio::detail
