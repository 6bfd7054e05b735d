#include "apps/chat/store/stream_consumer.hpp"

#include <algorithm>
#include <utility>

#include "apps/chat/store/message_fields.hpp"

namespace chat {

using adapters::redis::Client;
using adapters::redis::Reply;
using adapters::redis::Result;

namespace {

using namespace std::chrono_literals;

constexpr const char* group = "history";
constexpr std::chrono::milliseconds block_time = 1s;
/// After Redis or the history failed.
constexpr std::chrono::milliseconds retry_delay = 500ms;

/// KEYS: the stream. ARGV: group, milliseconds. Makes both if they are not there, and removes
/// consumers that have no messages and were not heard of for so long.
constexpr const char* group_script = R"(
local made = redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM')
if made.err and string.sub(made.err, 1, 9) ~= 'BUSYGROUP' then return made end
for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local about = {}
  for i = 1, #consumer, 2 do about[consumer[i]] = consumer[i + 1] end
  if about.pending == 0 and about.idle > tonumber(ARGV[2]) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], about.name)
  end
end
return 1
)";

}  // namespace

/// Messages that are being written. Answers come on the history's thread.
struct StreamConsumer::Batch {
  std::mutex mutex;
  std::size_t missing = 0;           // answers
  std::vector<std::string> written;  // entries of the stream
  bool claimed = false;
  bool failed = false;
};

StreamConsumer::StreamConsumer(Client& client, Settings settings, MessageStore& history,
                               std::shared_ptr<StoreCounters> counters)
    : client_(client),
      settings_(std::move(settings)),
      history_(history),
      counters_(std::move(counters)) {}

void StreamConsumer::start() {
  connection_ = client_.connect_blocking(settings_.stream);
  make_group();
}

void StreamConsumer::stop() {
  connection_.reset();
  retry_timer_.stop();
  const std::lock_guard lock(mutex_);
  stopped_ = true;
}

/// A callback on the client's thread that does nothing after stop().
template <class Function>
adapters::redis::ResultCallback StreamConsumer::mine(Function function) {
  return [weak = weak_from_this(), function = std::move(function)](Result result) mutable {
    const auto self = weak.lock();
    if (self != nullptr && !self->stopped_) {
      function(*self, std::move(result));
    }
  };
}

void StreamConsumer::make_group() {
  client_.execute({"EVAL", group_script, "1", settings_.stream, group,
                   std::to_string(settings_.forget_after.count())},
                  mine([](StreamConsumer& self, const Result& result) {
                    if (result) {
                      self.next();
                    } else {
                      self.retry(&StreamConsumer::make_group);
                    }
                  }));
}

void StreamConsumer::next() {
  if (client_.now() >= next_claim_) {
    claim();
  } else {
    read();
  }
}

void StreamConsumer::retry(void (StreamConsumer::*step)()) {
  client_.timers().start(retry_timer_, client_.now() + retry_delay,
                         [this, step] { (this->*step)(); });
}

// --- Taking ------------------------------------------------------------------------------------

void StreamConsumer::read() {
  connection_->execute(
      {"XREADGROUP", "GROUP", group, settings_.name, "COUNT", std::to_string(settings_.batch),
       "BLOCK", std::to_string(block_time.count()), "STREAMS", settings_.stream, ">"},
      mine([](StreamConsumer& self, Result result) {
        if (!result) {
          // The group may be gone with all that Redis had.
          return self.retry(&StreamConsumer::make_group);
        }
        const bool some =
            result.reply.elements.size() == 1 && result.reply.elements[0].elements.size() == 2;
        if (some) {
          self.write(result.reply.elements[0].elements[1], false);
        } else {
          self.next();
        }
      }));
}

void StreamConsumer::claim() {
  client_.execute({"XLEN", settings_.stream}, mine([](StreamConsumer& self, const Result& result) {
                    self.unwritten_ = static_cast<std::size_t>(result.reply.integer);
                  }));
  client_.execute(
      {"XAUTOCLAIM", settings_.stream, group, settings_.name,
       std::to_string(settings_.claim_after.count()), claim_from_, "COUNT",
       std::to_string(settings_.batch)},
      mine([](StreamConsumer& self, Result result) { self.on_claimed(std::move(result)); }));
}

void StreamConsumer::on_claimed(Result result) {
  if (!result || result.reply.elements.size() < 2) {
    return retry(&StreamConsumer::make_group);
  }
  claim_from_ = std::move(result.reply.elements[0].text);
  if (claim_from_ == "0-0") {
    next_claim_ = client_.now() + settings_.claim_after / 2;
  }
  write(result.reply.elements[1], true);
}

// --- Writing -----------------------------------------------------------------------------------

void StreamConsumer::write(Reply& entries, bool claimed) {
  const auto batch = std::make_shared<Batch>();
  batch->claimed = claimed;
  std::vector<std::pair<std::string, Message>> messages;
  std::vector<std::string> nonsense;
  for (Reply& entry : entries.elements) {
    if (entry.elements.size() != 2) {
      continue;  // before Redis 7: it was removed from the stream
    }
    if (auto message = to_message(entry.elements[1])) {
      messages.emplace_back(std::move(entry.elements[0].text), *std::move(message));
    } else {
      nonsense.push_back(std::move(entry.elements[0].text));
    }
  }
  done(nonsense);
  if (messages.empty()) {
    return next();
  }
  batch->missing = messages.size();
  for (auto& [entry, message] : messages) {
    append(batch, std::move(entry), std::move(message));
  }
}

void StreamConsumer::append(const std::shared_ptr<Batch>& batch, std::string entry,
                            Message message) {
  history_.append(std::move(message), [weak = weak_from_this(), batch, entry = std::move(entry)](
                                          const Outcome<AppendResult>& outcome) mutable {
    {
      const std::lock_guard lock(batch->mutex);
      // What breaks a limit of the history will do so for ever.
      if (outcome || outcome.failure == Failure::invalid) {
        batch->written.push_back(std::move(entry));
      } else {
        batch->failed = true;
      }
      if (--batch->missing > 0) {
        return;
      }
    }
    const auto self = weak.lock();
    if (self == nullptr) {
      return;
    }
    const std::lock_guard lock(self->mutex_);
    if (!self->stopped_) {
      self->client_.post([weak, batch] {
        const auto consumer = weak.lock();
        if (consumer != nullptr && !consumer->stopped_) {
          consumer->on_batch(*batch);
        }
      });
    }
  });
}

void StreamConsumer::on_batch(const Batch& batch) {
  ++counters_->batches;
  counters_->written += batch.written.size();
  counters_->recovered += batch.claimed ? batch.written.size() : 0;
  done(batch.written);
  if (batch.failed) {
    retry(&StreamConsumer::next);
  } else {
    next();
  }
}

void StreamConsumer::done(const std::vector<std::string>& entries) {
  if (entries.empty()) {
    return;
  }
  adapters::redis::Command acknowledge{"XACK", settings_.stream, group};
  adapters::redis::Command remove{"XDEL", settings_.stream};
  acknowledge.insert(acknowledge.end(), entries.begin(), entries.end());
  remove.insert(remove.end(), entries.begin(), entries.end());
  // Lost, they are claimed, and the history knows them.
  client_.execute_transaction({std::move(acknowledge), std::move(remove)}, [](const Result&) {});
}

}  // namespace chat
