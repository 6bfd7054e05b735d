#include "tests/adapters/support/fake_client.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace tests {

using adapters::redis::ResultCallback;

namespace {

/// Not one of doctest's: the client's thread may be any.
void check(bool holds, const char* problem, std::string_view what) {
  if (!holds) {
    throw std::logic_error(problem + std::string(what));
  }
}

const char* subscribe_word(adapters::redis::ChannelKind kind) {
  switch (kind) {
    case adapters::redis::ChannelKind::plain:
      return "SUBSCRIBE";
    case adapters::redis::ChannelKind::pattern:
      return "PSUBSCRIBE";
    case adapters::redis::ChannelKind::sharded:
      return "SSUBSCRIBE";
  }
  return "";
}

std::string unsubscribe_word(adapters::redis::ChannelKind kind) {
  std::string word = subscribe_word(kind);
  word.insert(kind == adapters::redis::ChannelKind::plain ? 0 : 1, "UN");
  return word;
}

/// `[abc]`, `[a-z]`, `[^a]`: whether it takes the character. `pattern` is what follows the bracket,
/// and afterwards what follows the class.
bool class_takes(std::string_view& pattern, char character) {
  const bool negated = pattern.starts_with('^');
  pattern.remove_prefix(negated ? 1 : 0);
  bool found = false;
  while (!pattern.empty() && pattern.front() != ']') {
    if (pattern.size() >= 3 && pattern[1] == '-' && pattern[2] != ']') {
      found = found || (pattern[0] <= character && character <= pattern[2]);
      pattern.remove_prefix(3);
      continue;
    }
    if (pattern.front() == '\\' && pattern.size() >= 2) {
      pattern.remove_prefix(1);
    }
    found = found || pattern.front() == character;
    pattern.remove_prefix(1);
  }
  pattern.remove_prefix(pattern.empty() ? 0 : 1);
  return found != negated;
}

/// Redis's glob patterns.
bool matches(std::string_view pattern, std::string_view text) {
  while (!pattern.empty()) {
    const char first = pattern.front();
    pattern.remove_prefix(1);
    if (first == '*') {
      for (std::size_t skipped = 0; skipped <= text.size(); ++skipped) {
        if (matches(pattern, text.substr(skipped))) {
          return true;
        }
      }
      return false;
    }
    if (text.empty()) {
      return false;
    }
    const char character = text.front();
    text.remove_prefix(1);
    if (first == '[') {
      if (!class_takes(pattern, character)) {
        return false;
      }
      continue;
    }
    char literal = first;
    if (first == '\\' && !pattern.empty()) {
      literal = pattern.front();
      pattern.remove_prefix(1);
    } else if (first == '?') {
      continue;
    }
    if (literal != character) {
      return false;
    }
  }
  return text.empty();
}

}  // namespace

// --- The test's side ----------------------------------------------------------------------------

std::vector<FakeClient::Command> FakeClient::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(commands_, {});
}

bool FakeClient::answer(Result result) {
  ResultCallback callback;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) {
      return false;
    }
    callback = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
  }
  post([callback = std::move(callback), result = std::move(result)]() mutable {
    if (callback) {
      callback(std::move(result));
    }
  });
  run();
  return true;
}

std::size_t FakeClient::unanswered() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

void FakeClient::run() {
  while (!idle()) {
    std::vector<engineio::Function<void()>> tasks;
    {
      const std::lock_guard lock(mutex_);
      tasks = std::exchange(tasks_, {});
    }
    for (auto& task : tasks) {
      task();
    }
  }
}

bool FakeClient::idle() const {
  const std::lock_guard lock(mutex_);
  return tasks_.empty();
}

std::size_t FakeClient::deliver(std::string_view channel, std::string payload, ChannelKind kind) {
  std::size_t receivers = 0;
  // A copy: a handler may subscribe and unsubscribe.
  for (const Subscription& subscription : std::vector<Subscription>(subscriptions_)) {
    const bool hears = subscription.kind == ChannelKind::pattern
                           ? kind != ChannelKind::sharded && matches(subscription.channel, channel)
                           : subscription.kind == kind && subscription.channel == channel;
    if (hears) {
      ++receivers;
      std::string copy = payload;
      (*subscription.handler)(channel, copy);
    }
  }
  run();
  return receivers;
}

void FakeClient::advance(engineio::Clock::duration duration) {
  run();
  const auto target = now_ + duration;
  for (auto next = timers_.next_deadline(); next && *next <= target;
       next = timers_.next_deadline()) {
    now_ = std::max(now_, *next);
    timers_.advance(now_);
    run();
  }
  now_ = target;
}

bool FakeClient::subscribed(ChannelKind kind, std::string_view channel) const {
  return find(kind, channel) != subscriptions_.end();
}

bool FakeClient::Blocking::answer(FakeClient& client, Result result) {
  if (!command) {
    return false;
  }
  command.reset();
  client.post([callback = std::exchange(callback, {}), result = std::move(result)]() mutable {
    callback(std::move(result));
  });
  client.run();
  return true;
}

// --- The adapter's side -------------------------------------------------------------------------

void FakeClient::record(Command command) {
  const std::lock_guard lock(mutex_);
  commands_.push_back(std::move(command));
}

void FakeClient::settle(const Command& command, ResultCallback callback) {
  std::optional<Result> result;
  if (!away && on_command) {
    result = on_command(command);
  } else if (!away && command[0].ends_with("PUBLISH")) {
    result = integer_reply(1);
  }
  if (!result) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(callback));
    return;
  }
  if (callback) {
    post([callback = std::move(callback), result = *std::move(result)]() mutable {
      callback(std::move(result));
    });
  }
}

void FakeClient::execute(Command command, ResultCallback callback) {
  record(command);
  settle(command, std::move(callback));
}

void FakeClient::execute_transaction(std::vector<Command> commands, ResultCallback callback) {
  record({"MULTI"});
  for (Command& command : commands) {
    record(std::move(command));
  }
  record({"EXEC"});
  settle({"EXEC"}, std::move(callback));
}

void FakeClient::publish(ChannelKind kind, std::string_view channel, std::string_view payload,
                         ResultCallback callback) {
  Command command{kind == ChannelKind::sharded ? "SPUBLISH" : "PUBLISH", std::string(channel),
                  std::string(payload)};
  record(command);
  if (callback) {
    settle(command, std::move(callback));
  }
}

void FakeClient::post(engineio::Function<void()> task) {
  const std::lock_guard lock(mutex_);
  tasks_.push_back(std::move(task));
}

void FakeClient::subscribe(ChannelKind kind, std::string channel,
                           adapters::redis::MessageHandler handler,
                           engineio::Function<void()> subscribed) {
  record({subscribe_word(kind), channel});
  check(!this->subscribed(kind, channel), "subscribed twice: ", channel);
  subscriptions_.push_back({kind, std::move(channel),
                            std::make_shared<adapters::redis::MessageHandler>(std::move(handler))});
  if (subscribed) {
    post(std::move(subscribed));
  }
}

void FakeClient::unsubscribe(ChannelKind kind, std::string_view channel) {
  record({unsubscribe_word(kind), std::string(channel)});
  const auto found = find(kind, channel);
  check(found != subscriptions_.end(), "not subscribed: ", channel);
  subscriptions_.erase(found);
}

void FakeClient::count_subscribers(ChannelKind kind, std::string_view channel,
                                   engineio::Function<void(std::optional<std::size_t>)> callback) {
  record({"PUBSUB", kind == ChannelKind::sharded ? "SHARDNUMSUB" : "NUMSUB", std::string(channel)});
  if (away) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back([callback = std::move(callback)](Result result) mutable {
      callback(result ? std::optional(static_cast<std::size_t>(result.reply.integer))
                      : std::nullopt);
    });
    return;
  }
  const auto found = subscribers.find(channel);
  const auto count = found != subscribers.end() ? found->second : other_subscribers;
  post([callback = std::move(callback), count]() mutable { callback(count); });
}

std::unique_ptr<adapters::redis::BlockingConnection> FakeClient::connect_blocking(std::string key) {
  class Connection final : public adapters::redis::BlockingConnection {
   public:
    Connection(FakeClient& client, std::shared_ptr<Blocking> state)
        : client_(client), state_(std::move(state)) {}
    ~Connection() override { state_->destroyed = true; }

    void execute(Command command, ResultCallback callback) override {
      check(!state_->command, "a second command on the blocking connection ", state_->key);
      client_.record(command);
      state_->command = std::move(command);
      state_->callback = std::move(callback);
    }

   private:
    FakeClient& client_;
    std::shared_ptr<Blocking> state_;
  };

  auto state = std::make_shared<Blocking>();
  state->key = std::move(key);
  blocking.push_back(state);
  return std::make_unique<Connection>(*this, std::move(state));
}

std::vector<FakeClient::Subscription>::const_iterator FakeClient::find(
    ChannelKind kind, std::string_view channel) const {
  return std::find_if(subscriptions_.begin(), subscriptions_.end(), [&](const auto& subscription) {
    return subscription.kind == kind && subscription.channel == channel;
  });
}

// --- Replies ------------------------------------------------------------------------------------

namespace {

adapters::redis::Result make_reply(adapters::redis::Reply::Type type, std::string text = "",
                                   std::int64_t integer = 0) {
  return {"", {type, integer, std::move(text), {}}};
}

}  // namespace

adapters::redis::Result nil_reply() { return make_reply(adapters::redis::Reply::Type::nil); }

adapters::redis::Result integer_reply(std::int64_t value) {
  return make_reply(adapters::redis::Reply::Type::integer, "", value);
}

adapters::redis::Result string_reply(std::string text) {
  return make_reply(adapters::redis::Reply::Type::string, std::move(text));
}

adapters::redis::Result status_reply(std::string text) {
  return make_reply(adapters::redis::Reply::Type::status, std::move(text));
}

adapters::redis::Result array_reply(std::vector<adapters::redis::Result> elements) {
  adapters::redis::Result result = make_reply(adapters::redis::Reply::Type::array);
  for (adapters::redis::Result& element : elements) {
    result.reply.elements.push_back(std::move(element.reply));
  }
  return result;
}

adapters::redis::Result error_reply(std::string error) { return {std::move(error), {}}; }

}  // namespace tests
