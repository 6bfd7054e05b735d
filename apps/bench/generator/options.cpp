#include "apps/bench/generator/options.hpp"

#include <charconv>
#include <functional>
#include <map>
#include <memory>
#include <string_view>

#include "apps/bench/generator/failure.hpp"

namespace bench {
namespace {

template <class Number>
Number to_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw Failure("takes a number, not " + std::string(text));
  }
  return number;
}

std::chrono::milliseconds to_duration(std::string_view seconds) {
  return std::chrono::milliseconds(static_cast<long>(to_number<double>(seconds) * 1000));
}

Route::Kind to_kind(std::string_view text) {
  static const std::map<std::string_view, Route::Kind> all{{"websocket", Route::Kind::websocket},
                                                           {"polling", Route::Kind::polling},
                                                           {"upgrade", Route::Kind::upgrade}};
  const auto found = all.find(text);
  if (found == all.end()) {
    throw Failure("takes websocket, polling or upgrade, not " + std::string(text));
  }
  return found->second;
}

bool to_switch(std::string_view text) {
  if (text != "on" && text != "off") {
    throw Failure("takes on or off, not " + std::string(text));
  }
  return text == "on";
}

using Setter = std::function<void(Options&, std::string_view)>;

const std::map<std::string_view, Setter>& setters() {
  using Text = std::string_view;
  static const std::map<std::string_view, Setter> all{
      {"--host", [](Options& o, Text v) { o.route.server.host = v; }},
      {"--port", [](Options& o, Text v) { o.route.server.port = to_number<std::uint16_t>(v); }},
      {"--sender-port", [](Options& o, Text v) { o.sender_port = to_number<std::uint16_t>(v); }},
      {"--server-pid", [](Options& o, Text v) { o.server_pid = to_number<int>(v); }},
      {"--transport", [](Options& o, Text v) { o.route.kind = to_kind(v); }},
      {"--tls", [](Options& o, Text v) { o.route.server.tls = to_switch(v); }},
      {"--deflate",
       [](Options& o, Text v) {
         o.route.deflate = to_switch(v) ? std::make_shared<Deflate>() : nullptr;
       }},
      {"--connections", [](Options& o, Text v) { o.connections = to_number<std::size_t>(v); }},
      {"--concurrency", [](Options& o, Text v) { o.concurrency = to_number<std::size_t>(v); }},
      {"--size", [](Options& o, Text v) { o.size = to_number<std::size_t>(v); }},
      {"--in-flight", [](Options& o, Text v) { o.in_flight = to_number<std::size_t>(v); }},
      {"--outstanding", [](Options& o, Text v) { o.outstanding = to_number<std::size_t>(v); }},
      {"--rooms", [](Options& o, Text v) { o.rooms = to_number<std::size_t>(v); }},
      {"--senders", [](Options& o, Text v) { o.senders = to_number<std::size_t>(v); }},
      {"--rate", [](Options& o, Text v) { o.rate = to_number<double>(v); }},
      {"--cut-every", [](Options& o, Text v) { o.cut_every = to_duration(v); }},
      {"--warmup", [](Options& o, Text v) { o.warmup = to_duration(v); }},
      {"--duration", [](Options& o, Text v) { o.duration = to_duration(v); }},
      {"--json", [](Options& o, Text v) { o.json = to_switch(v); }},
  };
  return all;
}

void set(Options& options, const std::string& name, std::string_view value) {
  const auto setter = setters().find(name);
  if (setter == setters().end()) {
    throw Failure("there is no flag " + name);
  }
  try {
    setter->second(options, value);
  } catch (const Failure& failure) {
    throw Failure(name + " " + failure.what());
  }
}

void check(const Options& options) {
  if (options.route.server.port == 0) {
    throw Failure("--port is missing");
  }
  if (options.connections == 0 || options.concurrency == 0 || options.in_flight == 0 ||
      options.outstanding == 0 || options.rooms == 0) {
    throw Failure("counts begin at 1");
  }
  if (options.senders > options.connections) {
    throw Failure("--senders takes at most the number of --connections");
  }
}

}  // namespace

const char* const usage =
    R"(sio_bench <scenario> --port N [--name value ...]

  echo        every client sends events and gets them back as acknowledgements
  binary      the same with an attachment
  broadcast   one client sends, all receive
  rooms       every client sends to its room
  mixed       a chat: few of the clients send to their rooms, others are about to, some want an
              acknowledgement, some clients are in no room
  connect     opens the connections and joins the namespace
  idle        what joined connections cost that do nothing; with --deflate on: that have compressed
  jitter      one client sends to a room in which all the others have their connection cut now and
              then; each must get every event, for which the server needs connection state recovery
  avalanche   all connections are cut at once; until all clients are back in their rooms

  --host 127.0.0.1   --port N            where the server is
  --sender-port N                        broadcast: the sender is at another server of the cluster
  --server-pid N                         measures the CPU and the memory of that process
  --connections 1000 --concurrency 100   how many, and how many at a time are being opened
  --transport websocket|polling|upgrade  upgrade: join over polling, then go over to WebSocket
  --tls on           --deflate on        with TLS; with permessage-deflate, without contexts
  --size 64                              bytes of a payload
  --in-flight 1                          echo, binary: unanswered messages of each client
  --outstanding 1                        broadcast, rooms, mixed: of each sender, not yet with all
  --rate 0                               messages per second in all; 0: as the answers come, or
                                         2 (jitter)
  --rooms 100                            the clients are spread over them
  --senders N                            rooms, mixed: how many send; rooms: all, mixed: one of 20
  --cut-every 15                         jitter: seconds between the cuts of one client
  --warmup 1         --duration 5        seconds
  --json on                              one line of JSON instead of a table
)";

Options parse_options(int argc, char** argv) {
  if (argc < 2 || argc % 2 != 0) {
    throw Failure("a scenario and pairs of a flag and its value are expected");
  }
  Options options;
  options.scenario = argv[1];
  for (int i = 2; i < argc; i += 2) {
    set(options, argv[i], argv[i + 1]);
  }
  check(options);
  return options;
}

}  // namespace bench
