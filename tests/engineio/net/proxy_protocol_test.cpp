#include "engineio/net/proxy_protocol.hpp"

#include <doctest/doctest.h>

using engineio::net::ProxyHeaderDecoder;
using Status = ProxyHeaderDecoder::Status;
using namespace std::string_literals;

namespace {

constexpr std::string_view behind = "GET / HTTP/1.1\r\n";

/// The source that a header tells, "own" where the connection keeps its address; or why there is
/// none. The bytes come in pieces of `piece`, and what is behind the header must be left alone.
std::string source_of(const std::string& header, std::size_t piece) {
  ProxyHeaderDecoder decoder;
  const std::string bytes = header + std::string(behind);
  std::size_t taken = 0;
  while (decoder.status() == Status::incomplete && taken < bytes.size()) {
    const std::string_view next = std::string_view(bytes).substr(taken, piece);
    const std::size_t size = decoder.decode(next);
    CHECK((size == next.size() || decoder.status() != Status::incomplete));
    taken += size;
  }
  switch (decoder.status()) {
    case Status::incomplete:
      return "incomplete";
    case Status::invalid:
      return "invalid";
    case Status::complete:
      CHECK(taken == header.size());
      return decoder.source().value_or("own");
  }
  return "?";
}

/// The same, whatever the pieces are.
std::string source_of(const std::string& header) {
  const std::string whole = source_of(header, header.size() + behind.size());
  for (std::size_t piece = 1; piece <= 20; ++piece) {
    CHECK(source_of(header, piece) == whole);
  }
  return whole;
}

const std::string signature = "\r\n\r\n\0\r\nQUIT\n"s;

std::string binary(char version_command, char family, const std::string& rest) {
  return signature + version_command + family + static_cast<char>(rest.size() >> 8) +
         static_cast<char>(rest.size()) + rest;
}

const std::string v4_addresses = "\xC0\x00\x02\x01\x0A\x00\x00\x01\x30\x39\x01\xBB"s;
const std::string v6_addresses =
    "\x20\x01\x0D\xB8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"s + std::string(16, '\1') +
    "\x30\x39\x01\xBB";

}  // namespace

TEST_SUITE("net proxy protocol") {
  TEST_CASE("version 1 tells the source") {
    CHECK(source_of("PROXY TCP4 192.0.2.1 10.0.0.1 12345 443\r\n") == "192.0.2.1");
    CHECK(source_of("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n") ==
          "255.255.255.255");
    CHECK(source_of("PROXY TCP6 2001:db8::1 ::1 0 1\r\n") == "2001:db8::1");
    CHECK(source_of("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 1\r\n") == "192.0.2.1");
  }

  TEST_CASE("version 1 that does not know it") {
    CHECK(source_of("PROXY UNKNOWN\r\n") == "own");
    CHECK(source_of("PROXY UNKNOWN \r\n") == "own");
    const std::string longest =
        "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n";
    REQUIRE(longest.size() == ProxyHeaderDecoder::max_line);
    CHECK(source_of(longest) == "own");
    CHECK(source_of("PROXY UNKNOWN " + std::string(91, 'x') + "\r\n") == "own");
    CHECK(source_of("PROXY UNKNOWN " + std::string(92, 'x') + "\r\n") == "invalid");
    CHECK(source_of("PROXY UNKNOWN " + std::string(1000, 'x')) == "invalid");
  }

  TEST_CASE("version 1 that is wrong") {
    for (const auto* line : {"PROXY TCP4 192.0.2.1 10.0.0.1 12345\r\n",
                             "PROXY TCP4 192.0.2.1 10.0.0.1 1 2 3\r\n",
                             "PROXY TCP4 192.0.2.1 10.0.0.1 1 2 \r\n",
                             "PROXY TCP4  192.0.2.1 10.0.0.1 1 2\r\n",
                             "PROXY TCP4 192.0.2.1 10.0.0.1 1 65536\r\n",
                             "PROXY TCP4 192.0.2.1 10.0.0.1 01 2\r\n",
                             "PROXY TCP4 192.0.2.1 10.0.0.1 -1 2\r\n",
                             "PROXY TCP4 192.0.2.1 10.0.0.1 1 x\r\n",
                             "PROXY TCP4 192.0.2.256 10.0.0.1 1 2\r\n",
                             "PROXY TCP4 ::1 ::1 1 2\r\n",
                             "PROXY TCP4 ::ffff:1.2.3.4 ::1 1 2\r\n",
                             "PROXY TCP6 192.0.2.1 10.0.0.1 1 2\r\n",
                             "PROXY TCP6 2001:db8::1 10.0.0.1 1 2\r\n",
                             "PROXY TCP5 192.0.2.1 10.0.0.1 1 2\r\n",
                             "PROXY UNKNOWNS\r\n",
                             "PROXY\r\n",
                             "PROXY \r\n",
                             "PROXY UNKNOWN\n",
                             "PROXY  UNKNOWN\r\n",
                             "proxy UNKNOWN\r\n",
                             "PROXY TCP4 192.0.2.1 10.0.0.1 1 2\n"}) {
      CAPTURE(line);
      CHECK(source_of(line) == "invalid");
    }
  }

  TEST_CASE("version 2 tells the source") {
    CHECK(source_of(binary(0x21, 0x11, v4_addresses)) == "192.0.2.1");
    CHECK(source_of(binary(0x21, 0x12, v4_addresses)) == "192.0.2.1");
    CHECK(source_of(binary(0x21, 0x21, v6_addresses)) == "2001:db8::1");
    CHECK(source_of(binary(0x21, 0x31, std::string(216, 'x'))) == "");
  }

  TEST_CASE("version 2: what follows the addresses is skipped, however long it is") {
    const std::string most(0xffff - v4_addresses.size(), '\n');
    CHECK(source_of(binary(0x21, 0x11, v4_addresses + "\3\0\4abcd"s)) == "192.0.2.1");
    CHECK(source_of(binary(0x21, 0x11, v4_addresses + most), 1'000) == "192.0.2.1");
    CHECK(source_of(binary(0x21, 0x31, std::string(1'000, 'x'))) == "");
  }

  TEST_CASE("version 2 of a proxy that speaks for itself, or does not know") {
    CHECK(source_of(binary(0x20, 0x00, "")) == "own");
    CHECK(source_of(binary(0x20, 0x11, v4_addresses)) == "own");
    CHECK(source_of(binary(0x20, 0x11, "")) == "own");
    CHECK(source_of(binary(0x20, '\xff', "xyz")) == "own");
    CHECK(source_of(binary(0x21, 0x00, "")) == "own");
    CHECK(source_of(binary(0x21, 0x00, "xyz")) == "own");
  }

  TEST_CASE("version 2 that is wrong") {
    CHECK(source_of(binary(0x11, 0x11, v4_addresses)) == "invalid");
    CHECK(source_of(binary(0x31, 0x11, v4_addresses)) == "invalid");
    CHECK(source_of(binary(0x22, 0x11, v4_addresses)) == "invalid");
    for (const char family : "\x01\x10\x13\x20\x23\x30\x33\x41"s) {
      CAPTURE(family);
      CHECK(source_of(binary(0x21, family, std::string(300, '\0'))) == "invalid");
    }
    CHECK(source_of(binary(0x21, 0x11, v4_addresses.substr(1))) == "invalid");
    CHECK(source_of(binary(0x21, 0x21, v6_addresses.substr(1))) == "invalid");
    CHECK(source_of(binary(0x21, 0x31, std::string(215, 'x'))) == "invalid");
  }

  TEST_CASE("what is no header is known by its first wrong byte") {
    for (const std::string& bytes :
         {"GET / HTTP/1.1"s, "\x16\x03\x01"s, "\r\n\r\nGET"s, "PRI * HTTP/2.0"s, "PROXI"s}) {
      ProxyHeaderDecoder decoder;
      CHECK(decoder.decode(bytes) <= bytes.size());
      CHECK(decoder.status() == Status::invalid);
    }
    ProxyHeaderDecoder decoder;
    for (const std::string_view start : {"P", "R", "O", "X", "Y", " "}) {
      CHECK(decoder.decode(start) == 1);
      CHECK(decoder.status() == Status::incomplete);
    }
  }
}
