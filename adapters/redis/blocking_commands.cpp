#include "adapters/redis/blocking_commands.hpp"

#include <cassert>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/redis/resp.hpp"

namespace adapters::redis {

namespace {

constexpr int max_attempts = 16;
constexpr std::chrono::milliseconds for_ever = std::chrono::hours(24 * 365);
constexpr std::string_view ping = "*1\r\n$4\r\nPING\r\n";

}  // namespace

std::chrono::milliseconds blocking_time(const Command& command) {
  for (std::size_t i = 0; i + 1 < command.size(); ++i) {
    if (command[i] != "BLOCK" && command[i] != "block") {
      continue;
    }
    const std::string& digits = command[i + 1];
    std::int64_t milliseconds = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), milliseconds);
    const bool limited = milliseconds > 0 && milliseconds < for_ever.count();
    return limited ? std::chrono::milliseconds(milliseconds) : for_ever;
  }
  return std::chrono::milliseconds(0);
}

BlockingCommands::BlockingCommands(Environment& environment, std::shared_ptr<Locator> locator)
    : environment_(environment),
      locator_(std::move(locator)),
      connection_(environment, *locator_, environment.target, "blocking", *this) {
  environment_.blocking.insert(this);
  connection_.start();
}

BlockingCommands::~BlockingCommands() { environment_.blocking.erase(this); }

void BlockingCommands::execute(Command command, ResultCallback callback) {
  assert(!callback_ && "one command at a time");
  append_command(command_, command);
  callback_ = std::move(callback);
  blocking_time_ = blocking_time(command);
  attempts_ = 0;
  flush();
}

void BlockingCommands::give_up(const char* error) {
  if (callback_) {
    command_.clear();
    std::exchange(callback_, nullptr)({.error = error, .reply = {}});
  }
}

void BlockingCommands::flush() {
  if (connection_.ready() && !connection_.writing() && callback_ && !written_) {
    written_ = true;
    connection_.allow(blocking_time_);
    const std::string_view piece = command_;
    connection_.write(std::span(&piece, 1));
  }
}

void BlockingCommands::on_reply(Reply& reply) {
  if (std::exchange(pinged_, false)) {
    return;
  }
  if (!std::exchange(written_, false)) {
    return connection_.reconnect("it sent a reply that nobody waits for");
  }
  connection_.allow({});
  const bool failed = reply.type == Reply::Type::error;
  if (failed && attempts_ < max_attempts && locator_->misplaced(reply.text)) {
    ++attempts_;
    return connection_.reconnect(std::string(reply.text));
  }
  command_.clear();
  Result result;
  if (failed) {
    result.error = std::move(reply.text);
  } else {
    result.reply = std::move(reply);
  }
  std::exchange(callback_, nullptr)(std::move(result));
}

void BlockingCommands::on_lost() {
  pinged_ = false;
  if (std::exchange(written_, false)) {
    give_up(connection_lost);
  }
}

void BlockingCommands::on_idle() {
  pinged_ = true;
  connection_.write(std::span(&ping, 1));
}

void for_each_blocking(Environment& environment,
                       engineio::Function<void(BlockingCommands&)> function) {
  const std::vector all(environment.blocking.begin(), environment.blocking.end());
  for (BlockingCommands* blocking : all) {
    if (environment.blocking.contains(blocking)) {
      function(*blocking);
    }
  }
}

}  // namespace adapters::redis
