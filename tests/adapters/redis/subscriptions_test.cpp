#include "adapters/redis/subscriptions.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using adapters::redis::ChannelKind;
using adapters::redis::Subscriptions;

namespace {

void deliver(Subscriptions& subscriptions, ChannelKind kind, std::string_view name,
             std::string payload = "x") {
  subscriptions.deliver(kind, name, name, payload);
}

}  // namespace

TEST_CASE("subscriptions: each kind has its own names") {
  Subscriptions subscriptions;
  std::vector<std::string> heard;
  for (const ChannelKind kind : adapters::redis::channel_kinds) {
    subscriptions.add(kind, "a",
                      [&heard, kind](std::string_view channel, std::span<char> payload) {
                        heard.push_back(std::to_string(static_cast<int>(kind)) +
                                        std::string(channel) +
                                        std::string(payload.begin(), payload.end()));
                      },
                      {});
  }
  subscriptions.deliver(ChannelKind::pattern, "a", "matched", {});
  deliver(subscriptions, ChannelKind::sharded, "a");
  deliver(subscriptions, ChannelKind::plain, "b");
  CHECK(heard == std::vector<std::string>{"1matched", "2ax"});
  CHECK(subscriptions.channels(ChannelKind::plain) == std::vector<std::string>{"a"});
  subscriptions.remove(ChannelKind::plain, "a");
  CHECK_FALSE(subscriptions.contains(ChannelKind::plain, "a"));
  CHECK(subscriptions.contains(ChannelKind::sharded, "a"));
}

TEST_CASE("subscriptions: confirmed once") {
  Subscriptions subscriptions;
  int confirmed = 0;
  subscriptions.add(
      ChannelKind::plain, "a", [](std::string_view, std::span<char>) {}, [&] { ++confirmed; });
  subscriptions.confirm(ChannelKind::plain, "b");
  CHECK(confirmed == 0);
  subscriptions.confirm(ChannelKind::plain, "a");
  subscriptions.confirm(ChannelKind::plain, "a");
  CHECK(confirmed == 1);
}

TEST_CASE("subscriptions: removed and added again by its handler") {
  Subscriptions subscriptions;
  std::string heard;
  subscriptions.add(ChannelKind::plain, "a",
                    [&](std::string_view name, std::span<char>) {
                      subscriptions.remove(ChannelKind::plain, name);
                      subscriptions.add(ChannelKind::plain, "a",
                                        [&](std::string_view, std::span<char>) { heard += '2'; },
                                        {});
                      heard += '1';
                    },
                    {});
  deliver(subscriptions, ChannelKind::plain, "a");
  deliver(subscriptions, ChannelKind::plain, "a");
  CHECK(heard == "12");
}
