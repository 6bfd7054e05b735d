#include "socketio/namespace.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "socketio/detail/namespace_access.hpp"
#include "socketio/detail/outgoing.hpp"
#include "socketio/detail/parent_adapter.hpp"
#include "socketio/detail/server_core.hpp"
#include "socketio/detail/tape_writer.hpp"

namespace socketio {

using detail::NamespaceAccess;

Namespace::Namespace(detail::ServerCore& core, std::string name)
    : core_(core),
      name_(std::move(name)),
      handlers_(std::make_shared<const detail::HandlerLists>()) {
  for (std::size_t i = 0; i < core.shard_count(); ++i) {
    shards_.push_back(std::make_unique<detail::NamespaceShard>(*this, core, core.context(i)));
  }
}

Namespace::~Namespace() = default;

Namespace& Namespace::use(Middleware middleware) {
  NamespaceAccess::change_handlers(*this, [&](detail::HandlerLists& lists) {
    lists.middlewares.push_back(std::make_shared<Middleware>(std::move(middleware)));
  });
  return *this;
}

Namespace& Namespace::on_connection(ConnectionHandler handler) {
  NamespaceAccess::change_handlers(*this, [&](detail::HandlerLists& lists) {
    lists.on_connection.push_back(std::make_shared<ConnectionHandler>(std::move(handler)));
  });
  return *this;
}

Namespace& Namespace::handle_raw(std::string_view event, EventHandler handler) {
  NamespaceAccess::change_handlers(*this, [&](detail::HandlerLists& lists) {
    lists.events.push_back(
        {detail::EventName(event), std::make_shared<EventHandler>(std::move(handler))});
  });
  return *this;
}

Namespace& Namespace::on_server_event_raw(std::string_view event, EventHandler handler) {
  NamespaceAccess::change_handlers(*this, [&](detail::HandlerLists& lists) {
    lists.server_events.push_back(
        {detail::EventName(event), std::make_shared<EventHandler>(std::move(handler))});
  });
  return *this;
}

BroadcastOperator Namespace::everyone() {
  return BroadcastOperator(NamespaceAccess::shared_adapter(*this));
}

void Namespace::server_side_emit_payload(std::string_view event, PayloadWriter payload,
                                         AckResultsCallback on_answers) {
  constexpr std::array<std::string_view, 3> reserved{"connect", "connection", "new_namespace"};
  if (std::find(reserved.begin(), reserved.end(), event) != reserved.end()) {
    throw std::invalid_argument('"' + std::string(event) + "\" is a reserved event name");
  }
  if (!on_answers) {
    adapter_->server_side_emit(payload, nullptr);
    return;
  }
  adapter_->server_side_emit(payload, core_.call_at_home<AckResults>(std::move(on_answers)));
}

void Namespace::for_each_socket(engineio::Shard& shard, const std::function<void(Socket&)>& visit) {
  // A copy: the visitor may make sockets leave.
  for (Socket* socket : std::vector<Socket*>(shards_[shard.index()]->sockets())) {
    visit(*socket);
  }
}

// --- ParentNamespace ----------------------------------------------------------------------------

ParentNamespace::ParentNamespace(detail::ServerCore& core, std::string name)
    : Namespace(core, std::move(name)) {
  NamespaceAccess::set_up(*this, std::make_unique<detail::ParentAdapter>(*this));
}

ParentNamespace::~ParentNamespace() = default;

std::vector<std::shared_ptr<Namespace>> ParentNamespace::children() const {
  const std::lock_guard lock(children_mutex_);
  std::vector<std::shared_ptr<Namespace>> living;
  for (const auto& child : children_) {
    if (auto nsp = child.lock()) {
      living.push_back(std::move(nsp));
    }
  }
  return living;
}

// --- NamespaceAccess ----------------------------------------------------------------------------

namespace detail {

std::shared_ptr<const HandlerLists> NamespaceAccess::handlers(const Namespace& nsp) {
  const std::lock_guard lock(nsp.handlers_mutex_);
  return nsp.handlers_;
}

void NamespaceAccess::set_up(Namespace& nsp, std::unique_ptr<Adapter> adapter) {
  nsp.adapter_ = std::move(adapter);
}

void NamespaceAccess::add_child(ParentNamespace& parent, const std::shared_ptr<Namespace>& child) {
  const std::lock_guard lock(parent.children_mutex_);
  auto& children = parent.children_;
  // Forgets those that have gone when the list would grow: constant time on average.
  if (children.size() == children.capacity()) {
    std::erase_if(children, [](const auto& other) { return other.expired(); });
  }
  children.push_back(child);
}

void NamespaceAccess::deliver_server_event(Namespace& nsp, const Array& event_and_arguments,
                                           std::shared_ptr<AckChannel> reply) {
  TapeWriter values;
  write_value(values, event_and_arguments);
  const ValueView view = values.view();
  std::string memory;
  IncomingEvent event(event_name(view[0], memory), Arguments(view, 1), nullptr, std::move(reply));
  const std::size_t hash = std::hash<std::string_view>{}(event.name());
  const auto lists = handlers(nsp);
  const EventActivity words{event.name(), nsp.name()};
  const engineio::Activity activity(nsp.core_.home().shard.activity(), &words, describe_event);
  for (const SharedHandler& shared : lists->server_events) {
    if (shared.event.is(hash, event.name()) &&
        !nsp.core_.contain("a handler of server events", [&] { (*shared.handler)(event); })) {
      event.fail();
    }
  }
}

}  // namespace detail

}  // namespace socketio
