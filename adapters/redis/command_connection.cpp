#include "adapters/redis/command_connection.hpp"

#include <utility>

#include "adapters/redis/resp.hpp"

namespace adapters::redis {

namespace {

// What is handed to one write counts as sent when the connection is lost.
constexpr std::size_t write_size = 256 * 1024;

}  // namespace

void give_up(Environment& environment, CommandBatch commands, const char* error) {
  std::size_t count = 0;
  std::size_t bytes = 0;
  for (const CommandHeader& header : commands.headers) {
    count += header.counted ? 1 : 0;
    bytes += header.counted_size();
  }
  environment.outbox.release(count, bytes);
  for (ResultCallback& callback : commands.callbacks) {
    callback({.error = error, .reply = {}});
  }
}

CommandConnection::CommandConnection(Environment& environment, Locator& locator, Owner& owner)
    : environment_(environment),
      wants_master_(locator.wants_master()),
      owner_(owner),
      connection_(environment, locator, environment.target, "commands", *this) {}

CommandConnection::~CommandConnection() {
  if (ready()) {
    environment_.counters.command_connections.fetch_sub(1, std::memory_order_relaxed);
  }
}

void CommandConnection::send(CommandBatch commands) {
  pipeline_.push(std::move(commands));
  flush();
}

void CommandConnection::flush() {
  if (connection_.ready() && !connection_.writing() && pipeline_.has_output()) {
    connection_.write(pipeline_.take_output(write_size));
  }
}

void CommandConnection::give_up_all(const char* error) {
  CommandBatch commands = pipeline_.lose();
  commands.append(pipeline_.take_unsent());
  give_up(environment_, std::move(commands), error);
}

void CommandConnection::on_ready() {
  environment_.counters.command_connections.fetch_add(1, std::memory_order_relaxed);
  flush();
  owner_.on_ready(*this);
}

void CommandConnection::on_reply(Reply& reply) {
  if (!pipeline_.awaiting_reply()) {
    return connection_.reconnect("it sent a reply that nobody waits for");
  }
  std::optional<Pipeline::Answer> answer = pipeline_.on_reply(reply);
  if (!answer) {
    return;
  }
  const bool demoted = wants_master_ && answer->error.starts_with("READONLY");
  if (answer->error.empty() || !owner_.take_over(*this, *answer)) {
    finish(*answer, reply);
  }
  if (demoted) {
    connection_.reconnect("it is not a master any longer");
  }
}

void CommandConnection::finish(Pipeline::Answer& answer, Reply& reply) {
  if (answer.header.counted) {
    ++answered_;
    answered_bytes_ += answer.header.counted_size();
  }
  if (answer.callback) {
    const bool failed = !answer.error.empty();
    answer.callback(
        {.error = std::move(answer.error), .reply = failed ? Reply() : std::move(reply)});
  } else if (!answer.error.empty()) {
    const std::string kind = answer.error.substr(0, answer.error.find(' '));
    environment_.journal.write_once(
        socketio::LogLevel::warning, "publish " + kind,
        connection_.label() + ": commands are refused, this is the first: " + answer.error);
  }
}

void CommandConnection::on_replies_end() {
  if (answered_ > 0) {
    environment_.outbox.release(std::exchange(answered_, 0), std::exchange(answered_bytes_, 0));
  }
}

void CommandConnection::on_lost() {
  environment_.counters.command_connections.fetch_sub(1, std::memory_order_relaxed);
  on_replies_end();
  give_up(environment_, pipeline_.lose(), connection_lost);
  owner_.on_lost(*this);
}

void CommandConnection::on_idle() {
  CommandBatch ping;
  std::string bytes;
  append_command(bytes, {"PING"});
  ping.add({}, bytes, {});
  send(std::move(ping));
}

}  // namespace adapters::redis
