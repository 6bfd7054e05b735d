// sio_emit: sends to the clients of a cluster from the command line.

#include <cstdio>
#include <exception>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/emitter.hpp"
#include "adapters/redis.hpp"
#include "apps/emit/order.hpp"

namespace {

void send(const adapters::Emitter& target, emit::Order& order) {
  switch (order.kind) {
    case emit::Order::Kind::event:
      target.emit(order.event, socketio::spread(order.arguments));
      break;
    case emit::Order::Kind::join:
      target.sockets_join(std::move(order.rooms));
      break;
    case emit::Order::Kind::leave:
      target.sockets_leave(std::move(order.rooms));
      break;
    case emit::Order::Kind::disconnect:
      target.disconnect_sockets(order.close);
      break;
    case emit::Order::Kind::help:
      break;
  }
}

int run(emit::Order order) {
  if (order.kind == emit::Order::Kind::help) {
    std::fputs(emit::usage, stdout);
    return 0;
  }
  std::promise<adapters::EmitResult> answered;
  auto answer = answered.get_future();
  const auto redis = std::make_shared<adapters::Redis>(adapters::RedisOptions{.url = order.redis});
  const adapters::Emitter emitter(
      redis,
      {.key = order.key, .nsp = order.nsp, .on_result = [&](const adapters::EmitResult& result) {
         answered.set_value(result);
       }});
  send(emitter.to(order.to).except(order.except), order);
  if (answer.wait_for(order.timeout) != std::future_status::ready) {
    std::fputs("sio_emit: Redis did not answer in time; see --redis and --timeout\n", stderr);
    return 1;
  }
  const adapters::EmitResult result = answer.get();
  if (!result) {
    std::fprintf(stderr, "sio_emit: %s\n", result.error.c_str());
    return 1;
  }
  std::printf("servers told: %lld\n", static_cast<long long>(result.servers));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(emit::parse_order(std::vector<std::string>(argv + 1, argv + argc)));
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "sio_emit: %s\n", problem.what());
    return 2;
  }
}
