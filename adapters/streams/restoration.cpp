#include "adapters/streams/restoration.hpp"

#include <algorithm>
#include <utility>

#include "adapters/cluster/cluster_adapter.hpp"
#include "adapters/streams/session.hpp"

namespace adapters::streams {

using redis::Reply;
using redis::Result;
using socketio::Writer;

namespace {

/// Reads of the stream for one session; Node gives up after as many.
constexpr std::size_t max_reads = 100;

}  // namespace

void Restoration::start(std::shared_ptr<StreamMember> member, const std::string& pid,
                        EntryId offset, socketio::RestoreCallback callback) {
  if (member->reader() == nullptr) {
    callback(std::nullopt);
    return;
  }
  std::make_shared<Restoration>(std::move(member), offset, std::move(callback))->ask(pid);
}

Restoration::Restoration(std::shared_ptr<StreamMember> member, EntryId offset,
                         socketio::RestoreCallback callback)
    : member_(std::move(member)), covered_(offset), callback_(std::move(callback)) {}

/// A callback that runs `act(*this, result)`, unless all is over.
template <class Act>
redis::ResultCallback Restoration::then(Act act) {
  return [self = shared_from_this(), act = std::move(act)](Result result) {
    if (!self->over()) {
      act(*self, std::move(result));
    }
  };
}

void Restoration::ask(const std::string& pid) {
  auto& client = member_->node().client();
  client.timers().start(timer_, client.now() + member_->options().requests_timeout,
                        [self = weak_from_this()] {
                          if (const auto restoration = self.lock()) {
                            restoration->fail();
                          }
                        });
  const std::string key = member_->options().session_key_prefix + pid;
  restored_.state.pid = pid;
  client.execute_transaction(
      {{"GET", key}, {"DEL", key}},
      then([](Restoration& self, const Result& result) { self.on_session(result); }));
  const std::string id = covered_.text();
  client.execute({"XRANGE", member_->stream(), id, id},
                 then([](Restoration& self, const Result& result) { self.on_offset(result); }));
}

void Restoration::on_session(const Result& result) {
  if (result && !result.reply.elements.empty() &&
      result.reply.elements[0].type == Reply::Type::string) {
    auto session = decode_session(result.reply.elements[0].text);
    if (session && session->pid == restored_.state.pid) {
      restored_.state = *std::move(session);
      has_session_ = true;
    }
  }
  on_first_answers();
}

void Restoration::on_offset(const Result& result) {
  // The entry is looked for: if it is gone, so may be others that the client has missed.
  has_offset_ = result && !result.reply.elements.empty();
  on_first_answers();
}

void Restoration::on_first_answers() {
  if (++answers_ < 2) {
    return;
  }
  if (has_session_ && has_offset_) {
    read_on();
  } else {
    fail();
  }
}

void Restoration::read_on() {
  const StreamReader* reader = member_->reader();
  if (reader == nullptr || ++reads_ > max_reads) {
    fail();
    return;
  }
  member_->node().client().execute(
      {"XRANGE", member_->stream(), covered_.next().text(), "+"},
      then([position = reader->position()](Restoration& self, Result result) {
        self.on_entries(std::move(result), position);
      }));
}

void Restoration::on_entries(Result result, EntryId position) {
  if (!result || result.reply.type != Reply::Type::array) {
    fail();
    return;
  }
  // All there is up to what had been read before Redis was asked; some may have been deleted.
  covered_ = std::max(covered_, position);
  for (Reply& element : result.reply.elements) {
    if (auto entry = read_entry(element)) {
      covered_ = std::max(covered_, entry->id);
      add(*entry);
    }
  }
  if (result.reply.elements.empty()) {
    catch_up();
  } else {
    read_on();
  }
}

void Restoration::add(Entry& entry) {
  if (entry.nsp != member_->node().codec().nsp() || entry.type != "3") {
    return;
  }
  socketio::Tape tape;
  std::string memory;
  cluster::Message message;
  if (!decode_entry(entry, tape, memory, message)) {
    return;
  }
  const auto data = cluster::read_broadcast(message.data);
  if (!data || !data->request.empty() || !is_for(data->options, restored_.state)) {
    return;
  }
  member_->node().gate().enter([&](const cluster::ClusterAdapter& adapter) {
    restored_.missed.push_back(adapter.encode_event(
        [&](Writer& writer) { cluster::write_packet(writer, data->packet, entry.id_text); }));
  });
}

void Restoration::catch_up() {
  StreamReader* reader = member_->reader();
  if (reader == nullptr) {
    fail();
  } else if (reader->position() > covered_) {
    read_on();
  } else if (reader->position() < covered_) {
    reader->when_at(covered_, [self = shared_from_this()] {
      if (!self->over()) {
        self->catch_up();
      }
    });
  } else {
    succeed();
  }
}

void Restoration::succeed() {
  timer_.stop();
  restored_.position = member_->log().position();
  auto callback = std::exchange(callback_, {});
  callback(std::move(restored_));
}

void Restoration::fail() {
  if (over()) {
    return;
  }
  const auto keep = shared_from_this();
  timer_.stop();
  auto callback = std::exchange(callback_, {});
  callback(std::nullopt);
}

}  // namespace adapters::streams
