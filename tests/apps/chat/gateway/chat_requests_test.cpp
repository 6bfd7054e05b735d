#include "apps/chat/gateway/chat_requests.hpp"

#include <doctest/doctest.h>

#include "socketio/codec.hpp"

using chat::LimitSettings;

namespace {

// What is wrong with the payload, or nothing.
template <class Request>
std::string read(Request& request, const std::string& json, const LimitSettings& limits = {}) {
  const auto document = socketio::Document::from_json(json);
  REQUIRE(document.has_value());
  return request.read(document->root(), limits);
}

std::string message_of(std::size_t characters) {
  return R"({"message":")" + std::string(characters, 'x') + R"("})";
}

}  // namespace

TEST_CASE("a message has 1 to 500 characters") {
  chat::SendMessageRequest request;
  CHECK(read(request, message_of(500)).empty());
  CHECK(request.text.size() == 500);
  CHECK(request.room == "lobby");
  CHECK(read(request, message_of(501)) ==
        "message must be shorter than or equal to 500 characters");
  CHECK(read(request, R"({"message":""})") == "message should not be empty");
  CHECK(read(request, R"({"message":" \n"})") == "message should not be empty");
  CHECK(read(request, R"({"message":5})") == "message must be a string");
  CHECK(read(request, R"({})") == "message must be a string");
  CHECK(read(request, R"("hello")") == "the payload must be an object");
}

TEST_CASE("roomId is as good as room") {
  chat::SendMessageRequest request;
  CHECK(read(request, R"({"message":"x","roomId":"kitchen"})").empty());
  CHECK(request.room == "kitchen");
  CHECK(read(request, R"({"message":"x","room":"hall","roomId":"kitchen"})").empty());
  CHECK(request.room == "hall");
  chat::RoomRequest room;
  CHECK(read(room, R"({"roomId":"kitchen"})").empty());
  CHECK(room.room == "kitchen");
  CHECK(read(room, R"({})") == "room must be a string");
}

TEST_CASE("an encrypted message has ciphertext and iv, and no text") {
  const auto encrypted = [](socketio::Object members) {
    chat::SendMessageRequest request;
    const socketio::Value value(std::move(members));
    const socketio::Document document([&](socketio::Writer& writer) { value.write_to(writer); });
    const std::string error = request.read(document.root(), {});
    return error.empty() ? request.ciphertext + "/" + request.iv : error;
  };
  const socketio::Binary secret(std::string("secret"));
  const socketio::Binary iv(std::string("iv"));
  CHECK(encrypted({{"ciphertext", secret}, {"iv", iv}}) == "secret/iv");
  CHECK(encrypted({{"ciphertext", secret}}) == "ciphertext and iv belong together");
  CHECK(encrypted({{"iv", iv}}) == "ciphertext and iv belong together");
  CHECK(encrypted({{"ciphertext", secret}, {"iv", iv}, {"message", "x"}}) ==
        "a message is either message or ciphertext, not both");
}

TEST_CASE("a nonce has up to 64 characters") {
  chat::SendMessageRequest request;
  const auto with_nonce = [](std::size_t characters) {
    return R"({"message":"x","nonce":")" + std::string(characters, 'n') + R"("})";
  };
  CHECK(read(request, with_nonce(64)).empty());
  CHECK(request.nonce.size() == 64);
  CHECK(read(request, with_nonce(65)) == "nonce must be shorter than or equal to 64 characters");
}

TEST_CASE("who joins the chat with a token needs no name") {
  chat::JoinChatRequest request;
  CHECK(read(request, "null").empty());
  CHECK(read(request, "{}").empty());
  CHECK_FALSE(request.username.has_value());
  CHECK(read(request, R"({"username":""})") == "username should not be empty");
  CHECK(read(request, R"({"username":"ada"})").empty());
  CHECK(request.username == "ada");
  CHECK(read(request, R"({"username":")" + std::string(64, 'x') + R"("})").empty());
  CHECK(read(request, R"({"username":")" + std::string(65, 'x') + R"("})") ==
        "username must be shorter than or equal to 64 characters");
}

TEST_CASE("a room's capacity is a number, its metadata an object") {
  chat::CreateRoomRequest request;
  CHECK(read(request, R"({"room":"r","capacity":2,"metadata":{"topic":"x"}})").empty());
  CHECK(request.capacity == 2);
  CHECK(request.metadata["topic"].as_string() == "x");
  CHECK_FALSE(read(request, R"({"room":"r","capacity":0})").empty());
  CHECK_FALSE(read(request, R"({"room":"r","capacity":"2"})").empty());
  CHECK(read(request, R"({"room":"r","metadata":[]})") == "metadata must be an object");
}

TEST_CASE("lists of a request have up to 100 members") {
  chat::DeliveredRequest request;
  const auto ids = [](std::size_t count) {
    std::string json = R"({"ids":[)";
    for (std::size_t i = 0; i < count; ++i) {
      json += (i == 0 ? "" : ",") + ('"' + std::to_string(i) + '"');
    }
    return json + "]}";
  };
  CHECK(read(request, ids(100)).empty());
  CHECK(request.ids.size() == 100);
  CHECK_FALSE(read(request, ids(101)).empty());
  CHECK_FALSE(read(request, R"({"ids":[5]})").empty());
  CHECK_FALSE(read(request, R"({"ids":"x"})").empty());
}
