#pragma once

#include <rapidjson/document.h>

#include <map>
#include <string>
#include <vector>

#include "adapters/redis_client.hpp"
#include "socketio/codec.hpp"
#include "socketio/value.hpp"

// The captured scenarios of redis_adapter_classic.json and redis_emitter.json.

namespace tests {

/// One step of a scenario: its vectors, in order of time.
struct Step {
  std::string scenario;
  std::string name;
  std::vector<const rapidjson::Value*> vectors;
};

[[nodiscard]] std::vector<Step> load_steps(const std::string& file);

/// Rooms that a client joined before the capture began, by "scenario client namespace".
[[nodiscard]] const std::map<std::string, std::vector<socketio::Value>>& first_rooms();
/// Clients that are there in one step only, and which.
[[nodiscard]] const std::map<std::string, std::string>& late_clients();

/// The string member `key`, or "".
[[nodiscard]] std::string text_of(const rapidjson::Value& object, const char* key);
[[nodiscard]] socketio::Value value_of(const rapidjson::Value& value);
/// A message in JSON or MessagePack.
[[nodiscard]] socketio::Document decode_message(const std::string& bytes);

// To compare what cannot be equal.

/// A pattern as we subscribe to it: Node does not escape names of namespaces.
[[nodiscard]] std::string escaped(const std::string& pattern);
/// A command, its message in hex; but of JSON responses handshakes are reduced to their keys, and
/// the order of rooms and of sockets does not count.
[[nodiscard]] std::string comparable(const adapters::redis::Command& command);

}  // namespace tests
