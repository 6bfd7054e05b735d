#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "engineio/http.hpp"
#include "engineio/message.hpp"
#include "engineio/options.hpp"
#include "engineio/shard.hpp"

namespace engineio {

/// Why a session ended; the texts are those of the Node server.
enum class CloseReason {
  ping_timeout,     ///< "ping timeout": the peer's heartbeat stopped
  parse_error,      ///< "parse error": an undecodable Engine.IO packet
  transport_error,  ///< "transport error": see the description
  transport_close,  ///< "transport close": the peer closed
  forced_close,     ///< "forced close": Session::close()
};
[[nodiscard]] std::string_view to_string(CloseReason reason) noexcept;

class Session;

/// What the layer above attaches to a session. All calls come on the session's shard.
class SessionHandler {
 public:
  virtual ~SessionHandler() = default;

  /// One message. `payload` may be changed in place and is valid during the call only.
  virtual void on_message(MessageKind kind, std::span<char> payload) = 0;

  /// Everything sent has been handed to the transport after it had not been writable.
  virtual void on_drain() {}

  /// The session has ended; the last call. It may come from inside Session::close(). The session
  /// and this handler are destroyed at the end of the turn.
  virtual void on_close(CloseReason reason, std::string_view description) = 0;
};

/// One client of the Engine.IO server, whatever carries its packets at the moment. Belongs to one
/// shard: every call on that shard's thread only (`shard().post(…)` gets there).
class Session {
 public:
  enum class State : std::uint8_t { opening, open, closing, closed };

  virtual ~Session() = default;

  /// The session id. It is a credential: whoever knows it can send as this client. Never log it.
  [[nodiscard]] virtual std::string_view id() const noexcept = 0;
  [[nodiscard]] virtual unsigned protocol() const noexcept = 0;  ///< 3 or 4
  [[nodiscard]] virtual TransportName transport() const noexcept = 0;
  [[nodiscard]] virtual State state() const noexcept = 0;

  /// The session's first request, without body.
  [[nodiscard]] virtual const HttpRequest& handshake() const noexcept = 0;
  [[nodiscard]] virtual Shard& shard() noexcept = 0;

  /// Queues a message. Over WebSocket it leaves at the end of the turn, with all others; a poll
  /// that waits is answered with it alone, as in Node, and the next poll gets those that follow.
  /// Ignored once the session is closing.
  /// `compress = false` keeps it from asking for HTTP compression.
  virtual void send(const Message& message, bool compress = true) = 0;

  /// Whether something sent now would leave at the end of this turn with nothing in front of it:
  /// false while a poll is missing, while earlier output waits, and once something was sent in this
  /// turn. Decides about volatile packets.
  [[nodiscard]] virtual bool writable() const noexcept = 0;

  /// Bytes that wait to be sent.
  [[nodiscard]] virtual std::size_t queued_bytes() const noexcept = 0;

  /// Ends the session, after what is queued has been sent. If the transport can be closed at once,
  /// on_close() is called before this returns; otherwise (a polling client that is between two
  /// polls) state() is `closing` until then.
  virtual void close() = 0;

  /// Ends the session at once; what is queued is dropped.
  virtual void discard_and_close() = 0;
};

/// Called for each new session, on its shard, after the handshake's response was queued. What it
/// returns lives until the session has closed.
using SessionAcceptor = std::function<std::unique_ptr<SessionHandler>(Session& session)>;

}  // namespace engineio
