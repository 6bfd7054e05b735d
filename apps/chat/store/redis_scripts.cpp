#include "apps/chat/store/redis_scripts.hpp"

namespace chat {

using adapters::redis::Client;
using adapters::redis::Command;
using adapters::redis::Reply;
using adapters::redis::Result;

namespace {

/// Of a script that may be repeated.
constexpr int attempts = 3;

Command to_command(ScriptCall call) {
  Command command{"EVAL", std::move(call.script), std::to_string(call.keys.size())};
  for (auto* part : {&call.keys, &call.arguments}) {
    command.insert(command.end(), std::make_move_iterator(part->begin()),
                   std::make_move_iterator(part->end()));
  }
  return command;
}

/// A script under way. Not more than the client, whose thread it ends on, needs to live for it.
struct Running {
  Client& client;
  engineio::Function<void(Failure, std::string, Reply&)> finish;
  std::shared_ptr<std::atomic<std::size_t>> waiting;
  Command command;  // kept for another attempt, if there may be one
  int attempts_left;
};

void finish(Running& running, Result result) {
  --*running.waiting;
  const bool full = result.error == adapters::redis::queue_full;
  const Failure failure = result ? Failure::none
                          : full ? Failure::overloaded
                                 : Failure::unavailable;
  std::string error;
  if (!result) {
    error = "Redis: " + result.error + ": try again in a moment";
  }
  running.finish(failure, std::move(error), result.reply);
}

void start(std::unique_ptr<Running> running) {
  Client& client = running->client;
  Command command;
  if (--running->attempts_left > 0) {
    command = running->command;
  } else {
    command = std::move(running->command);
  }
  client.execute(std::move(command), [running = std::move(running)](Result result) mutable {
    if (result.error == adapters::redis::connection_lost && running->attempts_left > 0) {
      start(std::move(running));
    } else {
      finish(*running, std::move(result));
    }
  });
}

}  // namespace

std::string key_part(std::string_view id) {
  std::string part;
  part.reserve(id.size());
  for (const char c : id) {
    if (c == ':') {
      part += "%3A";
    } else if (c == '%') {
      part += "%25";
    } else {
      part += c;
    }
  }
  return part;
}

RedisScripts::RedisScripts(Client& client, std::size_t most_waiting)
    : client_(client),
      most_waiting_(most_waiting),
      waiting_(std::make_shared<std::atomic<std::size_t>>(0)) {}

void RedisScripts::send(ScriptCall call, Finish finish) {
  if (waiting_->fetch_add(1) >= most_waiting_) {
    --*waiting_;
    Reply none;
    return finish(Failure::overloaded, "too much waits for Redis: try again in a moment", none);
  }
  const int attempts_left = call.repeatable ? attempts : 1;
  start(std::unique_ptr<Running>(new Running{.client = client_,
                                             .finish = std::move(finish),
                                             .waiting = waiting_,
                                             .command = to_command(std::move(call)),
                                             .attempts_left = attempts_left}));
}

}  // namespace chat
