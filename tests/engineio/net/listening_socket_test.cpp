#include "engineio/net/listening_socket.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include <doctest/doctest.h>

#include "tests/engineio/net/tls_support.hpp"

using engineio::net::listen_tcp;
using engineio::net::listen_unix;
using engineio::net::ListeningSockets;
using net_support::Client;
using net_support::TemporaryDirectory;

TEST_SUITE("net listening socket") {
  TEST_CASE("several sockets share a port that the first one has chosen") {
    const ListeningSockets listening = listen_tcp("127.0.0.1", 0, 4);
    CHECK(listening.sockets.size() == 4);
    CHECK(listening.port != 0);
    const Client client(listening.port);
  }

  TEST_CASE("a port that is taken is an error, even if its owner would share it") {
    for (const unsigned count : {1U, 2U}) {
      const ListeningSockets first = listen_tcp("127.0.0.1", 0, count);
      CHECK_THROWS_AS(static_cast<void>(listen_tcp("127.0.0.1", first.port, 1)), std::system_error);
      CHECK_THROWS_AS(static_cast<void>(listen_tcp("127.0.0.1", first.port, 2)), std::system_error);
    }
  }

  TEST_CASE("a port is free again when its sockets are closed, though connections remain") {
    ListeningSockets first = listen_tcp("127.0.0.1", 0, 2);
    const Client client(first.port);
    first.sockets.clear();
    CHECK(listen_tcp("127.0.0.1", first.port, 2).port == first.port);
  }

  TEST_CASE("IPv4, IPv6, both, and names") {
    CHECK_NOTHROW(Client(listen_tcp("0.0.0.0", 0, 1).port));
    CHECK(listen_tcp("localhost", 0, 1).port != 0);
    const ListeningSockets v6 = listen_tcp("::1", 0, 2);
    CHECK_NOTHROW(Client(v6.port, "::1"));
    CHECK_THROWS_AS(Client(v6.port, "127.0.0.1"), std::system_error);
    const ListeningSockets both = listen_tcp("::", 0, 2);
    CHECK_NOTHROW(Client(both.port, "::1"));
    CHECK_NOTHROW(Client(both.port, "127.0.0.1"));
  }

  TEST_CASE("an address of another machine, or none, is an error") {
    CHECK_THROWS_AS(static_cast<void>(listen_tcp("192.0.2.1", 0, 1)), std::system_error);
    CHECK_THROWS_AS(static_cast<void>(listen_tcp("no address", 0, 1)), std::system_error);
  }

  TEST_CASE("a Unix socket: its file comes and goes") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("socket");
    {
      const auto listening = listen_unix(path);
      const Client client(path);
    }
    CHECK_FALSE(std::filesystem::exists(path));
  }

  TEST_CASE("a stale socket file is replaced, a live one is an error") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("socket");
    std::filesystem::rename(
        [&] {
          auto listening = listen_unix(directory.file("dead"));
          std::filesystem::create_hard_link(directory.file("dead"), directory.file("stale"));
          return directory.file("stale");
        }(),
        path);
    CHECK_THROWS_AS(Client{path}, std::system_error);
    const auto live = listen_unix(path);
    const Client client(path);
    CHECK_THROWS_AS(static_cast<void>(listen_unix(path)), std::system_error);
    const Client another(path);
  }

  TEST_CASE("any other file is not touched") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("precious");
    std::ofstream(path) << "data";
    CHECK_THROWS_AS(static_cast<void>(listen_unix(path)), std::system_error);
    CHECK(std::filesystem::file_size(path) == 4);
  }

  TEST_CASE("the path has to fit: 107 bytes") {
    const TemporaryDirectory directory;
    const std::string base = directory.file("");
    CHECK_NOTHROW(static_cast<void>(listen_unix(base + std::string(107 - base.size(), 'x'))));
    CHECK_THROWS_AS(static_cast<void>(listen_unix(base + std::string(108 - base.size(), 'x'))),
                    std::system_error);
    CHECK_THROWS_AS(static_cast<void>(listen_unix("")), std::system_error);
  }
}
