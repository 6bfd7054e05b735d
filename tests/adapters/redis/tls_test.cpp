// The client and a redis-server that speaks TLS.
#include <doctest/doctest.h>

#include <string>

#include "tests/adapters/support/redis_recorder.hpp"
#include "tests/adapters/support/redis_server.hpp"

using adapters::RedisOptions;
using adapters::redis::ChannelKind;
using tests::RedisServer;
using tests::TestedClient;
using tests::wait_until;

namespace {

const tests::Certificates& certificates() {
  static const tests::Certificates all;
  return all;
}

struct TlsServer {
  explicit TlsServer(const std::string& name, const std::string& clients = "no")
      : server({"--tls-port", std::to_string(port), "--tls-cert-file",
                certificates().file(name + ".crt"), "--tls-key-file",
                certificates().file(name + ".key"), "--tls-ca-cert-file",
                certificates().file("ca.crt"), "--tls-auth-clients", clients}) {}

  [[nodiscard]] RedisOptions options(const std::string& host) const {
    RedisOptions options;
    options.url = "rediss://" + host + ":" + std::to_string(port);
    options.tls.ca_file = certificates().file("ca.crt");
    return options;
  }

  std::uint16_t port = tests::free_port();
  RedisServer server;
};

}  // namespace

TEST_CASE("redis tls: a certificate for the host") {
  const TlsServer server("server");
  for (const char* host : {"127.0.0.1", "localhost"}) {
    const TestedClient client(server.options(host));
    CHECK(client.execute({"PING"}).reply.text == "PONG");
    client.subscribe(ChannelKind::plain, "c");
    REQUIRE(client.wait_for_message("subscribed c"));
    const std::string large(1'000'000, 'x');
    client->publish(ChannelKind::plain, "c", large);
    CHECK(client.wait_for_message("c=" + large));
  }
}

TEST_CASE("redis tls: many commands at once") {
  const TlsServer server("server");
  const TestedClient client(server.options("localhost"));
  std::atomic<int> answered = 0;
  std::atomic<int> out_of_order = 0;
  for (int i = 1; i <= 20'000; ++i) {
    client->execute({"INCR", "n"}, [&, i](adapters::redis::Result result) {
      out_of_order += result.reply.integer == i ? 0 : 1;
      ++answered;
    });
  }
  CHECK(wait_until([&] { return answered == 20'000; }));
  CHECK(out_of_order == 0);
}

TEST_CASE("redis tls: an authority that nobody knows") {
  const TlsServer server("server");
  RedisOptions options = server.options("localhost");
  options.tls.ca_file = certificates().file("stranger.crt");
  const TestedClient client(options);
  CHECK(wait_until([&] { return client.log().has("refused: its certificate is not accepted"); }));
  CHECK_FALSE(client->statistics().connected);
  options.tls.verify = false;
  const TestedClient careless(options);
  CHECK(careless.execute({"PING"}).reply.text == "PONG");
}

TEST_CASE("redis tls: the certificate of another host") {
  const TlsServer server("other");
  RedisOptions options = server.options("localhost");
  {
    const TestedClient client(options);
    CHECK(wait_until([&] { return client.log().has("hostname mismatch"); }));
    CHECK_FALSE(client->statistics().connected);
  }
  {
    const TestedClient client(server.options("127.0.0.1"));
    CHECK(wait_until([&] { return client.log().has("IP address mismatch"); }));
  }
  options.tls.server_name = "other.example";
  const TestedClient named(options);
  CHECK(named.execute({"PING"}).reply.text == "PONG");
}

TEST_CASE("redis tls: a server that wants a certificate of its clients") {
  const TlsServer server("server", "yes");
  RedisOptions options = server.options("localhost");
  {
    const TestedClient client(options);
    CHECK(wait_until([&] { return client.log().has("refused: "); }));
    CHECK_FALSE(client->statistics().connected);
  }
  options.tls.certificate_file = certificates().file("server.crt");
  options.tls.key_file = certificates().file("server.key");
  const TestedClient client(options);
  CHECK(client.execute({"PING"}).reply.text == "PONG");
}

TEST_CASE("redis tls: a server that speaks no TLS") {
  const RedisServer server;
  RedisOptions options;
  options.url = "rediss://" + server.address();
  options.tls.verify = false;
  options.connect_timeout = std::chrono::milliseconds(500);
  const TestedClient client(options);
  CHECK(wait_until([&] { return client.log().size() >= 2; }));
  CHECK_FALSE(client->statistics().connected);
}
