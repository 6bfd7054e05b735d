#pragma once

#include <string>
#include <vector>

#include "socketio/value.hpp"

namespace tests {

/// The vectors of one scenario of a Redis file, in order.
struct Scenario {
  Scenario(const std::string& file, const std::string& scenario_name);

  std::string name;
  socketio::Value facts;  ///< the entry under `scenarios`
  struct Step {
    std::string name;
    std::vector<socketio::Value> vectors;
  };
  std::vector<Step> steps;
};

/// A step that one role cannot be played in, and why.
struct SkippedStep {
  std::string scenario;
  std::string step;
  std::string node;  ///< `A` or `B`: when that one is ours; empty: whichever is
  std::string reason;
};

/// Each entry of the list names a step that is there.
void check_skipped_exist(const std::string& file, const std::vector<SkippedStep>& skipped);

// What a vector says.

/// The string, or an empty one.
[[nodiscard]] std::string text_of(const socketio::Value& value);
[[nodiscard]] std::string json_of(const socketio::Value& value);

/// PUBLISH, SPUBLISH or XADD.
[[nodiscard]] bool is_publish(const socketio::Value& vector);
/// What was published, `{type, data, nsp}` at least, as captured.
[[nodiscard]] socketio::Value message_of(const socketio::Value& vector);
[[nodiscard]] int type_of(const socketio::Value& message);
/// Something that a node does because its application wants it.
[[nodiscard]] bool is_request(const socketio::Value& vector);

}  // namespace tests
