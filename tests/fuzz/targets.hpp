#pragma once

#include <string_view>

namespace fuzz {

// What is fuzzed: each takes an input of any bytes and checks what has to hold whatever they are.
// It throws Failure (input.hpp) where something does not. An input means the same each time: a
// target keeps nothing from one to the next.

void bus(std::string_view input);
void deflate(std::string_view input);
void http(std::string_view input);
void msgpack(std::string_view input);
void payload(std::string_view input);
void proxy_protocol(std::string_view input);
void query(std::string_view input);
void resp(std::string_view input);
void session(std::string_view input);
void socketio_text(std::string_view input);
void websocket(std::string_view input);

}  // namespace fuzz
