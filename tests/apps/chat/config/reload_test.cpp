#include "apps/chat/config/reload.hpp"

#include <doctest/doctest.h>

using namespace chat;

TEST_CASE("a reload changes what can change and names the rest") {
  Settings wanted;
  wanted.logger.level = LogLevel::debug;
  wanted.limits.message_points = 3;
  wanted.websocket.port = 4'000;
  const Reload reload = compare(Settings(), wanted);
  CHECK(reload.changed ==
        std::vector<std::string>{"websocket.logger.level", "limits.messagePoints"});
  CHECK(reload.ignored == std::vector<std::string>{"websocket.port"});
  CHECK(reload.settings.logger.level == LogLevel::debug);
  CHECK(reload.settings.limits.message_points == 3);
  CHECK(reload.settings.websocket.port == 3'000);
}

TEST_CASE("a reload of the same settings is none") {
  const Reload reload = compare(Settings(), Settings());
  CHECK(reload.changed.empty());
  CHECK(reload.ignored.empty());
}
