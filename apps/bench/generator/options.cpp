#include "apps/bench/generator/options.hpp"

#include <charconv>
#include <functional>
#include <map>
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

Client::TransportKind to_transport(std::string_view text) {
  if (text == "websocket") {
    return Client::TransportKind::websocket;
  }
  if (text == "polling") {
    return Client::TransportKind::polling;
  }
  throw Failure("takes websocket or polling, not " + std::string(text));
}

using Setter = std::function<void(Options&, std::string_view)>;

const std::map<std::string_view, Setter>& setters() {
  using Text = std::string_view;
  static const std::map<std::string_view, Setter> all{
      {"--host", [](Options& o, Text v) { o.server.host = v; }},
      {"--port", [](Options& o, Text v) { o.server.port = to_number<std::uint16_t>(v); }},
      {"--server-pid", [](Options& o, Text v) { o.server_pid = to_number<int>(v); }},
      {"--transport", [](Options& o, Text v) { o.transport = to_transport(v); }},
      {"--connections", [](Options& o, Text v) { o.connections = to_number<std::size_t>(v); }},
      {"--concurrency", [](Options& o, Text v) { o.concurrency = to_number<std::size_t>(v); }},
      {"--size", [](Options& o, Text v) { o.size = to_number<std::size_t>(v); }},
      {"--in-flight", [](Options& o, Text v) { o.in_flight = to_number<std::size_t>(v); }},
      {"--outstanding", [](Options& o, Text v) { o.outstanding = to_number<std::size_t>(v); }},
      {"--rooms", [](Options& o, Text v) { o.rooms = to_number<std::size_t>(v); }},
      {"--rate", [](Options& o, Text v) { o.rate = to_number<double>(v); }},
      {"--warmup", [](Options& o, Text v) { o.warmup = to_duration(v); }},
      {"--duration", [](Options& o, Text v) { o.duration = to_duration(v); }},
      {"--json", [](Options& o, Text v) { o.json = v == "on"; }},
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
  if (options.server.port == 0) {
    throw Failure("--port is missing");
  }
  if (options.connections == 0 || options.concurrency == 0 || options.in_flight == 0 ||
      options.outstanding == 0 || options.rooms == 0) {
    throw Failure("counts begin at 1");
  }
}

}  // namespace

const char* const usage =
    R"(sio_bench <scenario> --port N [--name value ...]

  echo        every client sends events and gets them back as acknowledgements
  binary      the same with an attachment
  broadcast   one client sends, all receive
  rooms       every client sends to its room
  connect     opens the connections and joins the namespace
  idle        what joined connections cost that do nothing

  --host 127.0.0.1   --port N            where the server is
  --server-pid N                         measures the CPU and the memory of that process
  --connections 1000 --concurrency 100   how many, and how many at a time are being opened
  --transport websocket|polling
  --size 64                              bytes of a payload
  --in-flight 1                          echo, binary: unanswered messages of each client
  --outstanding 1                        broadcast, rooms: of each sender, not yet with everybody
  --rate 0                               messages per second in all; 0: as the answers come
  --rooms 100                            the clients are spread over them
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
