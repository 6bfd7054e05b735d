#include "adapters/streams/stream_member.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "adapters/cluster/cluster_adapter.hpp"
#include "socketio/namespace.hpp"

namespace adapters::streams {

using cluster::MessageType;
using redis::Result;
using socketio::Writer;

namespace {

using namespace std::chrono_literals;

/// How long clients wait for a broadcast of this process to get its place in the stream.
constexpr std::chrono::milliseconds patience = 1s;

}  // namespace

StreamMember::StreamMember(std::shared_ptr<cluster::Node> node, std::shared_ptr<StreamHub> hub,
                           std::string stream, const std::optional<socketio::Recovery>& recovery)
    : node_(std::move(node)),
      hub_(std::move(hub)),
      stream_(std::move(stream)),
      recovery_(recovery) {}

void StreamMember::append(MessageType type, std::string data, redis::ResultCallback done) const {
  node_->monitor().count(BusMonitor::Event::published);
  redis::Command command{"XADD", stream_, "MAXLEN", "~", std::to_string(options().max_length), "*"};
  command.insert(command.end(), {"uid", node_->uid(), "nsp", node_->codec().nsp()});
  command.insert(command.end(), {"type", std::to_string(static_cast<int>(type)), "data"});
  command.push_back(std::move(data));
  node_->client().execute(std::move(command), std::move(done));
}

void StreamMember::open() {
  reader_ = hub_->attach(stream_, node_->codec().nsp(), shared_from_this());
}

void StreamMember::close() {
  if (reader_ != nullptr) {
    reader_.reset();
    hub_->detach(stream_, node_->codec().nsp(), *this);
  }
  pending_.clear();
  pending_timer_.stop();
}

// --- What is in the stream ---------------------------------------------------------------------

void StreamMember::on_entry(Entry& entry) {
  if (entry.uid == node_->uid()) {
    node_->monitor().count(BusMonitor::Event::own);
    if (pending_.empty() || entry.data == nullptr || !take_pending(*entry.data)) {
      return;
    }
  }
  deliver(entry, recovery_ ? entry.id_text : std::string_view{});
}

void StreamMember::deliver(const Entry& entry, std::string_view offset) {
  cluster::Message message;
  if (!decode_entry(entry, tape_, memory_, message)) {
    node_->monitor().rubbish("it cannot be decoded");
  } else if (!node_->receive(message, offset)) {
    node_->monitor().rubbish("its data are not what its type asks for");
  } else if (!offset.empty()) {
    remember(message, offset);
  }
}

void StreamMember::remember(const cluster::Message& message, std::string_view offset) {
  if (message.type != MessageType::broadcast) {
    return;
  }
  node_->gate().enter([&](const cluster::ClusterAdapter& adapter) {
    // A socket that is being restored may be waiting for its middlewares, and without any sockets
    // nothing is sent to the shards, where it may be about to join.
    if (recovery_->skip_middlewares && adapter.nsp().socket_count() != 0) {
      return;
    }
    const auto data = cluster::read_broadcast(message.data);
    if (data && data->request.empty() && !data->options.volatile_packet) {
      log_.add(data->options, adapter.encode_event([&](Writer& writer) {
        cluster::write_packet(writer, data->packet, offset);
      }));
    }
  });
}

// --- What this process writes ------------------------------------------------------------------

void StreamMember::append_in_order(std::string data) {
  if (reader_ == nullptr || !reader_->healthy()) {
    append(MessageType::broadcast, data);
    deliver_without_place(std::move(data));
    return;
  }
  pending_.push_back({data, node_->client().now() + patience});
  watch_pending();
  append(MessageType::broadcast, data, [self = weak_from_this(), data](const Result& result) {
    const auto member = self.lock();
    if (!result && member != nullptr && member->take_pending(data)) {
      member->deliver_without_place(data);
    }
  });
}

bool StreamMember::take_pending(std::string_view data) {
  const auto found = std::find_if(pending_.begin(), pending_.end(),
                                  [&](const Pending& pending) { return pending.data == data; });
  if (found == pending_.end()) {
    return false;
  }
  pending_.erase(found);
  return true;
}

void StreamMember::deliver_without_place(std::string data) {
  Entry entry;
  entry.type = "3";
  entry.data = &data;
  deliver(entry, {});
}

void StreamMember::watch_pending() {
  if (pending_timer_.running() || pending_.empty()) {
    return;
  }
  auto& client = node_->client();
  client.timers().start(pending_timer_, pending_.front().deadline, [this] {
    const auto now = node_->client().now();
    while (!pending_.empty() && pending_.front().deadline <= now) {
      std::string data = std::move(pending_.front().data);
      pending_.pop_front();
      deliver_without_place(std::move(data));
    }
    watch_pending();
  });
}

}  // namespace adapters::streams
