#include "tests/adapters/support/redis_recorder.hpp"

#include <stdexcept>

namespace tests {

using adapters::redis::ChannelKind;
using adapters::redis::Result;

namespace {

template <class Value>
Value wait_for(std::future<Value> future) {
  if (future.wait_for(std::chrono::seconds(20)) != std::future_status::ready) {
    throw std::runtime_error("the client does not answer");
  }
  return future.get();
}

}  // namespace

TestedClient::TestedClient(adapters::RedisOptions options) {
  options.log = [log = log_.get()](socketio::LogLevel, std::string_view text) {
    log->add(std::string(text));
  };
  client_ = adapters::redis::make_client(std::move(options));
}

void TestedClient::on_thread(std::function<void()> task) const {
  std::promise<void> done;
  client_->post([&] {
    task();
    done.set_value();
  });
  done.get_future().wait();
}

Result TestedClient::execute(adapters::redis::Command command) const {
  auto answered = std::make_shared<std::promise<Result>>();
  auto future = answered->get_future();
  client_->execute(std::move(command),
                   [answered](Result result) { answered->set_value(std::move(result)); });
  return wait_for(std::move(future));
}

void TestedClient::subscribe(ChannelKind kind, const std::string& name) const {
  on_thread([&] {
    client_->subscribe(
        kind, name,
        [notes = messages_.get()](std::string_view channel, std::span<char> payload) {
          notes->add(std::string(channel) + "=" + std::string(payload.begin(), payload.end()));
        },
        [notes = messages_.get(), name] { notes->add("subscribed " + name); });
  });
}

void TestedClient::unsubscribe(ChannelKind kind, const std::string& name) const {
  on_thread([&] { client_->unsubscribe(kind, name); });
}

std::optional<std::size_t> TestedClient::count(ChannelKind kind, const std::string& channel) const {
  auto counted = std::make_shared<std::promise<std::optional<std::size_t>>>();
  auto future = counted->get_future();
  on_thread([&] {
    client_->count_subscribers(kind, channel, [counted](std::optional<std::size_t> number) {
      counted->set_value(number);
    });
  });
  return wait_for(std::move(future));
}

bool TestedClient::wait_for_message(const std::string& note) const {
  return wait_until([&] { return messages_->has(note); });
}

}  // namespace tests
