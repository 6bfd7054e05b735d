#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "conformance/server/cluster.hpp"
#include "engineio/options.hpp"
#include "socketio/options.hpp"

namespace conformance {

enum class Mode { eio, sio, app };

/// The command line: `--name value`, once each.
struct Flags {
  Mode mode = Mode::app;
  std::uint16_t port = 0;
  std::string node_name;
  bool msgpack = false;
  Cluster cluster;
  engineio::Options engine;
  socketio::Options socket;
};

/// Throws std::invalid_argument with one sentence that names the flag.
[[nodiscard]] Flags parse_flags(int argc, char** argv);

}  // namespace conformance
