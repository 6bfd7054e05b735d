#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "conformance/server/cluster.hpp"
#include "engineio/options.hpp"
#include "socketio/options.hpp"
#include "socketio/parser.hpp"

namespace conformance {

enum class Mode { eio, sio, app };

/// The command line: `--name value`, once each but for --limit.
struct Flags {
  Mode mode = Mode::app;
  std::uint16_t port = 0;
  engineio::Tls tls;      ///< no certificate: plain HTTP
  std::string unix_path;  ///< listened on as well
  std::string node_name;
  bool msgpack = false;
  socketio::ParserLimits parser_limits;
  Cluster cluster;
  engineio::Options engine;
  socketio::Options socket;
};

/// Throws std::invalid_argument with one sentence that names the flag.
[[nodiscard]] Flags parse_flags(int argc, char** argv);

/// Makes an engineio::Server or a socketio::Server listen as the flags say. Returns the port.
template <class Server>
std::uint16_t listen(Server& server, const Flags& flags) {
  if (!flags.unix_path.empty()) {
    server.listen_unix(flags.unix_path);
  }
  return flags.tls.certificate_file.empty() ? server.listen("127.0.0.1", flags.port)
                                            : server.listen("127.0.0.1", flags.port, flags.tls);
}

}  // namespace conformance
