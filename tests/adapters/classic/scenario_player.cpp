#include "tests/adapters/classic/scenario_player.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <chrono>

#include "adapters/wire/broadcast_options.hpp"
#include "tests/support/vectors.hpp"

namespace tests {

using socketio::Array;
using socketio::BroadcastOptions;
using socketio::Document;
using socketio::Object;
using socketio::Value;
using socketio::ValueView;

// --- What is there ------------------------------------------------------------------------------

ScenarioPlayer::ScenarioPlayer(const rapidjson::Value& scenario, std::string name, std::string node)
    : scenario_(scenario), name_(std::move(name)), node_name_(std::move(node)) {
  const auto& all = scenario["options"];
  const auto& options = all.HasMember(node_name_.c_str()) ? all[node_name_.c_str()] : all;
  adapters::RedisAdapterOptions ours;
  if (options.HasMember("key")) {
    ours.key = key_ = string_of(options, "key");
  }
  if (options.HasMember("requestsTimeout")) {
    ours.requests_timeout = std::chrono::milliseconds(options["requestsTimeout"].GetInt());
  }
  ours.publish_on_specific_response_channel =
      options.HasMember("publishOnSpecificResponseChannel") &&
      options["publishOnSpecificResponseChannel"].GetBool();
  const auto& uids = scenario["uids"][node_name_.c_str()];
  node_ = std::make_unique<ClusterNode>(std::move(ours), string_of(uids, "/"));
  add_handlers("/");
}

ScenarioPlayer::~ScenarioPlayer() = default;

void ScenarioPlayer::make_namespace(const std::string& nsp) {
  if (nsp != "/") {
    node_->next_id = string_of(scenario_["uids"][node_name_.c_str()], nsp.c_str());
    node_->world.of(nsp);
    node_->settle();
    add_handlers(nsp);
  }
  // The main one is there from the beginning.
}

void ScenarioPlayer::add_handlers(const std::string& nsp) {
  namespaces_.insert(nsp);
  auto& target = node_->world.of(nsp);
  target.on_server_event("ping2", [](Value value) { return Object{{"got", std::move(value)}}; });
  target.on_server_event("pingbuf", [] { return socketio::Binary(std::string("\x01")); });
  target.on_server_event("pingundef", [](socketio::Ack<> ack) { ack(); });
  const std::string answer = name_ == "timeouts" ? "from B" : "pong";
  target.on_server_event("p", [answer] { return answer; });
  target.on_server_event("evt", [this](const socketio::Arguments& arguments) {
    server_events_.push_back(arguments.to_values());
  });
}

void ScenarioPlayer::connect_clients(const Step& step) {
  for (const auto& socket : scenario_["sockets"].GetObject()) {
    const std::string name = socket.name.GetString();
    const auto late = late_clients().find(name);
    if (string_of(socket.value, "node") != node_name_ || clients_.contains(name) ||
        (late != late_clients().end() && late->second != step.name)) {
      continue;
    }
    for (const auto& sid : socket.value["sids"].GetObject()) {
      const std::string nsp = sid.name.GetString();
      if (!namespaces_.contains(nsp)) {
        continue;
      }
      auto& of_client = clients_[name];
      const auto client =
          node_->join(nsp, of_client.empty() ? nullptr : of_client.begin()->second.session);
      of_client[nsp] = client;
      ids_[sid.value.GetString()] = client.socket->id();
      const auto rooms = first_rooms().find(name_ + ' ' + name + ' ' + nsp);
      node_->run([&] {
        for (const Value& room : rooms != first_rooms().end() ? rooms->second : Array{}) {
          client.socket->join(*socketio::room_from_value(room));
        }
      });
    }
  }
  if (step.name == "fetch-sockets-data" && node_name_ == "B") {
    clients_["b1"]["/"].socket->data() = Object{{"user", "bob"},
                                                {"at", "1970-01-01T00:00:00.000Z"},
                                                {"bin", socketio::Binary(std::string("\x01\x02"))},
                                                {"n", Object{{"deep", Array{1}}}}};
  }
}

std::string ScenarioPlayer::translated(std::string bytes) const {
  for (const auto& [theirs, ours] : ids_) {
    for (auto at = bytes.find(theirs); at != std::string::npos; at = bytes.find(theirs, at)) {
      bytes.replace(at, theirs.size(), ours);
    }
  }
  return bytes;
}

std::string ScenarioPlayer::nsp_of_channel(std::string_view channel) const {
  const auto begin = channel.find('#') + 1;
  return std::string(channel.substr(begin, channel.find_last_of('#') - begin));
}

// --- What happens -------------------------------------------------------------------------------

void ScenarioPlayer::play(const Step& step) {
  if (!step.name.starts_with("startup")) {
    connect_clients(step);
    node_->redis->take();
  } else if (step.name != "startup-" + node_name_) {
    return;
  }
  expected_.clear();
  published_.clear();
  frames_.clear();
  unanswered_.clear();
  server_events_.clear();
  started_ = nullptr;
  action_ = {};
  prepare(step);
  for (const rapidjson::Value* vector : step.vectors) {
    const std::string command = text_of(*vector, "command");
    if (text_of(*vector, "node") == node_name_ && text_of(*vector, "kind") == "command") {
      on_own_command(step, *vector);
    } else if (command == "PUBLISH") {
      node_->deliver(translated(string_of(*vector, "channel")), translated(bytes_of(*vector)));
    }
    collect();
  }
  check_commands();
  check_deliveries(step);
  for (const rapidjson::Value* vector : step.vectors) {
    if (text_of(*vector, "kind") == "result") {
      check_result((*vector)["value"]);
    }
  }
}

void ScenarioPlayer::prepare(const Step& step) {
  for (const rapidjson::Value* vector : step.vectors) {
    if (text_of(*vector, "command") == "PUBSUB") {
      node_->redis->other_subscribers = static_cast<std::size_t>((*vector)["reply"][1].GetUint());
    }
  }
  if (step.name == "sockets-join-local" && node_name_ == "A") {
    node_->run([&] { node_->adapter().sockets_join({.local = true}, {"z"}); });
  }
}

void ScenarioPlayer::on_own_command(const Step& step, const rapidjson::Value& vector) {
  const std::string command = string_of(vector, "command");
  if (command == "PUBLISH") {
    return on_own_publish(step, vector);
  }
  if (command == "CLIENT" || command == "INFO") {
    return;  // the Redis client's own
  }
  const auto& argv = vector["argv"];
  if (command == "PUBSUB") {
    expected_.push_back({command, argv[1].GetString(), argv[2].GetString()});
    const auto publish =
        std::find_if(step.vectors.begin(), step.vectors.end(), [&](const rapidjson::Value* other) {
          return text_of(*other, "node") == node_name_ && text_of(*other, "command") == "PUBLISH";
        });
    if (publish != step.vectors.end()) {
      start(step, **publish);
    } else {
      fetch(nsp_of_channel(argv[2].GetString()), {});
    }
    return;
  }
  const std::string nsp = nsp_of_channel(argv[1].GetString());
  if (command == "PSUBSCRIBE") {
    make_namespace(nsp);
  } else if (command == "PUNSUBSCRIBE") {
    node_->adapter(nsp).close();
    node_->settle();
  }
  for (rapidjson::SizeType i = 1; i < argv.Size(); ++i) {
    const bool pattern = command.starts_with('P');
    expected_.push_back({command, pattern ? escaped(argv[i].GetString()) : argv[i].GetString()});
  }
}

void ScenarioPlayer::on_own_publish(const Step& step, const rapidjson::Value& vector) {
  const std::string channel = translated(string_of(vector, "channel"));
  expected_.push_back({"PUBLISH", channel, translated(bytes_of(vector))});
  if (!channel.starts_with(key_ + "-response#")) {
    return start(step, vector);
  }
  const auto& decoded = vector["decoded"];
  if (decoded.HasMember("type") && decoded["type"].GetInt() == 9) {
    answer_as_client(decoded.HasMember("packet") ? &decoded["packet"] : nullptr);
  }
}

void ScenarioPlayer::start(const Step& step, const rapidjson::Value& publish) {
  if (started_ == &publish) {
    return;  // when Redis was asked for the number of servers
  }
  started_ = &publish;
  const Document message = decode_message(translated(bytes_of(publish)));
  const ValueView root = message.root();
  if (root.is_object()) {
    node_->next_id = std::string(root["requestId"].as_string().value_or("unused"));
    start_request(nsp_of_channel(string_of(publish, "channel")), root);
    collect();
    return answer_as_own_client(step);
  }
  const ValueView data = root[1]["data"];
  const auto options = adapters::wire::read_options(root[2]);
  REQUIRE(options.has_value());
  node_->run([&] {
    node_->adapter(*root[1]["nsp"].as_string())
        .broadcast([&](socketio::Writer& writer) { data.write_to(writer); }, *options);
  });
}

void ScenarioPlayer::start_request(const std::string& nsp, ValueView request) {
  const auto options = adapters::wire::read_options(request["opts"]).value_or(BroadcastOptions{});
  const auto rooms = adapters::wire::read_rooms(request["rooms"]).value_or(Texts{});
  const auto write_data = [data = request["packet"].exists() ? request["packet"]["data"]
                                                             : request["data"]](
                              socketio::Writer& writer) { data.write_to(writer); };
  const auto on_answers = [this](socketio::AckResults results) {
    action_.done = true;
    action_.error = std::move(results.error);
    action_.values = std::move(results.responses);
  };
  auto& adapter = node_->adapter(nsp);
  switch (request["type"].as_int64().value()) {
    case 1:
      return node_->run([&] {
        adapter.all_rooms([this](const socketio::Adapter::RoomNames& names) {
          action_.done = action_.counted = true;
          action_.error = names.error;
          action_.values.assign(names.rooms.begin(), names.rooms.end());
        });
      });
    case 2:
      return node_->run([&] { adapter.sockets_join(options, rooms); });
    case 3:
      return node_->run([&] { adapter.sockets_leave(options, rooms); });
    case 4:
      return node_->run(
          [&] { adapter.disconnect_sockets(options, request["close"].as_bool().value()); });
    case 5:
      return fetch(nsp, options);
    case 6:
      return node_->run([&] {
        if (request["requestId"].exists()) {
          adapter.server_side_emit(write_data, on_answers);
        } else {
          adapter.server_side_emit(write_data, nullptr);
        }
      });
    case 7:
      return node_->run([&] {
        socketio::BroadcastOperator(
            socketio::detail::NamespaceAccess::shared_adapter(node_->world.of(nsp)), options)
            .emit_payload_with_ack("q", write_data, on_answers);
      });
    default:
      FAIL("a request of an unknown type");
  }
}

void ScenarioPlayer::fetch(const std::string& nsp, const BroadcastOptions& options) {
  node_->run([&] {
    node_->adapter(nsp).fetch_sockets(
        options, [this](const socketio::Adapter::Descriptions& found) {
          action_.done = action_.counted = true;
          action_.error = found.error;
          for (const auto& socket : found.sockets) {
            Array rooms;
            for (const std::string& room : socket.rooms) {
              rooms.push_back(socketio::room_to_value(room));
            }
            action_.values.push_back(
                Object{{"id", socket.id}, {"rooms", std::move(rooms)}, {"data", socket.data}});
          }
        });
  });
}

/// The next client that was asked answers; an absent packet is an answer without arguments.
void ScenarioPlayer::answer_as_client(const rapidjson::Value* packet) {
  REQUIRE_FALSE(unanswered_.empty());
  const auto [session, asked] = unanswered_.front();
  unanswered_.pop_front();
  std::string number;
  for (auto at = asked.find('['); at > 1 && std::isdigit(asked[at - 1]) != 0; --at) {
    number.insert(number.begin(), asked[at - 1]);
  }
  const auto slash = asked.find('/');
  const std::string nsp =
      slash < asked.find('[') ? asked.substr(slash, asked.find(',') - slash) : "/";
  socketio::EncodedPacket encoded;
  node_->world.core.parser().encode(
      {.type = socketio::PacketType::ack, .nsp = nsp, .id = std::stoull(number)},
      [&](socketio::Writer& writer) {
        writer.begin_array(packet != nullptr ? 1 : 0);
        if (packet != nullptr) {
          value_of(*packet).write_to(writer);
        }
        writer.end_array();
      },
      encoded);
  node_->world.receive(*session, encoded.text);
  for (const std::string& attachment : encoded.attachments) {
    node_->world.receive(*session, "binary:" + attachment);
  }
  node_->settle();
}

/// A client of the node that asks answers 1, if any did.
void ScenarioPlayer::answer_as_own_client(const Step& step) {
  for (const rapidjson::Value* vector : step.vectors) {
    if (text_of(*vector, "kind") != "result" || unanswered_.empty()) {
      continue;
    }
    const auto& value = (*vector)["value"];
    const auto& responses = value.IsObject() && value.HasMember("res") ? value["res"] : value;
    if (responses.IsArray() && !responses.Empty() && responses[0].IsInt()) {
      answer_as_client(&responses[0]);
    }
  }
}

/// Takes what was published and sent. Redis hands messages back to who published them.
void ScenarioPlayer::collect() {
  for (auto& command : node_->redis->take()) {
    published_.push_back(command);
    if (command[0] == "PUBLISH") {
      node_->deliver(command[1], command[2]);
    }
  }
  for (auto& session : node_->world.sessions) {
    for (const std::string& message : take(*session)) {
      const bool binary = message.starts_with("binary:");
      frames_[session.get()].push_back(binary ? to_hex(message.substr(7)) : '4' + message);
      const auto bracket = message.find('[');
      if (!binary && bracket != std::string::npos && bracket > 1 &&
          std::isdigit(message[bracket - 1]) != 0) {
        unanswered_.emplace_back(session.get(), message);
      }
    }
  }
}

}  // namespace tests
