#include "socketio/packet.hpp"

#include <doctest/doctest.h>

#include <string>

#include "socketio/codec.hpp"

using namespace socketio;

namespace {

bool fits(PacketType type, std::string json) {
  return is_valid_data(type, Document::from_json(std::move(json)).value().root());
}

}  // namespace

TEST_CASE("names that clients may not use") {
  for (const char* name : {"connect", "connect_error", "disconnect", "disconnecting", "newListener",
                           "removeListener"}) {
    CAPTURE(name);
    CHECK(is_reserved_event(name));
    CHECK_FALSE(fits(PacketType::event, "[\"" + std::string(name) + "\"]"));
  }
  for (const char* name : {"error", "connection", "new_namespace", "message", "Connect", ""}) {
    CAPTURE(name);
    CHECK_FALSE(is_reserved_event(name));
    CHECK(fits(PacketType::event, "[\"" + std::string(name) + "\"]"));
  }
}

TEST_CASE("every type allows the data that it promises") {
  CHECK(fits(PacketType::connect, "{}"));
  CHECK_FALSE(fits(PacketType::connect, "[]"));
  CHECK_FALSE(fits(PacketType::connect, "null"));
  CHECK_FALSE(fits(PacketType::disconnect, "{}"));
  CHECK_FALSE(fits(PacketType::disconnect, "null"));
  CHECK(fits(PacketType::event, "[1.5]"));
  CHECK_FALSE(fits(PacketType::event, "[]"));
  CHECK_FALSE(fits(PacketType::event, "{}"));
  CHECK_FALSE(fits(PacketType::event, "[true]"));
  CHECK_FALSE(fits(PacketType::event, "[{\"toString\":\"x\"}]"));
  CHECK(fits(PacketType::ack, "[]"));
  CHECK_FALSE(fits(PacketType::ack, "\"a\""));
  CHECK(fits(PacketType::connect_error, "\"a\""));
  CHECK(fits(PacketType::connect_error, "{}"));
  CHECK_FALSE(fits(PacketType::connect_error, "[]"));
  for (int type = 0; type <= 6; ++type) {
    CHECK(is_valid_data(static_cast<PacketType>(type), ValueView()));
  }
}
