#include "apps/chat/gateway/gateways.hpp"

#include <chrono>
#include <functional>
#include <future>
#include <utility>

#include "apps/chat/cluster/local_rooms.hpp"
#include "apps/chat/cluster/node_registry.hpp"
#include "apps/chat/gateway/authenticator.hpp"
#include "apps/chat/gateway/chat_gateway.hpp"
#include "apps/chat/gateway/rooms_gateway.hpp"
#include "apps/chat/gateway/user_limits.hpp"
#include "apps/chat/monitoring/process.hpp"
#include "apps/chat/presence/cluster_presence.hpp"
#include "apps/chat/presence/presence.hpp"
#include "apps/chat/service/service_gateway.hpp"
#include "apps/chat/service/websocket_service.hpp"
#include "apps/chat/wall_clock.hpp"

namespace chat {

using socketio::Namespace;
using socketio::Socket;

namespace {

constexpr std::chrono::seconds leave_timeout{1};

std::vector<Namespace*> chat_namespaces(socketio::Server& io, const ChatSettings& settings) {
  std::vector<Namespace*> namespaces{&io.of("/chat")};
  if (settings.main_namespace) {
    namespaces.push_back(&io.sockets());
  }
  return namespaces;
}

socketio::Object metadata_of(const std::optional<User>& user) {
  if (!user) {
    return {};
  }
  return {{"userId", user->id}, {"username", user->username}};
}

// A part after the other, until all are gone.
void remove_records(ClientRecords& clients, const std::string& node) {
  clients.remove_node(node, [&clients, node](const Outcome<ClientRecords::Removed>& outcome) {
    if (outcome && !outcome.value.finished) {
      remove_records(clients, node);
    }
  });
}

}  // namespace

class Gateways::Impl {
 public:
  Impl(socketio::Server& io, const Services& services);

  void change(const LimitSettings& limits) { limits_.change(limits); }
  void leave();
  [[nodiscard]] ClusterStatistics cluster() const;

 private:
  void welcome_clients();
  void join_cluster(adapters::redis::Client& redis);
  [[nodiscard]] NodeRecord describe_node() const;
  void replace_node(const std::string& node, const std::vector<std::string>& rooms);

  socketio::Server& io_;
  Services services_;
  const std::int64_t started_ = wall_clock().time_since_epoch().count();
  LocalRooms local_rooms_;
  UserLimits limits_;
  Authenticator authenticator_;
  Presence presence_;
  std::unique_ptr<ClusterPresence> cluster_presence_;  // null without Redis
  WebSocketService service_;
  ServiceGateway service_gateway_;
  RoomsGateway rooms_;
  ChatGateway chat_;
  std::unique_ptr<NodeRegistry> registry_;  // null without Redis; ends first
};

Gateways::Impl::Impl(socketio::Server& io, const Services& services)
    : io_(io),
      services_(services),
      limits_(services.settings.limits),
      authenticator_(services.verifier, services.log),
      presence_(io.engine().shard(0),
                {.node = services.node_id, .grace = services.settings.presence.grace}),
      cluster_presence_(services.redis == nullptr
                            ? nullptr
                            : std::make_unique<ClusterPresence>(
                                  services.redis->client(), presence_,
                                  ClusterPresence::Options{
                                      .node = services.node_id,
                                      .key_prefix = services.settings.redis.key_prefix,
                                      .lifetime = services.settings.cluster.node_timeout * 10})),
      service_(io.sockets(), services.clients, services.rooms, local_rooms_),
      service_gateway_(io.sockets(), service_, limits_, services.metrics),
      rooms_(io.of("/rooms"), local_rooms_, limits_, services.metrics),
      chat_(
          chat_namespaces(io, services.settings.chat),
          {services_, presence_, cluster_presence_.get(), local_rooms_, limits_, authenticator_}) {
  presence_.on_change([this](const PresenceChange& change) { chat_.tell_presence(change); });
  presence_.on_left([this](const std::string& user) { chat_.tell_left(user); });
  welcome_clients();
  if (services.redis != nullptr) {
    join_cluster(services.redis->client());
  }
  Gauge online = services.metrics.gauge("sio_chat_users_online", "Users in the cluster's chat.");
  services.metrics.on_scrape(
      [this, online]() mutable { online.set(static_cast<double>(presence_.user_count())); });
}

void Gateways::Impl::welcome_clients() {
  using Guests = Authenticator::Guests;
  const Guests guests = services_.settings.auth.required ? Guests::refused : Guests::welcome;
  io_.of("/chat").on_connection([this, guests](Socket& socket) {
    if (auto admission = authenticator_.admit(socket, guests); admission.admitted) {
      chat_.welcome(socket, std::move(admission.user));
    }
  });
  io_.of("/rooms").on_connection([this, guests](Socket& socket) {
    if (auto admission = authenticator_.admit(socket, guests); admission.admitted) {
      rooms_.welcome(socket, std::move(admission.user));
    }
  });
  io_.on_connection([this](Socket& socket) {
    if (auto admission = authenticator_.admit(socket, Guests::refused); admission.admitted) {
      service_.handle_connection(socket, metadata_of(admission.user));
      if (services_.settings.chat.main_namespace) {
        chat_.welcome(socket, std::move(admission.user));
      }
    }
  });
}

// --- The cluster --------------------------------------------------------------------------------

void Gateways::Impl::join_cluster(adapters::redis::Client& redis) {
  const Settings& settings = services_.settings;
  registry_ = std::make_unique<NodeRegistry>(
      redis, local_rooms_,
      NodeRegistry::Options{.node = services_.node_id,
                            .key_prefix = settings.redis.key_prefix,
                            .heartbeat = settings.cluster.heartbeat,
                            .timeout = settings.cluster.node_timeout},
      NodeRegistry::Hooks{
          .describe = [this] { return describe_node(); },
          .on_registered = [this] { cluster_presence_->write_all(); },
          .on_look = [this](const auto& alive,
                            const auto& gone) { cluster_presence_->look(alive, gone); },
          .on_failed = [this](const auto& node, const auto& rooms) { replace_node(node, rooms); }});
}

NodeRecord Gateways::Impl::describe_node() const {
  return {.connections = io_.engine().statistics().sessions,
          .memory = {.rss = process_usage().resident_bytes},
          .started = started_,
          .presence = cluster_presence_->revision()};
}

void Gateways::Impl::replace_node(const std::string& node, const std::vector<std::string>& rooms) {
  services_.log.warn("a node died", {{"deadNode", node}, {"rooms", rooms.size()}});
  cluster_presence_->remove_node(node);
  remove_records(services_.clients, node);
  for (const std::string& room : rooms) {
    const ReconnectRequired notice{room, "node_failure"};
    chat_.to_room(room, "reconnectRequired", notice);
    io_.of("/rooms").to(room_key(room)).emit("reconnectRequired", notice);
    if (!services_.settings.chat.main_namespace) {
      io_.to(room_key(room)).emit("reconnectRequired", notice);
    }
  }
}

void Gateways::Impl::leave() {
  if (registry_ == nullptr) {
    return;
  }
  cluster_presence_->leave();
  auto left = std::make_shared<std::promise<void>>();
  registry_->leave([left] { left->set_value(); });
  if (left->get_future().wait_for(leave_timeout) != std::future_status::ready) {
    services_.log.warn("left the cluster without Redis: the others will notice by themselves");
  }
}

ClusterStatistics Gateways::Impl::cluster() const {
  if (registry_ == nullptr) {
    return summarize({{.node = services_.node_id,
                       .timestamp = wall_clock().time_since_epoch().count(),
                       .connections = io_.engine().statistics().sessions,
                       .memory = {.rss = process_usage().resident_bytes}}});
  }
  return registry_->statistics();
}

// --- Gateways -----------------------------------------------------------------------------------

Gateways::Gateways(socketio::Server& io, const Services& services)
    : impl_(std::make_unique<Impl>(io, services)) {}

Gateways::~Gateways() = default;

void Gateways::change(const LimitSettings& limits) { impl_->change(limits); }

void Gateways::leave() { impl_->leave(); }

ClusterStatistics Gateways::cluster() const { return impl_->cluster(); }

}  // namespace chat
