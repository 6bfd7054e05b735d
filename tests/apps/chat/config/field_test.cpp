#include "apps/chat/config/field.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <charconv>
#include <set>

using namespace chat;

namespace {

/// The two numbers of `a number from 1 to 65535`; nullopt where the field is none.
std::optional<std::pair<std::uint64_t, std::uint64_t>> range_of(const Field& field) {
  const std::size_t from = field.expected.find(" from ");
  const std::size_t to = field.expected.find(" to ", from + 1);
  if (from == std::string::npos || to == std::string::npos) {
    return std::nullopt;
  }
  return std::pair(std::stoull(field.expected.substr(from + 6)),
                   std::stoull(field.expected.substr(to + 4)));
}

bool takes(const Field& field, const Given& given) {
  Settings settings;
  return field.set(settings, given) && field.get(settings) == given;
}

}  // namespace

TEST_CASE("every number is accepted at its limits and not beyond them") {
  std::size_t numbers = 0;
  for (const Field& field : fields()) {
    const auto range = range_of(field);
    if (!range) {
      continue;
    }
    ++numbers;
    CAPTURE(field.name);
    const auto [least, most] = *range;
    CHECK(takes(field, {std::to_string(least)}));
    CHECK(takes(field, {std::to_string(most)}));
    CHECK_FALSE(takes(field, {std::to_string(most + 1)}));
    if (least > 0) {
      CHECK_FALSE(takes(field, {std::to_string(least - 1)}));
    }
    for (const char* wrong : {"", "-1", "1.5", "1 ", " 1", "0x1", "one", "18446744073709551616"}) {
      CHECK_FALSE(takes(field, {wrong}));
    }
    CHECK_FALSE(takes(field, {}));
    CHECK_FALSE(takes(field, {"1", "1"}));
  }
  CHECK(numbers > 30);
}

TEST_CASE("every default is a value that is accepted") {
  const Settings defaults;
  for (const Field& field : fields()) {
    CAPTURE(field.name);
    CHECK(takes(field, field.get(defaults)));
    CHECK_FALSE(field.help.empty());
    CHECK_FALSE(field.expected.empty());
  }
}

TEST_CASE("names, flags and variables are unique") {
  std::set<std::string> seen;
  for (const Field& field : fields()) {
    CAPTURE(field.name);
    CHECK(seen.insert(field.name).second);
    CHECK(seen.insert(field.flag()).second);
    CHECK(seen.insert(field.variable()).second);
    if (!field.alias.empty() && field.alias != field.flag()) {
      CHECK(seen.insert(field.alias).second);
    }
  }
}

TEST_CASE("a name is a flag and a variable in its words") {
  const Field* field = find_field("websocket.retryConfig.maxDelay");
  REQUIRE(field != nullptr);
  CHECK(field->flag() == "--websocket-retry-config-max-delay");
  CHECK(field->variable() == "SIO_CHAT_WEBSOCKET_RETRY_CONFIG_MAX_DELAY");
  CHECK(find_field("websocket.retryconfig") == nullptr);
}

TEST_CASE("lists accept what their elements may be") {
  CHECK(takes(*find_field("websocket.transports"), {"polling"}));
  CHECK_FALSE(takes(*find_field("websocket.transports"), {"polling", "webtransport"}));
  CHECK(takes(*find_field("redis.sentinels"), {"a:1", "[::1]:26379"}));
  for (const char* wrong : {"a", ":1", "a:", "a:65536", "a:b"}) {
    CHECK_FALSE(takes(*find_field("redis.sentinels"), {wrong}));
  }
}
