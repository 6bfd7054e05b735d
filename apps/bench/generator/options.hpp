#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "apps/bench/generator/transport.hpp"

namespace bench {

/// The command line: `sio_bench <scenario> [--name value ...]`.
struct Options {
  std::string scenario;
  Route route;
  std::uint16_t sender_port = 0;  ///< of a server that the first client is at; 0: that of all
  int server_pid = 0;  ///< of this machine, to measure its CPU and memory; 0: not measured
  std::size_t connections = 1000;
  std::size_t concurrency = 100;  ///< connections that are being opened at a time
  std::size_t size = 64;          ///< bytes of a message's payload
  std::size_t in_flight = 1;      ///< echo: messages of a client that wait for their answer
  std::size_t outstanding = 1;    ///< broadcast, rooms: of a sender, not yet with all receivers
  std::size_t rooms = 100;
  std::size_t senders = 0;  ///< rooms, mixed: clients that send; 0: the scenario's own choice
  double rate = 0;  ///< messages per second of all clients together; 0: as fast as answers come
  std::chrono::milliseconds cut_every{15'000};  ///< jitter: of a client's connection
  std::chrono::milliseconds warmup{1'000};
  std::chrono::milliseconds duration{5'000};
  bool json = false;
};

/// Throws Failure with one sentence that names the flag.
[[nodiscard]] Options parse_options(int argc, char** argv);

extern const char* const usage;

}  // namespace bench
