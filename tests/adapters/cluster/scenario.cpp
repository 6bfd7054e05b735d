#include "tests/adapters/cluster/scenario.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "socketio/codec.hpp"
#include "tests/socketio/notation.hpp"
#include "tests/support/vectors.hpp"

namespace tests {

using socketio::Object;
using socketio::Value;
using socketio::Writer;

namespace {

/// `{"$error": …}` has no counterpart.
Value value_of(const rapidjson::Value& json) {
  if (json.IsObject() && json.HasMember("$error")) {
    return Object{{"error", string_of(json, "$error")}};
  }
  return from_notation(json, UndefinedMembers::dropped);
}

Value vector_of(const rapidjson::Value& json) {
  Object object;
  for (const auto& member : json.GetObject()) {
    object.append(member.name.GetString(), value_of(member.value));
  }
  return object;
}

}  // namespace

// --- Scenarios ---------------------------------------------------------------------------------

Scenario::Scenario(const std::string& file, const std::string& scenario_name)
    : name(scenario_name) {
  const rapidjson::Document& document = load_vectors(file);
  REQUIRE(document["scenarios"].HasMember(name.c_str()));
  facts = from_notation(document["scenarios"][name.c_str()], UndefinedMembers::dropped);
  for (const auto& vector : document["vectors"].GetArray()) {
    if (!vector.HasMember("scenario") || vector["scenario"].GetString() != name) {
      continue;
    }
    const std::string step = string_of(vector, "step");
    if (steps.empty() || steps.back().name != step) {
      steps.push_back({step, {}});
    }
    steps.back().vectors.push_back(vector_of(vector));
  }
}

void check_skipped_exist(const std::string& file, const std::vector<SkippedStep>& skipped) {
  for (const SkippedStep& skip : skipped) {
    const Scenario scenario(file, skip.scenario);
    CHECK_MESSAGE(std::any_of(scenario.steps.begin(), scenario.steps.end(),
                              [&](const auto& step) { return step.name == skip.step; }),
                  skip.scenario, "/", skip.step);
    CHECK_FALSE(skip.reason.empty());
  }
}

// --- Vectors -------------------------------------------------------------------------------------

std::string text_of(const Value& value) {
  return std::string(value.as_string().value_or(std::string_view{}));
}

std::string json_of(const Value& value) {
  std::string json;
  socketio::write_json([&](Writer& writer) { value.write_to(writer); }, json);
  return json;
}

Value message_of(const Value& vector) {
  if (vector["encoding"] == Value("json")) {
    const auto document = socketio::Document::from_json(text_of(vector["text"]));
    REQUIRE(document.has_value());
    return document->root().to_value();
  }
  if (vector["command"] == Value("XADD") && vector["fields"].is_object()) {
    const auto type = text_of(vector["fields"]["type"]);
    const bool digits = !type.empty() && type.find_first_not_of("0123456789") == std::string::npos;
    return Object{{"type", digits ? std::stoi(type) : 0},
                  {"data", vector["decoded"]},
                  {"nsp", vector["fields"]["nsp"]}};
  }
  return vector["decoded"];
}

bool is_publish(const Value& vector) {
  const std::string command = text_of(vector["command"]);
  return command == "PUBLISH" || command == "SPUBLISH" || command == "XADD";
}

int type_of(const Value& message) {
  return static_cast<int>(message["type"].as_int64().value_or(0));
}

bool is_request(const Value& vector) {
  const int type = is_publish(vector) ? type_of(message_of(vector)) : 0;
  return (type >= 3 && type <= 7) || type == 9;
}

}  // namespace tests
