#include "tests/adapters/cluster/vector_player.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "adapters/cluster/message.hpp"
#include "adapters/wire/broadcast_options.hpp"
#include "socketio/broadcast_operator.hpp"
#include "socketio/codec.hpp"
#include "socketio/namespace.hpp"
#include "socketio/parser.hpp"
#include "socketio/socket.hpp"
#include "tests/adapters/support/frames.hpp"
#include "tests/socketio/notation.hpp"
#include "tests/support/vectors.hpp"

namespace tests {

using socketio::Array;
using socketio::Object;
using socketio::Value;
using socketio::Writer;

namespace {

std::optional<std::uint64_t> ack_id(const std::string& frame) {
  const std::string rest = without_ack_id(frame);
  if (rest.size() == frame.size()) {
    return std::nullopt;
  }
  std::size_t begin = 0;
  while (frame[begin] == rest[begin] && !(frame[begin] == '[')) {
    ++begin;
  }
  // The digits may begin like what follows them; they end in front of the array.
  const std::size_t end = frame.find('[');
  return std::stoull(frame.substr(end - (frame.size() - rest.size()), frame.size() - rest.size()));
}

std::string nsp_of_frame(const std::string& frame) {
  const auto slash = frame.find('/');
  const auto bracket = frame.find('[');
  return slash < bracket ? frame.substr(slash, frame.find(',') - slash) : "/";
}

std::vector<std::string> rooms_of(const Value& rooms) {
  const socketio::Document document([&](Writer& writer) { rooms.write_to(writer); });
  return adapters::wire::read_rooms(document.root()).value();
}

adapters::redis::Reply text_reply(const std::string& text) { return string_reply(text).reply; }

}  // namespace

VectorPlayer::VectorPlayer(Scenario scenario, std::string node, MakeAdapter make_adapter,
                           const std::vector<SkippedStep>& skipped)
    : scenario_(std::move(scenario)), node_(std::move(node)), skipped_(skipped) {
  const Value& uids = scenario_.facts["uids"][node_];
  socketio::Options options;
  options.adapter = [this, &uids, make_adapter](socketio::Namespace& nsp) {
    ids_.push_front(text_of(uids[nsp.name()]));
    return make_adapter(nsp, client_, [this] {
      std::string id = ids_.empty() ? "no id expected" : ids_.front();
      if (!ids_.empty()) {
        ids_.pop_front();
      }
      return id;
    });
  };
  world_ = std::make_unique<World>(std::move(options));
  for (const auto& [name, uid] : *uids.as_object()) {
    socketio::Namespace& nsp = world_->of(name);
    for (const char* event : {"ping2", "pingbuf", "pingundef", "evt", "p"}) {
      nsp.on_server_event(event, [this](socketio::Arguments, socketio::Ack<> ack) {
        if (!server_answer_) {
          return;
        }
        server_answer_->is_null() ? ack() : ack(*server_answer_);
      });
    }
  }
  for (const auto& [name, facts] : *scenario_.facts["sockets"].as_object()) {
    if (text_of(facts["node"]) == node_) {
      Client client{name, {}, text_of(facts["sids"]["/"]), nullptr};
      for (const auto& [nsp, sid] : *facts["sids"].as_object()) {
        client.namespaces.push_back(nsp);
      }
      clients_.push_back(std::move(client));
    }
  }
}

VectorPlayer::~VectorPlayer() {
  world_->core.close([] {});
  settle();
  world_.reset();
  client_.run();
}

void VectorPlayer::settle() {
  do {
    world_->set_current(World::none);
    client_.run();
    world_->settle();
  } while (!client_.idle());
}

void VectorPlayer::play() {
  settle();
  for (const auto& blocking : client_.blocking) {
    blocking->answer(client_, array_reply({}));  // there is no last entry
  }
  for (const Scenario::Step& step : scenario_.steps) {
    INFO("step ", step.name, ", ours is node ", node_);
    play(step);
  }
}

bool VectorPlayer::is_ours(const Value& vector) const { return text_of(vector["node"]) == node_; }

bool VectorPlayer::skips(const std::string& step) const {
  return std::any_of(skipped_.begin(), skipped_.end(), [&](const SkippedStep& skip) {
    return skip.scenario == scenario_.name && skip.step == step &&
           (skip.node.empty() || skip.node == node_);
  });
}

socketio::Namespace& VectorPlayer::nsp_of(const Value& message) {
  return world_->of(text_of(message["nsp"]));
}

void VectorPlayer::play(const Scenario::Step& step) {
  const bool skipped = skips(step.name);
  if (step.name.starts_with("startup-") && step.name != "startup-" + node_) {
    return;
  }
  prepare(step);
  act(step);
  answer_acks(step);
  compare_result(step);
  if (skipped) {
    (void)client_.take();
    for (const Client& client : clients_) {
      if (client.session != nullptr) {
        (void)take(*client.session);
      }
    }
    return;
  }
  compare_commands(step);
  compare_deliveries(step);
  const bool ours = std::any_of(step.vectors.begin(), step.vectors.end(), [&](const Value& vector) {
    return is_ours(vector) || vector["kind"] == Value("inject");
  });
  played_ += ours ? 1 : 0;
}

void VectorPlayer::prepare(const Scenario::Step& step) {
  result_.reset();
  server_answer_.reset();
  ack_answers_.clear();
  ids_.clear();
  std::vector<Value> theirs;
  for (const Value& vector : step.vectors) {
    const std::string code = text_of(vector["code"]) + " " + text_of(vector["client"]);
    for (Client& client : clients_) {
      if (client.session == nullptr && code.find(client.name) != std::string::npos) {
        connect(client);
      }
    }
    const Value message = is_publish(vector) ? message_of(vector) : Value();
    const int type = type_of(message);
    const Value& data = message["data"];
    if (!is_ours(vector)) {
      if (type == 12) {
        theirs.push_back(data["packet"]);
      }
      continue;
    }
    if (vector["command"] == Value("PUBSUB")) {
      client_.subscribers[text_of(vector["argv"][2])] =
          static_cast<std::size_t>(vector["reply"][1].as_int64().value());
    } else if (is_request(vector) && data["requestId"].is_string()) {
      ids_.push_back(text_of(data["requestId"]));
    } else if (type == 10) {
      server_answer_ = data["packet"];
    } else if (type == 12) {
      ack_answers_.push_back(data["packet"]);
    } else if (type == 8) {
      for (const Value& socket : *data["sockets"].as_array()) {
        for (const Client& client : clients_) {
          if (client.session != nullptr && client.sid == text_of(socket["id"])) {
            world_->io().for_each_socket(*world_->shards[0], [&](socketio::Socket& s) {
              if (s.id() == client.sid) {
                s.data() = socket["data"];
              }
            });
          }
        }
      }
    }
  }
  // What the clients here answer to a broadcast of this node.
  const bool asks_clients = std::any_of(
      step.vectors.begin(), step.vectors.end(),
      [](const Value& vector) { return is_publish(vector) && type_of(message_of(vector)) == 3; });
  for (const Value& vector : step.vectors) {
    if (vector["kind"] == Value("result") && vector["value"]["res"].is_array() && asks_clients &&
        ack_answers_.empty()) {
      for (const Value& response : *vector["value"]["res"].as_array()) {
        const auto found = std::find(theirs.begin(), theirs.end(), response);
        if (found == theirs.end()) {
          ack_answers_.push_back(response);
        } else {
          theirs.erase(found);
        }
      }
    }
  }
}

// --- What happens in a step --------------------------------------------------------------------

void VectorPlayer::act(const Scenario::Step& step) {
  bool acted = false;
  std::string code;
  for (const Value& vector : step.vectors) {
    const std::string kind = text_of(vector["kind"]);
    if (vector["code"].is_string() && std::exchange(code, text_of(vector["code"])) != code) {
      act_by_code(code);
    }
    if (kind == "inject" || (kind == "command" && is_publish(vector) && !is_ours(vector))) {
      hear(vector);
    } else if (!acted && kind == "command" && is_ours(vector) && is_request(vector)) {
      request(message_of(vector));
      // A step of several events writes them one after the other.
      for (const Value& next : step.vectors) {
        if (&next != &vector && is_ours(next) && is_request(next)) {
          request(message_of(next));
        }
      }
    }
    acted = acted || (is_ours(vector) && is_request(vector));
    settle();
  }
  if (step.name == "after-close" || step.name == "fetch-from-03") {
    request(Object{{"type", 7},
                   {"nsp", "/"},
                   {"data", Object{{"opts", Object{{"rooms", Array{}}, {"except", Array{}}}}}}});
  }
  settle();
}

void VectorPlayer::request(const Value& message) {
  socketio::Namespace& nsp = nsp_of(message);
  const Value& data = message["data"];
  const socketio::Document document([&](Writer& writer) { data.write_to(writer); });
  const auto opts = document.root()["opts"];
  const socketio::BroadcastOperator to(
      {nsp.shared_from_this(), &nsp.adapter()},
      adapters::wire::read_options(opts).value_or(socketio::BroadcastOptions{}));
  const bool asks = data["requestId"].is_string();
  const Value& packet = type_of(message) == 9 ? data["packet"] : data["packet"]["data"];
  const auto payload = [&](Writer& writer) { packet.write_to(writer); };
  const auto on_answers = [this](socketio::AckResults results) {
    result_ = Object{{"err", results.error.empty() ? Value() : Value(results.error)},
                     {"res", Array(results.responses.begin(), results.responses.end())}};
  };
  world_->set_current(0);
  switch (type_of(message)) {
    case 3:
      asks ? to.emit_payload_with_ack(text_of(packet[0]), payload, on_answers)
           : to.emit_payload(text_of(packet[0]), payload);
      break;
    case 4:
      to.sockets_join(rooms_of(data["rooms"]));
      break;
    case 5:
      to.sockets_leave(rooms_of(data["rooms"]));
      break;
    case 6:
      to.disconnect_sockets(data["close"].as_bool().value());
      break;
    case 7:
      to.fetch_sockets([this](const socketio::FetchResult& found) {
        Array sockets;
        for (const socketio::RemoteSocket& socket : found.sockets) {
          Array rooms;
          for (const std::string& room : socket.rooms()) {
            rooms.push_back(socketio::room_to_value(room));
          }
          sockets.push_back(Object{{"id", socket.id()}, {"rooms", rooms}, {"data", socket.data()}});
        }
        result_ = found ? Value(sockets) : Value(Object{{"error", found.error}});
      });
      break;
    case 9:
      nsp.server_side_emit_payload(
          text_of(packet[0]), payload,
          asks ? socketio::AckResultsCallback(on_answers) : socketio::AckResultsCallback());
      break;
    default:
      FAIL("no request");
  }
}

void VectorPlayer::act_by_code(const std::string& code) {
  const std::string five = socketio::numeric_room(5);
  const std::map<std::string, std::function<void()>> actions{
      {"sock('B', b1).join('room1');", [&] { join("b1", "/", {"room1"}); }},
      {"sock('B', b2).join(['room1']);", [&] { join("b2", "/", {"room1"}); }},
      {"sock('B', b2).join(['room2', 5, 'exactly-20-chars-abc', 'r\u00f6\u00f6m']); "
       "sock('A', a1).join('room2');",
       [&] {
         join("b2", "/", {"room2", five, "exactly-20-chars-abc", "r\u00f6\u00f6m"});
         join("a1", "/", {"room2"});
       }},
      {"sock('B', b1, '/foo').join('room1');", [&] { join("b1", "/foo", {"room1"}); }},
      {"sock('B', b1).leave('room1'); sock('B', b2).leave('room1');",
       [&] {
         join("b1", "/", {"room1"}, true);
         join("b2", "/", {"room1"}, true);
       }},
      {"for (const c of [b1, b2]) ioB.sockets.sockets.get(c.sid).join('room1');",
       [&] {
         join("b1", "/", {"room1"});
         join("b2", "/", {"room1"});
       }},
      {"ioB.sockets.sockets.get(b1.sid).leave('room1');",
       [&] { join("b1", "/", {"room1"}, true); }},
      {"ioB.sockets.sockets.get(b2.sid).leave('room1');",
       [&] { join("b2", "/", {"room1"}, true); }},
      {"ioB.sockets.sockets.get(b2.sid).join(['room1', 'room2']);",
       [&] {
         join("b2", "/", {"room1", "room2"});
       }},
      {"ioB.sockets.sockets.get(b1.sid).join('room1');", [&] { join("b1", "/", {"room1"}); }},
      {"ioA.sockets.sockets.get(a1.sid).join('room1'); "
       "ioB.sockets.sockets.get(b1.sid).join('room1');",
       [&] {
         join("a1", "/", {"room1"});
         join("b1", "/", {"room1"});
       }},
      {"ioA.local.emit('hello', 'l');",
       [&] {
         if (node_ == "A") {
           world_->io().local().emit("hello", "l");
         }
       }},
      {"ioA.local.socketsJoin('z');",
       [&] {
         if (node_ == "A") {
           world_->io().local().sockets_join("z");
         }
       }},
      {"b2 disconnects",
       [&] {
         for (Client& client : clients_) {
           if (client.name == "b2") {
             client.session->end(engineio::CloseReason::transport_close);
           }
         }
       }},
      {"ioB.close()",
       [&] {
         if (node_ == "B") {
           world_->core.close([] {});
         }
       }},
  };
  if (const auto found = actions.find(code); found != actions.end()) {
    world_->set_current(0);
    found->second();
    settle();
  }
}

void VectorPlayer::hear(const Value& vector) {
  world_->set_current(World::none);
  if (vector["command"] == Value("XADD")) {
    std::string stream = text_of(vector["stream"]);
    feed(stream.empty() ? text_of(vector["argv"][1]) : stream, text_of(vector["reply"]),
         vector["fields"]);
    return;
  }
  const bool sharded = vector["command"] == Value("SPUBLISH");
  client_.deliver(text_of(vector["channel"]), from_hex(text_of(vector["bytes"])),
                  sharded ? FakeClient::ChannelKind::sharded : FakeClient::ChannelKind::plain);
}

void VectorPlayer::feed(const std::string& stream, const std::string& id, const Value& fields) {
  adapters::redis::Result entry = array_reply({string_reply(id), array_reply({})});
  for (const auto& [name, value] : *fields.as_object()) {
    auto& elements = entry.reply.elements[1].elements;
    elements.push_back(text_reply(name));
    elements.push_back(text_reply(text_of(value)));
  }
  for (const auto& blocking : client_.blocking) {
    if (blocking->key == stream && blocking->command) {
      blocking->answer(
          client_,
          array_reply({array_reply({string_reply(stream), array_reply({std::move(entry)})})}));
      return;
    }
  }
}

void VectorPlayer::answer_acks(const Scenario::Step& step) {
  const auto parser = socketio::make_json_parser();
  std::size_t next = 0;
  for (Client& client : clients_) {
    if (client.session == nullptr) {
      continue;
    }
    for (const std::string& frame : std::vector<std::string>(client.session->sent)) {
      const auto id = frame.starts_with("binary:") ? std::nullopt : ack_id("4" + frame);
      if (!id || next == ack_answers_.size()) {
        continue;
      }
      const Value& answer = ack_answers_[next++];
      socketio::EncodedPacket packet;
      parser->encode(
          {.type = socketio::PacketType::ack, .nsp = nsp_of_frame(frame), .id = *id},
          [&](Writer& writer) {
            writer.begin_array(answer.is_null() ? 0 : 1);
            if (!answer.is_null()) {
              answer.write_to(writer);
            }
            writer.end_array();
          },
          packet);
      world_->receive(*client.session, packet.text);
      for (const std::string& attachment : packet.attachments) {
        world_->receive(*client.session, "binary:" + attachment);
      }
      settle();
    }
  }
  CHECK((skips(step.name) || next == ack_answers_.size()));
}

// --- Clients -----------------------------------------------------------------------------------

void VectorPlayer::connect(Client& client) {
  // Of protocol 4 of Socket.IO, whose ids in the main namespace are those of their sessions.
  auto& session = *world_->sessions.emplace_back(
      std::make_unique<FakeSession>(*world_->shards[0], client.sid, 3));
  client.session = &session;
  world_->run_on(0, [&] { session.handler = world_->core.accept(session); });
  for (const std::string& nsp : client.namespaces) {
    if (nsp != "/") {
      world_->receive(session, "0" + nsp + ",");
    }
  }
  if (const auto rooms = initial_rooms.find(client.name); rooms != initial_rooms.end()) {
    for (const std::string& nsp : client.namespaces) {
      join(client.name, nsp, rooms->second);
    }
  }
  settle();
  (void)take(session);
}

void VectorPlayer::join(const std::string& client, const std::string& nsp,
                        const std::vector<std::string>& rooms, bool leave) {
  for (const Client& candidate : clients_) {
    if (candidate.name != client || candidate.session == nullptr) {
      continue;
    }
    const std::string id = nsp == "/" ? candidate.sid : nsp + "#" + candidate.sid;
    world_->set_current(0);
    world_->of(nsp).for_each_socket(*world_->shards[0], [&](socketio::Socket& socket) {
      if (socket.id() == id) {
        leave ? socket.leave(rooms) : socket.join(rooms);
      }
    });
    settle();
  }
}

}  // namespace tests
