#include "apps/chat/monitoring/redis_probe.hpp"

#include "adapters/redis_client.hpp"

namespace chat {

namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

}  // namespace

struct RedisProbe::State {
  State(adapters::redis::Client& its_client, Histogram its_latency,
        std::chrono::milliseconds its_interval)
      : client(its_client), latency(its_latency), interval(its_interval) {}

  /// On the client's thread, as what follows from it.
  static void ping(const std::shared_ptr<State>& state);

  adapters::redis::Client& client;
  Histogram latency;
  const std::chrono::milliseconds interval;
  std::atomic<double> last = 0;
  std::atomic<bool> stopped = false;
};

// The next PING follows the answer, so that they do not pile up while Redis is away. In a cluster
// the second word says which master is asked.
void RedisProbe::State::ping(const std::shared_ptr<State>& state) {
  if (state->stopped) {
    return;
  }
  const auto begin = engineio::Clock::now();
  state->client.execute({"PING", "latency"}, [state, begin](const adapters::redis::Result& result) {
    if (result) {
      const auto latency = engineio::Clock::now() - begin;
      state->latency.observe(latency);
      state->last = Milliseconds(latency).count();
    }
    if (!state->stopped) {
      state->client.timers().run_at(state->client.now() + state->interval,
                                    [state] { ping(state); });
    }
  });
}

RedisProbe::RedisProbe(adapters::Redis& redis, Metrics& metrics, std::chrono::milliseconds interval)
    : state_(std::make_shared<State>(
          redis.client(),
          metrics.histogram("sio_chat_redis_ping_seconds", "How long Redis takes for a PING."),
          interval)) {
  redis.client().post([state = state_] { State::ping(state); });
}

RedisProbe::~RedisProbe() { state_->stopped = true; }

double RedisProbe::last_latency() const { return state_->last; }

}  // namespace chat
