#include "engineio/websocket/handshake.hpp"

#include <doctest/doctest.h>

using namespace engineio::websocket;

namespace {

const UpgradeRequest good{.method = "GET",
                          .upgrade = "websocket",
                          .key = "dGhlIHNhbXBsZSBub25jZQ==",
                          .version = "13",
                          .protocol = std::nullopt};

std::string refusal(const UpgradeRequest& request) {
  const auto refused = check_upgrade(request);
  return refused ? std::to_string(refused->status) + " " + std::string(refused->message) : "";
}

template <typename Value>
std::string refusal_with(Value UpgradeRequest::*field, Value value) {
  UpgradeRequest request = good;
  request.*field = value;
  return refusal(request);
}

using Field = std::optional<std::string_view>;

}  // namespace

TEST_CASE("a good request may be upgraded") {
  CHECK(refusal(good) == "");
  CHECK(refusal_with<Field>(&UpgradeRequest::upgrade, "WebSocket") == "");
  CHECK(refusal_with<Field>(&UpgradeRequest::version, "8") == "");
  CHECK(refusal_with<Field>(&UpgradeRequest::protocol, "a, b") == "");
}

TEST_CASE("bad requests are refused with the texts of ws") {
  CHECK(refusal_with<std::string_view>(&UpgradeRequest::method, "POST") ==
        "405 Invalid HTTP method");
  for (const Field upgrade : {Field(), Field(""), Field("websockets"), Field("h2c")}) {
    CHECK(refusal_with(&UpgradeRequest::upgrade, upgrade) == "400 Invalid Upgrade header");
  }
  for (const Field key :
       {Field(), Field(""), Field("dGhlIHNhbXBsZSBub25jZQ="), Field("dGhlIHNhbXBsZSBub25jZQ==="),
        Field("dGhlIHNhbXBsZSBub25jZ-=="), Field("dGhlIHNhbXBsZSBub25jZQQQ")}) {
    CHECK(refusal_with(&UpgradeRequest::key, key) ==
          "400 Missing or invalid Sec-WebSocket-Key header");
  }
  for (const Field version : {Field(), Field(""), Field("7"), Field("14"), Field("13, 8")}) {
    CHECK(refusal_with(&UpgradeRequest::version, version) ==
          "400 Missing or invalid Sec-WebSocket-Version header");
  }
  for (const Field protocol : {Field(""), Field("a,"), Field("a b"), Field("a,a"), Field(",a")}) {
    CHECK(refusal_with(&UpgradeRequest::protocol, protocol) ==
          "400 Invalid Sec-WebSocket-Protocol header");
  }
}

TEST_CASE("the first subprotocol is chosen") {
  CHECK(first_subprotocol("chat") == "chat");
  CHECK(first_subprotocol("b ,\ta,c") == "b");
  CHECK(first_subprotocol("__proto__, constructor") == "__proto__");
  CHECK(first_subprotocol("a" + std::string(100'000, ' ') + "b") == std::nullopt);
}

TEST_CASE("the key of RFC 6455 section 1.3 is accepted with its answer") {
  const auto accept = accept_key("dGhlIHNhbXBsZSBub25jZQ==");
  CHECK(std::string_view(accept.data(), accept.size()) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST_CASE("the answer looks as the official server writes it") {
  std::string answer;
  append_switching_protocols(answer, good);
  CHECK(answer ==
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");

  UpgradeRequest request = good;
  request.protocol = "b, a";
  answer.clear();
  append_switching_protocols(answer, request, "permessage-deflate");
  CHECK(
      answer.ends_with("xOo=\r\nSec-WebSocket-Protocol: b\r\n"
                       "Sec-WebSocket-Extensions: permessage-deflate\r\n"));
}
