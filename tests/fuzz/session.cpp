#include <chrono>
#include <string>
#include <vector>

#include "engineio/websocket/mask.hpp"
#include "tests/engineio/websocket/client_frames.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/randomness.hpp"
#include "tests/fuzz/session_server.hpp"
#include "tests/fuzz/targets.hpp"

// A whole server from the bytes of its connections on. The first byte chooses its options, the
// second how the bytes are cut: that makes no difference. Records follow, each ended by the byte
// 0xff: a letter for what happens, and what belongs to it. `$` in a query stands for the id of the
// last session.
//
//   c  a new connection                     w  a text frame
//   n  a byte: another connection           b  a binary frame
//   r  any bytes                            f  a frame with this first byte
//   o  a query: a WebSocket is opened       t  a byte: seconds that pass
//   g  a query: a poll                      a  the application does something
//   p  a query, a space, a body: a POST     k  a byte: how much the kernel takes
//   x  the peer closes                      X  the connection fails

namespace fuzz {

using engineio::net::StreamEnd;
using engineio::websocket::Opcode;

namespace {

/// How the bytes of one message or request reach the server.
struct Delivery {
  bool whole = true;
  std::uint8_t how = 0;
};

class Script {
 public:
  Script(const SessionOptions& options, Delivery delivery)
      : server_(options), delivery_(delivery) {}

  /// What has happened.
  std::string run(std::string_view records) {
    while (!records.empty()) {
      play(take_record(records, '\xff'));
      server_.settle();
    }
    server_.end();
    return server_.events;
  }

 private:
  void play(std::string_view record);
  bool play_network(char what, std::string_view record);
  void send(std::string_view bytes, bool is_one);
  void send_frame(std::string_view payload, int first_byte);
  void send_request(std::string_view method, std::string_view query, std::string_view fields,
                    std::string_view body = {});
  [[nodiscard]] std::string with_session(std::string_view query) const;

  SessionServer server_;
  Delivery delivery_;
};

void Script::play(std::string_view record) {
  const char what = static_cast<char>(take_byte(record));
  if (play_network(what, record)) {
    return;
  }
  switch (what) {
    case 'o':
      return send_request(
          "GET", record,
          "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
          "Sec-WebSocket-Extensions: permessage-deflate\r\n"
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
    case 'g':
      return send_request("GET", record, "");
    case 'p': {
      const std::string_view query = take_record(record, ' ');
      const std::string length = "Content-Length: " + std::to_string(record.size()) + "\r\n";
      return send_request("POST", query, length, record);
    }
    case 'w':
      return send_frame(record, 0x81);
    case 'b':
      return send_frame(record, 0x82);
    case 'f': {
      const int first_byte = take_byte(record);
      return send_frame(record, first_byte);
    }
    case 't':
      return server_.advance(std::chrono::seconds(take_byte(record)));
    case 'a':
      return server_.act(static_cast<char>(take_byte(record)));
    default:
      return;
  }
}

bool Script::play_network(char what, std::string_view record) {
  switch (what) {
    case 'c':
      server_.connect();
      return true;
    case 'n':
      server_.choose(take_byte(record));
      return true;
    case 'r':
      send(record, false);
      return true;
    case 'k':
      server_.current().set_kernel_room(take_byte(record));
      return true;
    case 'x':
      server_.current().end(StreamEnd::closed_by_peer);
      return true;
    case 'X':
      server_.current().end(StreamEnd::failed);
      return true;
    default:
      return false;
  }
}

/// Where the bytes are `one` request or frame, turns may end between their pieces. Of several, what
/// comes in one turn is not the same as what comes in two: pings, or two polls.
void Script::send(std::string_view bytes, bool is_one) {
  support::FakeStream& stream = server_.current();
  if (delivery_.whole) {
    stream.feed(bytes);
    return;
  }
  for (const std::string_view piece : cut(bytes, delivery_.how)) {
    stream.feed(piece);
    if (is_one && delivery_.how % 2 == 1) {
      server_.end_turn();
    }
  }
}

void Script::send_frame(std::string_view payload, int first_byte) {
  std::string bytes = tests::encode({.payload = payload});
  bytes[0] = static_cast<char>(first_byte);
  send(bytes, true);
}

void Script::send_request(std::string_view method, std::string_view query, std::string_view fields,
                          std::string_view body) {
  std::string bytes(method);
  bytes.append(" /socket.io/?").append(with_session(query));
  bytes.append(" HTTP/1.1\r\nHost: test\r\n").append(fields).append("\r\n").append(body);
  send(bytes, query.find_first_of(" \r\n") == std::string_view::npos);
}

std::string Script::with_session(std::string_view query) const {
  std::string text;
  for (const char c : query) {
    c == '$' ? text += server_.last_session() : text += c;
  }
  return text;
}

}  // namespace

void session(std::string_view input) {
  const std::uint8_t choices = take_byte(input);
  const std::uint8_t how = take_byte(input);
  const SessionOptions options{.msgpack = (choices & 1) != 0,
                               .deflate = (choices & 2) != 0,
                               .recovery = (choices & 4) != 0,
                               .limits_per_client = (choices & 8) != 0};
  restart_randomness();
  const std::string whole = Script(options, {.whole = true}).run(input);
  restart_randomness();
  const std::string pieces = Script(options, {.whole = false, .how = how}).run(input);
  require_same(whole, pieces);
}

}  // namespace fuzz
