#include "apps/chat/config/command_line.hpp"

#include <doctest/doctest.h>

using namespace chat;

namespace {

std::optional<CommandLine> parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "sio_chat");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

}  // namespace

TEST_CASE("flags name settings, by their short name or the long one") {
  const auto line =
      parse({"--port", "0", "--websocket-ping-interval=300", "--config", "chat.toml"});
  REQUIRE(line);
  CHECK(line->action == CommandLine::Action::run);
  CHECK(line->sources.file == "chat.toml");
  REQUIRE(line->sources.flags.size() == 2);
  CHECK(line->sources.flags[0].first->name == "websocket.port");
  CHECK(line->sources.flags[0].second == "0");
  CHECK(line->sources.flags[1].first->name == "websocket.pingInterval");
  CHECK(line->sources.flags[1].second == "300");
  CHECK(parse({"--websocket-port", "0"})->sources.flags[0].first->name == "websocket.port");
}

TEST_CASE("a flag may be given nothing, which is not the same as not at all") {
  const auto line = parse({"--redis", "", "--server-host", "::"});
  REQUIRE(line);
  REQUIRE(line->sources.flags.size() == 2);
  CHECK(line->sources.flags[0].first->name == "server.host");
  CHECK(line->sources.flags[1].second.empty());
}

TEST_CASE("the program can be asked for its settings instead") {
  CHECK(parse({"--check-config"})->action == CommandLine::Action::check_config);
  CHECK(parse({"--print-config"})->action == CommandLine::Action::print_config);
}

TEST_CASE("flags that there are not, and flags without a value, are refused") {
  CHECK_THROWS_AS(parse({"--prot", "1"}), ConfigurationError);
  CHECK_THROWS_AS(parse({"--port"}), ConfigurationError);
  CHECK_THROWS_AS(parse({"3000"}), ConfigurationError);
  CHECK_THROWS_AS(parse({"--port", "1", "--port", "2"}), ConfigurationError);
}
