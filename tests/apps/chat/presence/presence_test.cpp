#include "apps/chat/presence/presence.hpp"

#include <doctest/doctest.h>

#include "tests/support/fake_shard.hpp"

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

namespace {

struct World {
  World() {
    presence.on_change([this](const chat::PresenceChange& change) {
      news.push_back((change.online ? "+" : "-") + change.user);
    });
    presence.on_left([this](const std::string& user) { left.push_back(user); });
    presence.on_local_change([this] { ++local_changes; });
  }

  Texts take_news() {
    shard.settle();
    return std::exchange(news, {});
  }

  support::FakeShard shard;
  chat::Presence presence{shard, {.node = "here", .grace = 2s}};
  Texts news;
  Texts left;
  int local_changes = 0;
};

}  // namespace

TEST_CASE_FIXTURE(World, "a user is online from his first connection to his last") {
  presence.connect("ada");
  presence.connect("ada");
  CHECK(take_news() == Texts{"+ada"});
  presence.disconnect("ada");
  CHECK(presence.online("ada"));
  presence.disconnect("ada");
  CHECK_FALSE(presence.online("ada"));
  CHECK(presence.last_seen("ada").has_value());
  CHECK(take_news().empty());
  CHECK(left == Texts{"ada"});
  shard.advance(2s);
  CHECK(take_news() == Texts{"-ada"});
}

TEST_CASE_FIXTURE(World, "who comes back within the grace has not been away") {
  presence.connect("ada");
  CHECK(take_news() == Texts{"+ada"});
  presence.disconnect("ada");
  presence.connect("ada");
  shard.advance(1s);
  CHECK(left.empty());
  presence.disconnect("ada");
  shard.advance(1s);
  presence.connect("ada");
  CHECK_FALSE(presence.last_seen("ada").has_value());
  shard.advance(5s);
  CHECK(take_news().empty());
}

TEST_CASE_FIXTURE(World, "who is at another node as well does not leave") {
  presence.connect("ada");
  presence.apply("there", {.added = {"ada", "bob"}, .removed = {}});
  CHECK(take_news() == Texts{"+ada", "+bob"});
  presence.disconnect("ada");
  CHECK(presence.online("ada"));
  presence.apply("there", {.added = {}, .removed = {"ada"}});
  CHECK(take_news().empty());
  CHECK(left == Texts{"ada"});
  shard.advance(2s);
  CHECK(take_news() == Texts{"-ada"});
  CHECK(presence.users() == Texts{"bob"});
}

TEST_CASE_FIXTURE(World, "the users of a node that died are lost without a grace") {
  presence.replace("there", {"ada", "bob"});
  presence.connect("bob");
  CHECK(take_news() == Texts{"+ada", "+bob"});
  presence.remove_node("there");
  CHECK(take_news() == Texts{"-ada"});
  CHECK(left == Texts{"ada"});
  CHECK(presence.users() == Texts{"bob"});
}

TEST_CASE_FIXTURE(World, "whoever tells the others is woken once for several changes") {
  presence.connect("ada");
  presence.connect("bob");
  CHECK(local_changes == 1);
  CHECK(presence.take_local_changes().added.size() == 2);
  presence.disconnect("bob");
  CHECK(local_changes == 2);
  CHECK(presence.take_local_changes().removed == Texts{"bob"});
  CHECK(presence.take_local_users() == Texts{"ada"});
  CHECK(presence.take_local_changes().empty());
}

TEST_CASE_FIXTURE(World, "a full mailbox loses no news") {
  shard.mailbox_full = true;
  presence.connect("ada");
  shard.mailbox_full = false;
  presence.connect("bob");
  CHECK(take_news() == Texts{"+ada", "+bob"});
}
