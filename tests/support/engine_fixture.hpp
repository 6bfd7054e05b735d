#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engineio/core/engine.hpp"
#include "engineio/http/connection.hpp"
#include "engineio/http/date.hpp"
#include "tests/support/fake_shard.hpp"
#include "tests/support/fake_stream.hpp"

/// A whole Engine.IO server without a network: connections are FakeStreams, and time is the test's.
namespace engine_fixture {

/// What the application saw of one session.
struct Seen {
  engineio::Session* session = nullptr;  ///< null once closed
  std::vector<std::string> messages;     ///< binary ones in brackets
  int drains = 0;
  std::string reason;  ///< of the close; empty while open
  std::string description;
};

/// One answer of the server.
struct Answer {
  unsigned status = 0;
  std::string head;
  std::string body;

  [[nodiscard]] bool has(std::string_view header) const { return head.find(header) != head.npos; }
};

class TestServer {
 public:
  explicit TestServer(engineio::Options options = {});
  ~TestServer();

  support::FakeStream& connect();

  /// Sends on a connection and returns what comes back in this turn.
  std::string exchange(support::FakeStream& stream, std::string_view bytes);

  Answer request(std::string_view method, std::string_view target, std::string_view body = {},
                 std::string_view headers = {});
  Answer get(std::string_view target, std::string_view headers = {}) {
    return request("GET", target, {}, headers);
  }

  /// Opens a polling session and returns its id.
  std::string open_polling(std::string_view parameters = "EIO=4");
  Answer poll(std::string_view sid, std::string_view parameters = "EIO=4");
  Answer post(std::string_view sid, std::string_view body, std::string_view parameters = "EIO=4");
  /// A poll that waits; what it gets is read with parse_answer(stream.take_sent()).
  support::FakeStream& start_poll(std::string_view sid, std::string_view parameters = "EIO=4");

  /// Sends a WebSocket handshake. The 101 is taken from the stream's output.
  support::FakeStream& open_websocket(std::string_view parameters = "EIO=4",
                                      std::string_view sid = {});

  /// The last session that was opened.
  [[nodiscard]] Seen& last() { return seen.back(); }

  support::FakeShard shard;
  std::deque<Seen> seen;
  engineio::core::Config config;
  engineio::core::Engine engine;
  std::string upgrade_answer;  ///< the answer to the last WebSocket handshake

 private:
  engineio::http::DateClock date_;
  engineio::http::ConnectionContext http_;
  std::deque<support::FakeStream> streams_;
};

Answer parse_answer(std::string_view raw);

/// A masked frame as a client sends it; `opcode` 1 is text.
std::string client_frame(std::string_view payload, unsigned opcode = 1, bool fin = true);

/// An unmasked text frame as the server sends it.
std::string server_frame(std::string_view payload, unsigned opcode = 1);

inline constexpr std::string_view close_frame{"\x88\x00", 2};

}  // namespace engine_fixture
