#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace tests {

/// A connection to the server, with TLS or without. Blocks, and throws when the server is gone.
class Wire {
 public:
  virtual ~Wire() = default;
  virtual void send(std::string_view bytes) = 0;
  virtual std::string receive(std::size_t size) = 0;
  virtual void reset() = 0;  ///< the peer learns of it by a reset, if at all
};

using Dial = std::function<std::unique_ptr<Wire>()>;

/// A client of Socket.IO (protocol 5, JSON) that speaks while others do: it answers heartbeats and
/// what the server asks, and waits for the answers to its own questions. Every connection comes
/// from `dial`, so the requests of one session arrive on any shard. Throws when the server is gone
/// or says what it must not say.
class Talker {
 public:
  explicit Talker(Dial dial) : dial_(std::move(dial)) {}

  void open_polling();
  void open_websocket();
  void upgrade();

  /// Joins `/` (empty) or another namespace.
  void join(const std::string& nsp);

  /// Emits `event` with a number and returns the number that it is answered with.
  int ask(std::string_view event, int number, const std::string& nsp = "");

  void close();   ///< in an orderly way
  void vanish();  ///< whatever may be on its way

 private:
  void begin_session(std::string_view open_packet);

  void send(const std::string& packet);
  std::string receive();
  /// Answers it if it wants an answer. Returns it if it is for the caller.
  bool is_for_caller(const std::string& packet);

  [[nodiscard]] std::string poll_request() const;
  [[nodiscard]] std::string post_request(std::string_view packet) const;
  void take_payload(std::string_view payload);
  /// A connection for the next requests: a new one now and then.
  Wire& next_wire();

  void send_frame(std::string_view text);
  std::string receive_frame();

  Dial dial_;
  std::unique_ptr<Wire> wire_;
  std::string sid_;
  bool websocket_ = false;
  int requests_ = 0;
  int questions_ = 0;
  std::deque<std::string> received_;
};

}  // namespace tests
