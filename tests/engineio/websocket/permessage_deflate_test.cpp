#include "engineio/websocket/permessage_deflate.hpp"

#include <doctest/doctest.h>

using namespace engineio::websocket;

namespace {

const DeflateOptions with_takeover{.server_no_context_takeover = false,
                                   .client_no_context_takeover = false};

/// The response, "none", or "invalid".
std::string negotiate(std::string_view header, const DeflateOptions& options = with_takeover) {
  const auto result = negotiate_deflate(header, options);
  if (!result.valid) {
    return "invalid";
  }
  return result.agreement ? result.agreement->response : "none";
}

DeflateParameters parameters(std::string_view header, const DeflateOptions& options) {
  return negotiate_deflate(header, options).agreement.value().parameters;
}

}  // namespace

TEST_CASE("an offer without parameters is accepted") {
  CHECK(negotiate("permessage-deflate") == "permessage-deflate");
  CHECK(parameters("permessage-deflate", with_takeover) == DeflateParameters{});
}

TEST_CASE("the offer of browsers is accepted without windows by default") {
  const std::string offer = "permessage-deflate; client_max_window_bits";
  CHECK(negotiate(offer, {}) ==
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
  CHECK(parameters(offer, {}) == DeflateParameters{true, true, 15, 15});
  CHECK(negotiate(offer) == "permessage-deflate");
}

TEST_CASE("what the client asks for is granted") {
  const std::string offer =
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
      "server_max_window_bits=10; client_max_window_bits=\"11\"";
  CHECK(negotiate(offer) ==
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
        "server_max_window_bits=10; client_max_window_bits=11");
  CHECK(parameters(offer, with_takeover) == DeflateParameters{true, true, 10, 11});
}

TEST_CASE("the server may restrict its own window") {
  DeflateOptions options = with_takeover;
  options.server_max_window_bits = 12;
  CHECK(negotiate("permessage-deflate", options) ==
        "permessage-deflate; server_max_window_bits=12");
  CHECK(negotiate("permessage-deflate; server_max_window_bits=9", options) ==
        "permessage-deflate; server_max_window_bits=9");
}

TEST_CASE("a window of 8 bits for the server is declined, the next offer is taken") {
  CHECK(negotiate("permessage-deflate; server_max_window_bits=8") == "none");
  CHECK(negotiate("permessage-deflate; server_max_window_bits=8, permessage-deflate") ==
        "permessage-deflate");
  CHECK(negotiate("permessage-deflate; server_max_window_bits=9") ==
        "permessage-deflate; server_max_window_bits=9");
  CHECK(negotiate("permessage-deflate; client_max_window_bits=8") ==
        "permessage-deflate; client_max_window_bits=8");
}

TEST_CASE("other extensions are ignored") {
  CHECK(negotiate("x-webkit-deflate-frame") == "none");
  CHECK(negotiate("foo; bar=1, permessage-deflate") == "permessage-deflate");
}

TEST_CASE("invalid parameters and headers are refused") {
  for (const char* parameters :
       {"foo", "__proto__", "server_max_window_bits", "server_max_window_bits=7",
        "server_max_window_bits=16", "server_max_window_bits=010", "client_max_window_bits=7",
        "client_max_window_bits=16", "client_max_window_bits=x", "server_no_context_takeover=1",
        "client_no_context_takeover=true", "server_no_context_takeover; server_no_context_takeover",
        "client_max_window_bits; client_max_window_bits",
        "server_max_window_bits=9; server_max_window_bits=9", ""}) {
    CAPTURE(parameters);
    CHECK(negotiate("permessage-deflate; " + std::string(parameters)) == "invalid");
    CHECK(negotiate("permessage-deflate, permessage-deflate;" + std::string(parameters)) ==
          "invalid");
  }
  CHECK(negotiate("") == "invalid");
}
