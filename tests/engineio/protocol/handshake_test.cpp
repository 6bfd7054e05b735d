#include "engineio/protocol/handshake.hpp"

#include <doctest/doctest.h>

#include "tests/support/vectors.hpp"

using namespace engineio::protocol;
using namespace std::chrono_literals;

TEST_CASE("the open packet has the keys of the official server in its order") {
  std::string data;
  append_open_data(data, {.sid = "lv_VI97HAXpY6yYWAAAC", .websocket_upgrade = true});
  CHECK(data == R"({"sid":"lv_VI97HAXpY6yYWAAAC","upgrades":["websocket"],)"
                R"("pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000})");
}

TEST_CASE("the open packet carries its parameters") {
  std::string data = "0";
  append_open_data(data,
                   {.sid = "x", .ping_interval = 300ms, .ping_timeout = 200ms, .max_payload = 1});
  CHECK(data ==
        R"(0{"sid":"x","upgrades":[],"pingInterval":300,"pingTimeout":200,"maxPayload":1})");
}

TEST_CASE("errors have the codes, texts and statuses of the official server") {
  int checked = 0;
  for (const char* file : {"engineio_v4.json", "engineio_v3.json"}) {
    tests::for_each_vector(file, "http", [&](const auto& vector) {
      const auto& response = vector["response"];
      if (!response.HasMember("text")) {
        return;
      }
      const std::string text = tests::string_of(response, "text");
      const std::string prefix = R"({"code":)";
      if (!text.starts_with(prefix) || tests::string_of(vector, "name") == "http/forbidden") {
        return;
      }
      const auto error = static_cast<HandshakeError>(text[prefix.size()] - '0');
      CHECK(error_body(error) == text);
      CHECK(tests::string_of(response, "status_line")
                .starts_with("HTTP/1.1 " + std::to_string(http_status(error))));
      ++checked;
    });
  }
  CHECK(checked > 5);
}

TEST_CASE("the application's own words for forbidden are escaped") {
  CHECK(http_status(HandshakeError::forbidden) == 403);
  CHECK(error_body(HandshakeError::forbidden) == R"({"code":4,"message":"Forbidden"})");
  CHECK(error_body(HandshakeError::forbidden, "no \"entry\"\n") ==
        R"({"code":4,"message":"no \"entry\"\n"})");
}
