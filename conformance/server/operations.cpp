#include "conformance/server/operations.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <stdexcept>

#include "conformance/server/events.hpp"
#include "socketio/adapter.hpp"

namespace conformance {

using socketio::AckResults;
using socketio::Array;
using socketio::BroadcastOperator;
using socketio::Namespace;
using socketio::Object;
using socketio::RemoteSocket;
using socketio::Value;

namespace {

using Answer = std::shared_ptr<engineio::Function<void(const Value&)>>;

void succeed(const Answer& answer, Value result) {
  (*answer)(Object{{"ok", true}, {"result", std::move(result)}});
}

void fail(const Answer& answer, const std::string& error, Value responses = nullptr) {
  (*answer)(Object{{"ok", false}, {"error", error}, {"responses", std::move(responses)}});
}

socketio::AckResultsCallback answer_with_results(Answer answer) {
  return [answer = std::move(answer)](AckResults results) {
    if (results) {
      succeed(answer, std::move(results.responses));
    } else {
      fail(answer, results.error, std::move(results.responses));
    }
  };
}

std::vector<std::string> to_names(const Value& value) {
  std::vector<std::string> names;
  if (const auto name = value.as_string()) {
    names.emplace_back(*name);
  } else if (const Array* list = value.as_array()) {
    for (const Value& element : *list) {
      names.emplace_back(element.as_string().value_or(""));
    }
  }
  return names;
}

bool to_bool(const Value& value) { return value.as_bool().value_or(false); }

std::optional<std::chrono::milliseconds> to_timeout(const Value& spec) {
  const auto ms = spec["timeout"].as_int64();
  return ms ? std::optional(std::chrono::milliseconds(*ms)) : std::nullopt;
}

struct Operation {
  Namespace& nsp;
  BroadcastOperator target;
  const Value& spec;
  std::string event;
  Array args;
  Answer answer;
};

void emit(Operation& op) {
  op.target.emit(op.event, socketio::spread(op.args));
  succeed(op.answer, nullptr);
}

void emit_with_ack(Operation& op) {
  op.target.emit_with_ack(op.event, socketio::spread(op.args), answer_with_results(op.answer));
}

// Hands the sockets of the target to `use`, or answers with what went wrong.
void with_sockets(Operation& op, engineio::Function<void(std::vector<RemoteSocket>)> use) {
  op.target.fetch_sockets(
      [answer = op.answer, use = std::move(use)](socketio::FetchResult found) mutable {
        if (found) {
          use(std::move(found.sockets));
        } else {
          fail(answer, found.error);
        }
      });
}

void fetch_sockets(Operation& op) {
  with_sockets(op, [answer = op.answer](std::vector<RemoteSocket> sockets) {
    succeed(answer, describe_sockets(sockets));
  });
}

Value describe_handshake(const RemoteSocket& socket) {
  const socketio::Handshake& handshake = socket.handshake();
  return Object{{"id", socket.id()},
                {"auth", handshake.auth},
                {"query", handshake.query},
                {"address", handshake.address},
                {"url", handshake.url},
                {"secure", handshake.secure},
                {"xdomain", handshake.xdomain},
                {"headers", handshake.headers},
                {"hasTime", !handshake.time.empty()},
                {"hasIssued", handshake.issued != 0}};
}

void handshakes(Operation& op) {
  with_sockets(op, [answer = op.answer](std::vector<RemoteSocket> sockets) {
    std::sort(sockets.begin(), sockets.end(),
              [](const RemoteSocket& a, const RemoteSocket& b) { return a.id() < b.id(); });
    Array described;
    for (const RemoteSocket& socket : sockets) {
      described.push_back(describe_handshake(socket));
    }
    succeed(answer, std::move(described));
  });
}

void remote_emit(Operation& op) {
  with_sockets(op, [answer = op.answer, event = op.event,
                    args = op.args](std::vector<RemoteSocket> sockets) {
    for (const RemoteSocket& socket : sockets) {
      socket.emit(event, socketio::spread(args));
    }
    succeed(answer, nullptr);
  });
}

// The answers of several sockets that are asked one by one; fails with the first error.
struct Gathering {
  std::mutex mutex;
  Array results;
  std::size_t missing = 0;
  bool done = false;

  void take(const Answer& answer, std::size_t index, AckResults result) {
    const std::lock_guard lock(mutex);
    if (done) {
      return;
    }
    if (!result) {
      done = true;
      fail(answer, result.error);
      return;
    }
    results[index] = result.responses.empty() ? Value() : std::move(result.responses.front());
    if (--missing == 0) {
      done = true;
      succeed(answer, std::move(results));
    }
  }
};

void remote_emit_with_ack(Operation& op) {
  with_sockets(op, [answer = op.answer, event = op.event, args = op.args,
                    timeout = to_timeout(op.spec)](std::vector<RemoteSocket> sockets) {
    if (sockets.empty()) {
      succeed(answer, Array{});
      return;
    }
    const auto gathering = std::make_shared<Gathering>();
    gathering->results.resize(sockets.size());
    gathering->missing = sockets.size();
    for (std::size_t i = 0; i < sockets.size(); ++i) {
      const RemoteSocket socket = timeout ? sockets[i].timeout(*timeout) : sockets[i];
      socket.emit_with_ack(event, socketio::spread(args),
                           [gathering, answer, i](AckResults result) {
                             gathering->take(answer, i, std::move(result));
                           });
    }
  });
}

void sockets_join(Operation& op) {
  op.target.sockets_join(to_names(op.spec["rooms"]));
  succeed(op.answer, nullptr);
}

void sockets_leave(Operation& op) {
  op.target.sockets_leave(to_names(op.spec["rooms"]));
  succeed(op.answer, nullptr);
}

void disconnect_sockets(Operation& op) {
  op.target.disconnect_sockets(to_bool(op.spec["close"]));
  succeed(op.answer, nullptr);
}

void server_side_emit(Operation& op) {
  op.nsp.server_side_emit(op.event, socketio::spread(op.args));
  succeed(op.answer, nullptr);
}

void server_side_emit_with_ack(Operation& op) {
  op.nsp.server_side_emit_with_ack(op.event, socketio::spread(op.args),
                                   answer_with_results(op.answer));
}

void all_rooms(Operation& op) {
  op.nsp.adapter().all_rooms([answer = op.answer](socketio::Adapter::RoomNames names) {
    if (names.error.empty()) {
      succeed(answer, sorted_rooms(std::move(names.rooms)));
    } else {
      fail(answer, names.error);
    }
  });
}

void server_count(Operation& op) {
  op.nsp.adapter().server_count(
      [answer = op.answer](std::size_t count) { succeed(answer, count); });
}

const std::map<std::string_view, void (*)(Operation&)>& operations() {
  static const std::map<std::string_view, void (*)(Operation&)> all{
      {"emit", emit},
      {"emitWithAck", emit_with_ack},
      {"fetchSockets", fetch_sockets},
      {"handshakes", handshakes},
      {"remoteEmit", remote_emit},
      {"remoteEmitWithAck", remote_emit_with_ack},
      {"socketsJoin", sockets_join},
      {"socketsLeave", sockets_leave},
      {"disconnectSockets", disconnect_sockets},
      {"serverSideEmit", server_side_emit},
      {"serverSideEmitWithAck", server_side_emit_with_ack},
      {"allRooms", all_rooms},
      {"serverCount", server_count},
  };
  return all;
}

BroadcastOperator narrow(Namespace& nsp, const Value& spec) {
  BroadcastOperator target =
      nsp.everyone().to(to_names(spec["to"])).except(to_names(spec["except"]));
  if (to_bool(spec["local"])) {
    target = target.local();
  }
  if (to_bool(spec["volatile"])) {
    target = target.volatile_();
  }
  if (const auto timeout = to_timeout(spec)) {
    target = target.timeout(*timeout);
  }
  return target;
}

}  // namespace

void run_operation(Namespace& nsp, const Value& spec,
                   engineio::Function<void(const Value&)> callback) {
  const auto answer = std::make_shared<engineio::Function<void(const Value&)>>(std::move(callback));
  const auto found = operations().find(spec["do"].as_string().value_or(""));
  if (found == operations().end()) {
    fail(answer, "unknown operation");
    return;
  }
  const Array* args = spec["args"].as_array();
  Operation operation{nsp,
                      narrow(nsp, spec),
                      spec,
                      std::string(spec["event"].as_string().value_or("")),
                      args == nullptr ? Array{} : *args,
                      answer};
  try {
    found->second(operation);
  } catch (const std::invalid_argument& refused) {  // a reserved event name
    fail(answer, refused.what());
  }
}

}  // namespace conformance
