#include <string>
#include <vector>

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "engineio/net/loop_group.hpp"
#include "tests/engineio/net/tls_support.hpp"

using engineio::Limits;
using engineio::net::Descriptor;
using engineio::net::Proxies;
using engineio::net::TrustedProxies;
using namespace net_support;
using namespace std::string_literals;

namespace {

const std::string line = "PROXY TCP4 192.0.2.1 10.0.0.1 12345 443\r\n";
const std::string unknown = "PROXY UNKNOWN\r\n";
const std::string signature = "\r\n\r\n\0\r\nQUIT\n"s;
const std::string binary =
    signature + "\x21\x11\0\x0c\xC0\0\2\2\x0A\0\0\1\x30\x39\x01\xBB"s;  // 192.0.2.2
const std::string local = signature + "\x20\0\0\0"s;

Proxies behind(const std::vector<std::string>& trusted) {
  return {.trusted = TrustedProxies(trusted), .protocol = true};
}

/// `<address>` and what was received.
void tell_address(Receiver& receiver, unsigned) {
  receiver.bytes_handler = [&stream = receiver.stream](std::span<char> bytes) {
    stream.write(slice("<" + stream.remote_address() + ">" + std::string(text(bytes))));
    return bytes.size();
  };
}

std::string answer(std::uint16_t port, const std::string& bytes, std::string_view expected) {
  Client client(port);
  client.send(bytes);
  return client.receive(expected.size());
}

/// As another program does that accepts a connection and hands it over.
class Acceptor {
 public:
  Acceptor() : listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof(address);
    REQUIRE(::bind(listening_.number(), any, size) == 0);
    REQUIRE(::listen(listening_.number(), 8) == 0);
    REQUIRE(::getsockname(listening_.number(), any, &size) == 0);
    port = ntohs(address.sin_port);
  }
  [[nodiscard]] int accept() { return ::accept(listening_.number(), nullptr, nullptr); }

  std::uint16_t port = 0;

 private:
  Descriptor listening_;
};

Limits one_of_an_address() {
  Limits limits;
  limits.connections_per_address = 1;
  return limits;
}

/// Whether a connection is served; else it is closed at once.
bool is_served(Client& client) {
  client.send("x");
  return client.receive(1) == "x";
}

}  // namespace

TEST_SUITE("net proxies") {
  TEST_CASE("the header of a trusted proxy gives a connection its address") {
    Server server(tell_address, 1, Limits(), behind({"127.0.0.0/8"}));
    const std::uint16_t port = server.listen_and_start();
    CHECK(answer(port, line + "hello", "<192.0.2.1>hello") == "<192.0.2.1>hello");
    CHECK(answer(port, binary + "hello", "<192.0.2.2>hello") == "<192.0.2.2>hello");
    CHECK(answer(port, unknown + "hello", "<127.0.0.1>hello") == "<127.0.0.1>hello");
    CHECK(answer(port, local + "hello", "<127.0.0.1>hello") == "<127.0.0.1>hello");
    CHECK(server.group.connections_refused() == 0);
  }

  TEST_CASE("a header in pieces, and what follows it later") {
    Server server(tell_address, 1, Limits(), behind({"127.0.0.1"}));
    const std::uint16_t port = server.listen_and_start();
    for (const std::string& header : {line, binary}) {
      Client client(port);
      for (const char byte : header) {
        client.send({&byte, 1});
        server.end_turns();
      }
      client.send("!");
      CHECK(client.receive(12) == (header == line ? "<192.0.2.1>!" : "<192.0.2.2>!"));
    }
  }

  TEST_CASE("the header comes before TLS") {
    const TemporaryDirectory directory;
    const Authority authority(directory);
    const Identity identity = authority.issue("server");
    Server server(tell_address, 1, Limits(), behind({"127.0.0.1"}));
    const std::uint16_t port = server.group.listen("127.0.0.1", 0,
                                                   {.certificate_file = identity.certificate_file,
                                                    .private_key_file = identity.private_key_file});
    server.start();
    TlsClient client(port, {.ca_file = authority.certificate_file(), .greeting = binary});
    REQUIRE(client.connected());
    client.send("secret");
    CHECK(client.receive(17) == "<192.0.2.2>secret");
    CHECK_FALSE(TlsClient(port, {.ca_file = authority.certificate_file()}).connected());
  }

  TEST_CASE("nobody else is believed") {
    Server strangers(tell_address, 1, Limits(), behind({"10.0.0.0/8", "::1", "unix"}));
    const std::string told = "<127.0.0.1>" + line;
    CHECK(answer(strangers.listen_and_start(), line, told) == told);
    Server off(tell_address, 1, Limits(), {.trusted = TrustedProxies({"127.0.0.1"})});
    CHECK(answer(off.listen_and_start(), line, told) == told);
  }

  TEST_CASE("a trusted proxy whose first bytes are no header is refused") {
    Server server({}, 1, Limits(), behind({"127.0.0.1"}));
    const std::uint16_t port = server.listen_and_start();
    for (const auto* bytes : {"GET / HTTP/1.1\r\n", "PROXY TCP4 1.2.3.4\r\n", "\x16\x03\x01"}) {
      Client client(port);
      client.send(bytes);
      const std::string end = client.wait_for_end();
      CHECK((end == "fin" || end == "reset"));
    }
    Client silent(port);
    silent.send_fin();
    CHECK(silent.wait_for_end() == "fin");
    server.end_turns();
    CHECK(server.group.connections_refused() == 4);
    CHECK(server.group.connections() == 0);
    CHECK(server.log.entries().empty());
  }

  TEST_CASE("a header that does not come in time") {
    Limits limits;
    limits.http_head_timeout = 500ms;
    limits.keep_alive_timeout = 1h;
    Server server({}, 1, limits, behind({"127.0.0.1"}));
    const std::uint16_t port = server.listen_and_start();
    Client silent(port);
    Client slow(port);
    slow.send(line.substr(0, 20));
    CHECK(silent.wait_for_end() == "fin");
    CHECK(slow.wait_for_end() == "fin");
    CHECK(server.group.connections_refused() == 2);
    Client quick(port);
    quick.send(line);
    CHECK(is_served(quick));
  }

  TEST_CASE("connections that wait for their header end with the server") {
    Server server({}, 2, Limits(), behind({"127.0.0.1"}));
    const std::uint16_t port = server.listen_and_start();
    Client waiting(port);
    waiting.send("PROXY ");
    server.end_turns();
    CHECK(server.group.connections() == 1);
    server.stop();
    CHECK(waiting.wait_for_end() == "fin");
    CHECK(server.group.connections() == 0);
  }

  TEST_CASE("Unix sockets and adopted connections tell their address too") {
    const TemporaryDirectory directory;
    Server server(tell_address, 2, Limits(), behind({"unix", "127.0.0.1"}));
    server.group.listen_unix(directory.file("socket"));
    server.start();
    Client client(directory.file("socket"));
    client.send(binary + "!");
    CHECK(client.receive(12) == "<192.0.2.2>!");

    Acceptor acceptor;
    Client whole(acceptor.port);
    server.group.adopt(acceptor.accept(), line + "read");
    CHECK(whole.receive(15) == "<192.0.2.1>read");
    Client part(acceptor.port);
    server.group.adopt(acceptor.accept(), line.substr(0, 10));
    part.send(line.substr(10) + "sent");
    CHECK(part.receive(15) == "<192.0.2.1>sent");
  }
}

TEST_SUITE("net connections per address") {
  TEST_CASE("at the limit, and one past it") {
    Limits limits;
    limits.connections_per_address = 2;
    Server server({}, 2, limits);
    const std::uint16_t port = server.group.listen("::", 0);
    server.start();
    Client first(port);
    Client second(port);
    CHECK(is_served(first));
    CHECK(is_served(second));
    Client third(port);
    CHECK(third.wait_for_end() == "fin");
    CHECK(server.group.connections_refused() == 1);
    Client other(port, "::1");
    CHECK(is_served(other));
    first.close();
    CHECK(server.log.wait_for("closed by peer"));
    server.end_turns();
    Client fourth(port);
    CHECK(is_served(fourth));
  }

  TEST_CASE("adopted connections count like accepted ones") {
    Server server({}, 2, one_of_an_address());
    const std::uint16_t port = server.listen_and_start();
    Acceptor acceptor;
    Client adopted(acceptor.port);
    server.group.adopt(acceptor.accept(), "");
    CHECK(is_served(adopted));
    CHECK(Client(port).wait_for_end() == "fin");
    Client second(acceptor.port);
    server.group.adopt(acceptor.accept(), "");
    CHECK(second.wait_for_end() == "fin");
  }

  TEST_CASE("a connection that moves keeps its place, and gives it back once") {
    Server server(
        [](Receiver& receiver, unsigned shard) {
          receiver.bytes_handler = [&stream = receiver.stream, shard](std::span<char> bytes) {
            if (text(bytes) == "move") {
              stream.migrate(1 - shard, "x");
            } else {
              stream.write(slice(text(bytes)));
            }
            return bytes.size();
          };
        },
        2, one_of_an_address());
    const std::uint16_t port = server.listen_and_start();
    for (std::size_t i = 1; i <= 3; ++i) {
      Client client(port);
      CHECK(is_served(client));
      client.send("move");
      CHECK(client.receive(1) == "x");
      CHECK(Client(port).wait_for_end() == "fin");
      client.close();
      CHECK(server.log.wait_for("closed by peer", i));
      server.end_turns();
    }
  }

  TEST_CASE("who has no address is not counted, nor is a trusted proxy") {
    const TemporaryDirectory directory;
    Server server({}, 1, one_of_an_address(), {.trusted = TrustedProxies({"127.0.0.1"})});
    server.group.listen_unix(directory.file("socket"));
    const std::uint16_t port = server.listen_and_start();
    std::vector<Client> clients;
    for (int i = 0; i < 3; ++i) {
      CHECK(is_served(clients.emplace_back(port)));
      CHECK(is_served(clients.emplace_back(directory.file("socket"))));
    }
  }

  TEST_CASE("behind the PROXY protocol it is the announced address that counts") {
    Server server({}, 1, one_of_an_address(), behind({"127.0.0.1", "10.0.0.0/8"}));
    const std::uint16_t port = server.listen_and_start();
    const auto served = [port](Client& client, const std::string& header) {
      client.send(header);
      return is_served(client);
    };
    Client first(port);
    Client second(port);
    Client other(port);
    CHECK(served(first, line));
    CHECK_FALSE(served(second, line));
    CHECK(served(other, binary));
    const std::string of_a_proxy = "PROXY TCP4 10.0.0.9 10.0.0.1 12345 443\r\n";
    for (const std::string& uncounted : {local, of_a_proxy}) {
      Client one(port);
      Client two(port);
      CHECK(served(one, uncounted));
      CHECK(served(two, uncounted));
    }
  }
}
