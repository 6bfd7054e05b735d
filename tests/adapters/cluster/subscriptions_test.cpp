#include "adapters/cluster/subscriptions.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/adapters/support/fake_client.hpp"

using namespace adapters;
using namespace adapters::cluster;
using tests::Commands;

namespace {

struct Listener final : ChannelListener {
  void on_message(std::string_view, std::span<char> payload) override {
    heard.emplace_back(payload.begin(), payload.end());
    payload.front() = '!';
  }
  std::vector<std::string> heard;
};

}  // namespace

TEST_CASE("a channel is subscribed once, for all that listen") {
  tests::FakeClient client;
  const auto subscriptions = std::make_shared<Subscriptions>(client, redis::ChannelKind::sharded);
  const auto a = std::make_shared<Listener>();
  const auto b = std::make_shared<Listener>();
  subscriptions->add("c", a);
  subscriptions->add("c", b);
  subscriptions->add("c", b);
  CHECK(client.take() == Commands{{"SSUBSCRIBE", "c"}});

  client.deliver("c", "hello", redis::ChannelKind::sharded);
  CHECK(a->heard == std::vector<std::string>{"hello"});
  CHECK(b->heard == std::vector<std::string>{"hello"});  // once, and as it was sent

  subscriptions->remove("c", *b);
  subscriptions->remove("c", *a);
  CHECK(client.take().empty());
  subscriptions->remove("c", *a);  // has gone before
  subscriptions->remove("d", *a);
  CHECK(client.take().empty());
  client.deliver("c", "again", redis::ChannelKind::sharded);
  CHECK(a->heard.size() == 1);
  CHECK(b->heard.size() == 2);
  subscriptions->remove("c", *b);
  CHECK(client.take() == Commands{{"SUNSUBSCRIBE", "c"}});
}

TEST_CASE("messages for a listener that is gone") {
  tests::FakeClient client;
  auto subscriptions = std::make_shared<Subscriptions>(client, redis::ChannelKind::plain);
  auto listener = std::make_shared<Listener>();
  subscriptions->add("c", listener);
  listener.reset();
  client.deliver("c", "hello");
  subscriptions.reset();
  CHECK(client.deliver("c", "hello") == 1);
}
