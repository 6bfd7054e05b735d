#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engineio/options.hpp"
#include "socketio/options.hpp"

namespace bench_server {

/// The command line of sio_bench_server.
struct Flags {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::optional<engineio::Tls> tls = {};
  engineio::Options engine{.threads = 1};
  socketio::Options socketio = {};
};

/// Throws std::invalid_argument with one sentence that names the flag.
[[nodiscard]] Flags parse_flags(int argc, char** argv);

}  // namespace bench_server
