#include "tests/adapters/classic/scenario.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "tests/socketio/notation.hpp"
#include "tests/support/vectors.hpp"

namespace tests {

using socketio::Array;
using socketio::Document;
using socketio::Object;
using socketio::Value;

std::vector<Step> load_steps(const std::string& file) {
  std::vector<Step> steps;
  for (const auto& vector : load_vectors(file)["vectors"].GetArray()) {
    const std::string scenario = string_of(vector, "scenario");
    const std::string name = text_of(vector, "step");
    if (steps.empty() || steps.back().scenario != scenario || steps.back().name != name) {
      steps.push_back({scenario, name, {}});
    }
    steps.back().vectors.push_back(&vector);
  }
  return steps;
}

std::string text_of(const rapidjson::Value& object, const char* key) {
  return object.HasMember(key) ? string_of(object, key) : "";
}

Value value_of(const rapidjson::Value& value) {
  return from_notation(value, UndefinedMembers::dropped);
}

Document decode_message(const std::string& bytes) {
  auto document = bytes.starts_with('{')
                      ? Document::from_json(bytes)
                      : Document::from_msgpack(bytes, socketio::MsgpackDialect::notepack3);
  REQUIRE(document.has_value());
  return *std::move(document);
}

const std::map<std::string, std::vector<Value>>& first_rooms() {
  static const std::map<std::string, std::vector<Value>> rooms{
      {"main a1 /", {"room2"}},
      {"main b1 /", {"room1"}},
      {"main b1 /foo", {"room1"}},
      {"main b2 /", {"room1", "room2", 5, "r\u00f6\u00f6m"}},
      {"key-prefix b1 /", {"room1"}},
      {"client-redis5 b1 /", {"room1"}},
      {"client-ioredis b1 /", {"room1"}},
      {"emitter a1 /", {"room1"}},
      {"emitter b1 /", {"room1", "room2"}},
      {"emitter b1 /foo", {"room1"}}};
  return rooms;
}

const std::map<std::string, std::string>& late_clients() {
  static const std::map<std::string, std::string> steps{{"b3", "remote-socket-disconnect"},
                                                        {"b4", "disconnect-sockets-close"},
                                                        {"b5", "legacy-remote-disconnect"}};
  return steps;
}

std::string escaped(const std::string& pattern) {
  std::string result;
  for (const char character : pattern.substr(0, pattern.size() - 1)) {
    result += std::string_view("*?[]").find(character) != std::string_view::npos ? "\\" : "";
    result += character;
  }
  return result + '*';
}

namespace {

std::string comparable(const std::string& message) {
  if (!message.starts_with('{')) {
    return to_hex(message);
  }
  Value value = decode_message(message).root().to_value();
  if (!value["type"].is_null()) {
    return message;
  }
  const auto by_text = [](const Value& left, const Value& right) {
    return socketio::toString(left) < socketio::toString(right);
  };
  for (const char* list : {"rooms", "sockets"}) {
    if (!value[list].is_array()) {
      continue;
    }
    Array& elements = *value[std::string_view(list)].as_array();
    for (Value& element : elements) {
      if (const Object* handshake = std::as_const(element)["handshake"].as_object()) {
        Array keys;
        for (const auto& member : *handshake) {
          keys.emplace_back(member.key);
        }
        element["handshake"] = std::move(keys);
      }
    }
    std::sort(elements.begin(), elements.end(), by_text);
  }
  return socketio::toString(value).c_str();
}

}  // namespace

std::string comparable(const adapters::redis::Command& command) {
  std::string result;
  for (const std::string& word : command) {
    result += (&word == &command.back() ? comparable(word) : word) + ' ';
  }
  return command[0] == "PUBLISH" ? result : result + " (" + command.back() + ')';
}

}  // namespace tests
