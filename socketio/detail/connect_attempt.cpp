#include "socketio/detail/connect_attempt.hpp"

#include <utility>

#include "socketio/detail/client.hpp"
#include "socketio/detail/handshake_builder.hpp"
#include "socketio/detail/namespace_access.hpp"
#include "socketio/detail/server_core.hpp"
#include "socketio/detail/socket_access.hpp"
#include "socketio/detail/string_id.hpp"

namespace socketio::detail {

namespace {

std::string make_id(const Client& client, const std::string& nsp) {
  if (client.protocol() != protocol_of_v2_clients) {
    return random_id();
  }
  const std::string session_id(client.session()->id());
  return nsp == "/" ? session_id : nsp + "#" + session_id;
}

void write_error(Writer& writer, const ConnectError& error) {
  writer.begin_object(error.data ? 2 : 1);
  writer.key("message");
  writer.string(error.message);
  if (error.data) {
    writer.key("data");
    error.data->write_to(writer);
  }
  writer.end_object();
}

}  // namespace

ConnectAttempt::ConnectAttempt(std::shared_ptr<Client> client, std::string_view name, Value auth)
    : client_(std::move(client)),
      link_(client_->context().shard.link()),
      name_(name),
      auth_(std::move(auth)) {
  if (client_->protocol() == protocol_of_v2_clients) {
    auth_ = query_object(name);
    name_ = without_query(name);
  }
}

ConnectAttempt::~ConnectAttempt() = default;

template <class Step>
void ConnectAttempt::on_shard(Step step) {
  link_->run([self = shared_from_this(), step = std::move(step)]() mutable {
    if (!self->ended_) {
      step(*self);
    }
  });
}

// --- The namespace ------------------------------------------------------------------------------

void ConnectAttempt::start() {
  ServerCore& core = client_->core();
  if (name_.size() > core.options().limits.namespace_name_bytes) {
    refuse_invalid_namespace();
  } else if (auto nsp = core.registry().find(name_)) {
    enter(std::move(nsp));
  } else {
    parents_ = core.registry().parents();
    try_parent(0);
  }
}

void ConnectAttempt::try_parent(std::size_t index) {
  matching_ = index;
  if (index == parents_->size()) {
    refuse_invalid_namespace();
    return;
  }
  const auto next = [self = shared_from_this(), index](bool accepted) {
    self->on_shard(
        [index, accepted](ConnectAttempt& attempt) { attempt.on_match(index, accepted); });
  };
  const auto parents = parents_;
  const bool survived = client_->core().contain("the matcher of a dynamic namespace", [&] {
    (*parents)[index].matcher(name_, auth_.is_null() ? Value(Object{}) : auth_, next);
  });
  if (!survived) {
    on_match(index, false);
  }
}

void ConnectAttempt::on_match(std::size_t index, bool accepted) {
  if (ended_ || nsp_ != nullptr || index != matching_) {
    return;  // called again
  }
  if (!accepted) {
    try_parent(index + 1);
  } else if (auto nsp = client_->core().registry().create(name_, (*parents_)[index].nsp)) {
    enter(std::move(nsp));
  } else {
    refuse_invalid_namespace();
  }
}

void ConnectAttempt::enter(std::shared_ptr<Namespace> nsp) {
  nsp_ = std::move(nsp);
  handlers_ = NamespaceAccess::handlers(*nsp_);
  restore();
}

// --- The state ----------------------------------------------------------------------------------

void ConnectAttempt::restore() {
  const Value& auth = auth_;
  const auto pid = auth["pid"].as_string();
  const auto offset = auth["offset"].as_string();
  if (!client_->core().recovers() || !pid || !offset) {
    make_socket(std::nullopt);
    return;
  }
  nsp_->adapter().restore_session(
      std::string(*pid), std::string(*offset),
      [self = shared_from_this()](std::optional<RestoredSession> session) {
        self->on_shard([session = std::move(session)](ConnectAttempt& attempt) mutable {
          attempt.make_socket(std::move(session));
        });
      });
}

void ConnectAttempt::make_socket(std::optional<RestoredSession> session) {
  session_ = std::move(session);
  NamespaceShard& shard = NamespaceAccess::shard(*nsp_, client_->context().shard.index());
  std::string id = session_ ? session_->state.sid : make_id(*client_, nsp_->name());
  socket_ = std::make_shared<Socket>(client_, shard, std::move(id));
  if (auth_.size() != 0) {
    SocketAccess::rare(*socket_).auth = std::move(auth_);
  }
  if (client_->core().recovers()) {
    SocketAccess::rare(*socket_).pid = session_ ? session_->state.pid : random_id();
  }
  if (session_) {
    SocketAccess::set_recovered(*socket_);
    socket_->data() = std::move(session_->state.data);
    for (const std::string& room : session_->state.rooms) {
      if (room != socket_->id()) {
        shard.join(*socket_, room);
      }
    }
  }
  const auto& recovery = client_->core().options().connection_state_recovery;
  const bool skip = session_ && recovery->skip_middlewares;
  run_middleware(skip ? handlers_->middlewares.size() : 0);
}

// --- The middlewares ----------------------------------------------------------------------------

void ConnectAttempt::run_middleware(std::size_t position) {
  running_ = position;
  if (position == handlers_->middlewares.size()) {
    join();
    return;
  }
  const auto keep = shared_from_this();
  const bool survived = client_->core().contain(client_->context(), "a middleware", name_, [&] {
    (*handlers_->middlewares[position])(*socket_, Next(keep, position));
  });
  if (!survived && !ended_ && running_ == position) {
    refuse({"internal error"});
  }
}

void ConnectAttempt::proceed(std::size_t position, std::optional<ConnectError> error) {
  on_shard([position, error = std::move(error)](ConnectAttempt& attempt) {
    if (position != attempt.running_) {
      return;  // called again
    }
    if (error) {
      attempt.refuse(*error);
    } else {
      attempt.run_middleware(position + 1);
    }
  });
}

// --- The end ------------------------------------------------------------------------------------

void ConnectAttempt::join() {
  if (!client_->is_open()) {
    cancel();
    return;
  }
  ended_ = true;
  const auto keep = shared_from_this();
  Socket& socket = *socket_;
  NamespaceShard& shard = SocketAccess::shard(socket);
  Counters& counters = client_->context().counters;
  counters.connects.add();
  counters.recoveries.add(session_ ? 1 : 0);

  send_missed();
  shard.leave(socket, socket.id());  // a middleware may have joined it; it comes by itself now
  SocketAccess::set_state(socket, SocketAccess::State::connected);
  shard.add(socket);
  client_->on_connected(*this, socket_);
  send_connect();
  for (const auto& handler : handlers_->on_connection) {
    client_->core().contain(client_->context(), "a connection handler", name_,
                            [&] { (*handler)(socket); });
  }
  session_.reset();
  socket_.reset();  // whoever keeps a Next shall not keep the socket
}

void ConnectAttempt::send_missed() {
  if (!session_) {
    return;
  }
  const auto send = [this](const SharedPacket& packet) {
    client_->send(OutgoingPacket(*packet), {});
  };
  for (const SharedPacket& packet : session_->missed) {
    send(packet);
  }
  for (const SharedPacket& packet : nsp_->adapter().missed_since(*session_)) {
    send(packet);
  }
  SocketAccess::rare(*socket_).replayed = session_->position;
}

void ConnectAttempt::send_connect() {
  const RareState* rare = SocketAccess::find_rare(*socket_);
  const bool has_pid = rare != nullptr && !rare->pid.empty();
  const auto payload = [&](Writer& writer) {
    // Without recovery it is `{sid, pid: undefined}` in Node: the same as `{sid}` in JSON.
    const bool shows_pid = has_pid || writer.knows_undefined();
    writer.begin_object(shows_pid ? 2 : 1);
    writer.key("sid");
    writer.string(socket_->id());
    if (shows_pid) {
      writer.key("pid");
      if (has_pid) {
        writer.string(rare->pid);
      } else {
        writer.undefined();
      }
    }
    writer.end_object();
  };
  const PacketHeader header{.type = PacketType::connect, .nsp = name_};
  if (client_->protocol() == protocol_of_v2_clients) {
    client_->send(header, nullptr);
  } else {
    client_->send(header, payload);
  }
}

void ConnectAttempt::refuse(const ConnectError& error) {
  const auto payload = [&](Writer& writer) {
    if (client_->protocol() != protocol_of_v2_clients) {
      write_error(writer, error);
    } else if (error.data) {
      error.data->write_to(writer);
    } else {
      writer.string(error.message);
    }
  };
  client_->context().counters.refused_connects.add();
  client_->send({.type = PacketType::connect_error, .nsp = name_}, payload);
  end();
}

void ConnectAttempt::refuse_invalid_namespace() {
  const auto payload = [](Writer& writer) { write_error(writer, {"Invalid namespace"}); };
  client_->context().counters.refused_connects.add();
  client_->send({.type = PacketType::connect_error, .nsp = name_}, payload);
  end();
}

void ConnectAttempt::cancel() {
  if (!ended_) {
    end();
  }
}

void ConnectAttempt::end() {
  ended_ = true;
  const auto keep = shared_from_this();
  if (socket_ != nullptr) {
    SocketAccess::abandon(*socket_);
    client_->context().shard.after_turn([socket = std::move(socket_)] {});
  } else if (nsp_ != nullptr) {
    client_->core().registry().release(*nsp_);
  }
  client_->on_refused(*this);
}

}  // namespace socketio::detail
