#include "apps/chat/chat_profile.hpp"

#include <algorithm>
#include <fstream>
#include <future>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <utility>

#include "adapters/redis_client.hpp"
#include "apps/chat/auth/token_verifier.hpp"
#include "apps/chat/gateway/gateways.hpp"
#include "apps/chat/monitoring/readiness.hpp"
#include "apps/chat/monitoring/redis_probe.hpp"
#include "apps/chat/monitoring/room_count.hpp"
#include "apps/chat/monitoring/routes.hpp"
#include "apps/chat/monitoring/server_metrics.hpp"
#include "apps/chat/monitoring/stats.hpp"
#include "apps/chat/monitoring/trace.hpp"
#include "apps/chat/pages.hpp"
#include "apps/chat/storage.hpp"

namespace chat {

namespace {

const std::vector<std::string> namespaces = {"/", "/chat", "/rooms"};

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Nullptr: there is no key, everybody is a guest.
std::shared_ptr<const TokenVerifier> make_verifier(const AuthSettings& auth) {
  if (!auth.enabled()) {
    return nullptr;
  }
  TokenRules rules;
  rules.keys.push_back(
      {.algorithm = token_algorithm(auth.algorithm).value(),
       .material = auth.secret.empty() ? content_of(auth.public_key_file) : auth.secret});
  if (!auth.issuer.empty()) {
    rules.issuers = {auth.issuer};
  }
  if (!auth.audience.empty()) {
    rules.audiences = {auth.audience};
  }
  rules.tolerance = std::chrono::ceil<std::chrono::seconds>(auth.leeway);
  return std::make_shared<TokenVerifier>(std::move(rules));
}

/// Waits until Redis answers, as long as RetrySettings allow. Throws std::runtime_error then.
void reach(adapters::Redis& redis, const RetrySettings& retry) {
  if (retry.attempts == 0) {
    return;
  }
  auto reached = std::make_shared<std::promise<void>>();
  redis.client().execute({"PING", "start"},
                         [reached](const adapters::redis::Result&) { reached->set_value(); });
  const std::future<void> answer = reached->get_future();
  std::chrono::milliseconds delay = retry.delay;
  for (unsigned i = 0; i < retry.attempts; ++i) {
    if (answer.wait_for(delay) == std::future_status::ready) {
      return;
    }
    delay = std::min(2 * delay, retry.max_delay);
  }
  throw std::runtime_error(
      "Redis does not answer; start it, correct redis.url, or set websocket.retryConfig.attempts "
      "to 0 to start without it");
}

}  // namespace

class ChatProfile::Impl {
 public:
  Impl(socketio::Server& io, const Settings& settings, Log& log, Metrics& metrics,
       std::shared_ptr<adapters::BusMonitor> bus)
      : readiness_([this](Readiness::Answer answer) { storage_.probe(std::move(answer)); }),
        storage_(settings, log, metrics),
        rooms_(io, namespaces),
        bus_(std::move(bus)) {
    if (adapters::Redis* redis = storage_.redis().get()) {
      reach(*redis, settings.retry);
      redis_probe_.emplace(*redis, metrics, settings.redis.ping_interval);
    }
    gateways_ = std::make_unique<Gateways>(io, Services{.settings = settings,
                                                        .log = log,
                                                        .metrics = metrics,
                                                        .messages = storage_.messages(),
                                                        .rooms = storage_.rooms(),
                                                        .clients = storage_.clients(),
                                                        .verifier = make_verifier(settings.auth),
                                                        .redis = storage_.redis(),
                                                        .node_id = settings.server.node_id});
    serve(io, settings, log, metrics);
  }

  void drain() { readiness_.drain(); }
  void change(const Settings& settings) { gateways_->change(settings.limits); }
  void leave() { gateways_->leave(); }

 private:
  void serve(socketio::Server& io, const Settings& settings, Log& log, Metrics& metrics) {
    const Watched watched{.io = io,
                          .log = log,
                          .readiness = readiness_,
                          .rooms = rooms_,
                          .redis = storage_.redis().get(),
                          .bus = bus_.get()};
    metrics
        .gauge("sio_chat_info", "Which program this is.",
               {{"version", SIO_VERSION}, {"profile", "chat"}, {"node", settings.server.node_id}})
        .set(1);
    watch_server(metrics, watched);
    stats_.emplace(settings, metrics, watched, redis_probe_ ? &*redis_probe_ : nullptr);
    serve_monitoring(io, readiness_, metrics,
                     [this] { return stats_->json(gateways_->cluster()); });
    io.on_http(serve_page);
    trace_sockets(io, namespaces, log);
  }

  Readiness readiness_;  // outlives the storage, which may still answer its probe
  Storage storage_;
  RoomCount rooms_;
  std::shared_ptr<adapters::BusMonitor> bus_;
  std::optional<RedisProbe> redis_probe_;
  std::unique_ptr<Gateways> gateways_;
  std::optional<Stats> stats_;
};

ChatProfile::ChatProfile(socketio::Server& io, const Settings& settings, Log& log, Metrics& metrics,
                         std::shared_ptr<adapters::BusMonitor> bus)
    : impl_(std::make_unique<Impl>(io, settings, log, metrics, std::move(bus))) {}

ChatProfile::~ChatProfile() = default;

void ChatProfile::drain() { impl_->drain(); }
void ChatProfile::change(const Settings& settings) { impl_->change(settings); }
void ChatProfile::leave() { impl_->leave(); }

}  // namespace chat
