// ScenarioPlayer: what is compared.

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "tests/adapters/classic/scenario_player.hpp"
#include "tests/adapters/support/frames.hpp"
#include "tests/socketio/notation.hpp"
#include "tests/support/vectors.hpp"

namespace tests {

using namespace std::chrono_literals;
using socketio::Array;
using socketio::Value;

void ScenarioPlayer::check_commands() const {
  Texts ours;
  Texts theirs;
  for (const auto& command : published_) {
    ours.push_back(comparable(command));
  }
  for (const auto& command : expected_) {
    theirs.push_back(comparable(command));
  }
  CHECK(ours.size() == theirs.size());
  for (std::size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i) {
    CHECK(ours[i] == theirs[i]);
  }
}

void ScenarioPlayer::check_deliveries(const Step& step) {
  std::map<std::string, Texts> expected;
  for (const rapidjson::Value* vector : step.vectors) {
    if (text_of(*vector, "kind") == "delivery" && text_of(*vector, "node") == node_name_) {
      for (const auto& frame : (*vector)["frames"].GetArray()) {
        if (text_of(frame, "text").starts_with("40")) {
          continue;  // it joins a namespace: before the step, here
        }
        expected[string_of(*vector, "client")].push_back(
            string_of(frame, "type") == "text" ? without_ack_id(string_of(frame, "text"))
                                               : string_of(frame, "bytes"));
      }
    }
  }
  for (const auto& [name, of_client] : clients_) {
    CAPTURE(name);
    Texts ours;
    for (const std::string& frame : frames_[of_client.begin()->second.session]) {
      ours.push_back(without_ack_id(frame));
    }
    const Texts& theirs = expected[name];
    CHECK(ours.size() == theirs.size());
    for (std::size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i) {
      CHECK(ours[i] == theirs[i]);
    }
  }
}

void ScenarioPlayer::check_rooms(const rapidjson::Value& value) {
  for (const auto& [name, of_client] : clients_) {
    CAPTURE(name);
    if (value.HasMember(name.c_str())) {
      const auto& socket = of_client.at("/").socket;
      const Texts rooms = socket->rooms();
      std::set<std::string> expected{socket->id()};
      for (const auto& room : value[name.c_str()].GetArray()) {
        expected.insert(*socketio::room_from_value(value_of(room)));
      }
      CHECK(std::set<std::string>(rooms.begin(), rooms.end()) == expected);
    }
  }
}

void ScenarioPlayer::check_result(const rapidjson::Value& value) {
  if (value.IsObject() && value.HasMember("received")) {
    for (const auto& received : value["received"].GetArray()) {
      if (received[0] == node_name_.c_str()) {
        Array arguments = *value_of(received).as_array();
        arguments.erase(arguments.begin());
        CHECK(Value(server_events_.at(0)) == Value(std::move(arguments)));
      }
    }
    return;
  }
  const bool of_client = value.IsObject() && (value.HasMember("a1") || value.HasMember("b1"));
  if (of_client) {
    return check_rooms(value);
  }
  if (started_ == nullptr && !action_.done) {
    return;  // another node's, or what is thrown in Node
  }
  if (!action_.done) {
    node_->advance(5s);
  }
  REQUIRE(action_.done);
  if (value.IsNumber()) {
    CHECK(action_.values.size() == value.GetUint());
  } else if (value.IsObject() && value.HasMember("$error")) {
    CHECK(action_.error == string_of(value, "$error"));
  } else if (value.IsObject()) {
    CHECK(action_.error == (value["err"].IsNull() ? "" : string_of(value, "err")));
    const Value responses = value_of(value[value.HasMember("res") ? "res" : "responses"]);
    CHECK(Value(action_.values) == (responses.is_array() ? responses : Value(Array{responses})));
  } else if (!action_.counted) {
    CHECK(Value(action_.values) == value_of(value));
  } else {
    CHECK(action_.values.size() == value.Size());
    CHECK(action_.error.empty());
  }
}

}  // namespace tests
