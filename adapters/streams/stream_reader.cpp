#include "adapters/streams/stream_reader.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace adapters::streams {

using redis::Reply;
using redis::Result;

namespace {

using namespace std::chrono_literals;

/// After a read that failed.
constexpr std::chrono::milliseconds retry_delay = 200ms;

}  // namespace

StreamReader::StreamReader(redis::Client& client, Settings settings,
                           std::shared_ptr<BusMonitor> monitor)
    : client_(client), settings_(std::move(settings)), monitor_(std::move(monitor)) {}

void StreamReader::add(const std::string& nsp, const std::shared_ptr<EntryListener>& listener) {
  listeners_.insert_or_assign(nsp, Listener{listener.get(), listener});
  if (connection_ == nullptr) {
    connection_ = client_.connect_blocking(settings_.stream);
    find_last_entry();
  }
}

void StreamReader::remove(const std::string& nsp, const EntryListener& listener) {
  // Another one may have taken its place: a namespace that went and came back.
  const auto found = listeners_.find(nsp);
  if (found != listeners_.end() && found->second.key == &listener) {
    listeners_.erase(found);
  }
}

void StreamReader::stop() {
  listeners_.clear();
  waiters_.clear();
  retry_timer_.stop();
  connection_.reset();
  healthy_ = false;
}

void StreamReader::when_at(EntryId id, engineio::Function<void()> callback) {
  waiters_.push_back({id, std::move(callback)});
  if (started_ && position_ >= id) {
    client_.post([self = weak_from_this()] {
      if (const auto reader = self.lock()) {
        reader->call_waiters();
      }
    });
  }
}

// --- Reading -----------------------------------------------------------------------------------

void StreamReader::find_last_entry() {
  // Reading from `$` would lose what comes between the first two reads, and after an error.
  connection_->execute({"XREVRANGE", settings_.stream, "+", "-", "COUNT", "1"},
                       [self = weak_from_this()](const Result& result) {
                         if (const auto reader = self.lock()) {
                           reader->on_last_entry(result);
                         }
                       });
}

void StreamReader::on_last_entry(const Result& result) {
  if (connection_ == nullptr) {
    return;
  }
  if (!result || result.reply.type != Reply::Type::array) {
    retry();
    return;
  }
  const auto& entries = result.reply.elements;
  if (!entries.empty() && !entries[0].elements.empty()) {
    position_ = EntryId::parse(entries[0].elements[0].text).value_or(EntryId{});
  }
  started_ = true;
  healthy_ = true;
  call_waiters();
  read();
}

void StreamReader::read() {
  redis::Command command{"XREAD", "COUNT", std::to_string(settings_.read_count)};
  if (healthy_) {
    // After an error the answer shall come at once, to know that all is well again.
    command.insert(command.end(), {"BLOCK", std::to_string(settings_.block_time.count())});
  }
  command.insert(command.end(), {"STREAMS", settings_.stream, position_.text()});
  connection_->execute(std::move(command), [self = weak_from_this()](Result result) {
    if (const auto reader = self.lock()) {
      reader->on_read(std::move(result));
    }
  });
}

void StreamReader::on_read(Result result) {
  if (connection_ == nullptr) {
    return;
  }
  if (!result ||
      (result.reply.type != Reply::Type::array && result.reply.type != Reply::Type::nil)) {
    retry();
    return;
  }
  healthy_ = true;
  const EntryId before = position_;
  for (Reply& stream : result.reply.elements) {
    if (stream.elements.size() == 2) {
      hand_out(stream.elements[1]);
    }
  }
  if (connection_ == nullptr) {
    return;
  }
  if (result.reply.type == Reply::Type::array && position_ == before) {
    retry();  // Redis would answer the same for ever
  } else {
    read();
  }
}

void StreamReader::hand_out(Reply& entries) {
  for (Reply& element : entries.elements) {
    if (auto entry = read_entry(element); entry && entry->id > position_) {
      position_ = entry->id;
      hand_out(*entry);
      call_waiters();
    } else {
      monitor_->rubbish("it is no entry of a stream");
    }
  }
}

void StreamReader::hand_out(Entry& entry) {
  monitor_->count(BusMonitor::Event::received);
  const auto found = listeners_.find(std::string(entry.nsp));
  const auto listener = found != listeners_.end() ? found->second.listener.lock() : nullptr;
  if (listener == nullptr) {
    monitor_->count(BusMonitor::Event::ignored);
    return;
  }
  listener->on_entry(entry);
}

void StreamReader::call_waiters() {
  const auto due = std::stable_partition(waiters_.begin(), waiters_.end(),
                                         [&](const Waiter& w) { return w.id > position_; });
  std::vector<Waiter> called(std::make_move_iterator(due), std::make_move_iterator(waiters_.end()));
  waiters_.erase(due, waiters_.end());
  for (Waiter& waiter : called) {
    waiter.callback();
  }
}

void StreamReader::retry() {
  healthy_ = false;
  client_.timers().start(retry_timer_, client_.now() + retry_delay, [this] {
    if (started_) {
      read();
    } else {
      find_last_entry();
    }
  });
}

}  // namespace adapters::streams
