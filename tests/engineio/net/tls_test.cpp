#include <atomic>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include "engineio/net/loop_group.hpp"
#include "tests/engineio/net/tls_support.hpp"

using engineio::Clock;
using engineio::Limits;
using engineio::Tls;
using engineio::net::ByteStream;
using namespace net_support;

namespace {

constexpr std::size_t too_much = 16 * 1024 * 1024;

struct TlsServer : Server {
  using Server::Server;

  std::uint16_t listen_and_start() {
    const std::uint16_t port = group.listen("127.0.0.1", 0, tls);
    start();
    return port;
  }

  static Tls files(const Identity& identity) {
    return {.certificate_file = identity.certificate_file,
            .private_key_file = identity.private_key_file,
            .ca_file = {}};
  }

  TemporaryDirectory directory;
  Authority authority{directory};
  Identity identity = authority.issue("server");
  Tls tls = files(identity);
};

}  // namespace

TEST_SUITE("net tls") {
  TEST_CASE("bytes pass in both directions, with TLS 1.3 and 1.2") {
    TlsServer server([](Receiver& receiver, unsigned) {
      receiver.bytes_handler = [&stream = receiver.stream](std::span<char> bytes) {
        stream.write(slice(stream.secure() && stream.queued_bytes() == 0 ? "+" : "-"));
        stream.write(slice(text(bytes)));
        return bytes.size();
      };
    });
    const std::uint16_t port = server.listen_and_start();
    for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
      TlsClient client(port,
                       {.ca_file = server.authority.certificate_file(), .max_version = version});
      REQUIRE(client.connected());
      CHECK(client.version() == (version == TLS1_3_VERSION ? "TLSv1.3" : "TLSv1.2"));
      CHECK(client.peer_name() == "server");
      client.send("hello");
      CHECK(client.receive(6) == "+hello");
    }
  }

  TEST_CASE("TLS 1.1 is refused") {
    TlsServer server;
    TlsClient client(server.listen_and_start(), {.max_version = TLS1_1_VERSION});
    CHECK_FALSE(client.connected());
    CHECK(server.log.wait_for("failed"));
  }

  TEST_CASE("what is no TLS ends its connection") {
    TlsServer server;
    Client client(server.listen_and_start());
    client.send("GET / HTTP/1.1\r\n\r\n");
    CHECK(server.log.wait_for("failed"));
  }

  TEST_CASE("a handshake that does not come to its end is given up") {
    Limits limits;
    limits.http_head_timeout = 50ms;
    TlsServer server({}, 1, limits);
    const auto begin = Clock::now();
    Client client(server.listen_and_start());
    CHECK(server.log.wait_for("failed"));
    CHECK(Clock::now() - begin >= 50ms);
    CHECK(client.wait_for_end() == "reset");
  }

  TEST_CASE("the handshake's deadline ends with the handshake") {
    Limits limits;
    limits.http_head_timeout = 2s;
    TlsServer server({}, 1, limits);
    TlsClient client(server.listen_and_start());
    CHECK(client.request("x") == "x");
    std::this_thread::sleep_for(2200ms);  // that nothing happens takes as long as it would
    CHECK(client.request("y") == "y");
  }

  TEST_CASE("ALPN: http/1.1 or nothing") {
    TlsServer server;
    const std::uint16_t port = server.listen_and_start();
    CHECK(TlsClient(port, {.alpn = "\x02h2\x08http/1.1"}).protocol() == "http/1.1");
    CHECK(TlsClient(port, {.alpn = "\x08http/1.1"}).protocol() == "http/1.1");
    const TlsClient none(port);
    CHECK(none.connected());
    CHECK(none.protocol().empty());
    CHECK_FALSE(TlsClient(port, {.alpn = "\x02h2"}).connected());
  }

  TEST_CASE("sessions are resumed with tickets") {
    TlsServer server;
    const std::uint16_t port = server.listen_and_start();
    TlsClient first(port);
    CHECK(first.request("x") == "x");  // the ticket is there, too
    CHECK_FALSE(first.resumed());
    TlsClient second(port, {.resume = first.ssl});
    CHECK(second.resumed());
    CHECK(second.request("y") == "y");
  }

  TEST_CASE("a large message in pieces of all sizes") {
    std::string large(3'000'000, '\0');
    for (std::size_t i = 0; i < large.size(); ++i) {
      large[i] = static_cast<char>(i * 31 + i / 1009);
    }
    TlsServer server([&](Receiver& receiver, unsigned) {
      receiver.bytes_handler = [&](std::span<char> bytes) {
        for (std::size_t at = 0, size = 1; at < large.size(); size = size * 3 % 70'001 + 1) {
          receiver.stream.write(slice(std::string_view(large).substr(at, size)));
          at += size;
        }
        return bytes.size();
      };
    });
    TlsClient client(server.listen_and_start());
    client.send("x");
    CHECK(client.receive(large.size()) == large);
  }

  TEST_CASE("a slow reader: everything arrives, and on_drained() comes at the end") {
    Log log;
    TlsServer server([&](Receiver& receiver, unsigned) {
      receiver.bytes_handler = [&](std::span<char> bytes) {
        receiver.stream.write(slice(std::string(too_much, 'x')));
        log.add("queued");
        return bytes.size();
      };
      receiver.drained_handler = [&] { log.add("drained"); };
    });
    TlsClient client(server.listen_and_start());
    client.send("x");
    CHECK(log.wait_for("queued"));
    server.end_turns();
    CHECK(log.entries() == std::vector<std::string>{"queued"});
    CHECK(client.receive(too_much) == std::string(too_much, 'x'));
    CHECK(log.wait_for("drained"));
  }

  TEST_CASE("a peer that does not read is ended after the stall time-out") {
    Limits limits;
    limits.write_stall_timeout = 50ms;
    TlsServer server(
        [&](Receiver& receiver, unsigned) {
          receiver.bytes_handler = [&](std::span<char> bytes) {
            receiver.stream.write(slice(std::string(too_much, 'x')));
            return bytes.size();
          };
        },
        1, limits);
    TlsClient client(server.listen_and_start());
    client.send("x");
    CHECK(server.log.wait_for("failed"));
  }

  TEST_CASE("close() sends what is queued, close_notify and a FIN") {
    TlsServer server([&](Receiver& receiver, unsigned) {
      receiver.bytes_handler = [&](std::span<char> bytes) {
        receiver.stream.write(slice("bye"));
        receiver.stream.close();
        return bytes.size();
      };
    });
    TlsClient client(server.listen_and_start());
    client.send("x");
    CHECK(client.receive(3) == "bye");
    CHECK(client.received_close_notify());
    CHECK(client.client.wait_for_end() == "fin");
    client.client.close();
    CHECK(server.log.wait_for("closed here"));
  }

  TEST_CASE("the peer's close_notify is its end, as is a bare FIN") {
    TlsServer server;
    const std::uint16_t port = server.listen_and_start();
    TlsClient polite(port);
    CHECK(polite.request("x") == "x");
    polite.close();
    CHECK(server.log.wait_for("closed by peer"));
    TlsClient rude(port);
    CHECK(rude.request("x") == "x");
    rude.client.send_fin();
    CHECK(server.log.wait_for("closed by peer", 2));
  }

  TEST_CASE("what is written before the handshake is sent after it") {
    TlsServer server([](Receiver& receiver, unsigned) { receiver.stream.write(slice("welcome")); });
    TlsClient client(server.listen_and_start());
    CHECK(client.receive(7) == "welcome");
  }

  TEST_CASE("key updates are answered") {
    TlsServer server;
    TlsClient client(server.listen_and_start());
    for (int i = 0; i < 5; ++i) {
      client.ask_for_new_keys();
      CHECK(client.request("with new keys") == "with new keys");
    }
  }

  TEST_CASE("a flood of key updates by a peer that does not read the answers ends it") {
    TlsServer server([&](Receiver& receiver, unsigned) {
      receiver.bytes_handler = [&](std::span<char> bytes) {
        receiver.stream.write(slice(std::string(too_much, 'x')));
        return bytes.size();
      };
    });
    TlsClient client(server.listen_and_start());
    client.send("x");
    const std::string flood = client.key_updates(10'000);
    try {
      client.client.send(flood);
    } catch (const std::system_error&) {  // the end may come before that of the flood
    }
    CHECK(server.log.wait_for("failed"));
  }

  TEST_CASE("reading can be paused in the middle of what one read brought") {
    std::atomic<ByteStream*> stream = nullptr;
    std::string seen;
    Log log;
    TlsServer server([&](Receiver& receiver, unsigned) {
      stream = &receiver.stream;
      receiver.bytes_handler = [&](std::span<char> bytes) {
        seen += text(bytes);
        receiver.stream.pause_reading();
        log.add("paused");
        return bytes.size();
      };
    });
    TlsClient client(server.listen_and_start());
    const std::string sent(300'000, 'x');
    std::jthread sender([&] { client.send(sent); });
    for (std::size_t times = 1; log.wait_for("paused", times) && seen.size() < sent.size();
         ++times) {
      server.on_loop(0, [&] { stream.load()->resume_reading(); });
    }
    CHECK(seen == sent);
  }

  TEST_CASE("client certificates, required") {
    TlsServer server;
    const Authority stranger(server.directory, "stranger");
    server.tls.ca_file = server.authority.certificate_file();
    server.tls.require_client_certificate = true;
    const std::uint16_t port = server.listen_and_start();

    TlsClient known(port, {.identity = server.authority.issue("client")});
    CHECK(known.request("hello") == "hello");
    TlsClient resumed(port, {.identity = server.authority.issue("client"), .resume = known.ssl});
    CHECK(resumed.request("hello") == "hello");
    TlsClient none(port);
    CHECK(none.receive(1).empty());  // in TLS 1.3 the client hears of it after its handshake
    TlsClient unknown(port, {.identity = stranger.issue("unknown")});
    CHECK(unknown.receive(1).empty());
    CHECK(server.log.wait_for("failed", 2));
  }

  TEST_CASE("client certificates, optional") {
    TlsServer server;
    const Authority stranger(server.directory, "stranger");
    server.tls.ca_file = server.authority.certificate_file();
    const std::uint16_t port = server.listen_and_start();
    TlsClient none(port);
    CHECK(none.request("hello") == "hello");
    TlsClient unknown(port, {.identity = stranger.issue("unknown")});
    CHECK(unknown.receive(1).empty());
  }

  TEST_CASE("reloaded certificates are for connections to come") {
    TlsServer server;
    const std::uint16_t port = server.listen_and_start();
    TlsClient old(port);
    CHECK(old.peer_name() == "server");

    const Identity next = server.authority.issue("next");
    std::filesystem::rename(next.certificate_file, server.identity.certificate_file);
    CHECK_THROWS_AS(server.group.reload_tls(), std::runtime_error);  // the key is still the old one
    CHECK(TlsClient(port).peer_name() == "server");

    std::filesystem::rename(next.private_key_file, server.identity.private_key_file);
    server.group.reload_tls();
    CHECK(TlsClient(port).peer_name() == "next");
    CHECK(old.request("still there") == "still there");
  }

  TEST_CASE("a certificate that cannot be read is an error at once") {
    TlsServer server;
    server.tls.certificate_file += ".absent";
    CHECK_THROWS_AS(server.group.listen("127.0.0.1", 0, server.tls), std::runtime_error);
  }
}
