#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "engineio/bytes.hpp"
#include "engineio/function.hpp"
#include "engineio/http.hpp"
#include "engineio/http/body_reader.hpp"
#include "engineio/http/request_parser.hpp"
#include "engineio/http/response.hpp"
#include "engineio/net/byte_stream.hpp"

namespace engineio::http {

class Exchange;
class ServerConnection;

/// What answers the requests of a connection.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;

  /// A request's head is complete. Called on the connection's shard, for pipelined requests before
  /// the earlier ones are answered; the answers leave in the order of the requests. An exchange
  /// that is dropped unanswered keeps its connection waiting: somebody must answer it in the end.
  virtual void on_request(std::shared_ptr<Exchange> exchange) = 0;
};

/// One request and its answer. Lives on its connection's shard, and may outlive the connection:
/// everything then does nothing.
class Exchange final : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(ServerConnection& connection, HttpRequest request, const RequestTraits& traits);
  ~Exchange();

  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  [[nodiscard]] const HttpRequest& request() const noexcept { return request_; }

  /// Whom the request comes from, as the proxies in front say.
  void set_forwarded_address(std::string address) noexcept {
    request_.forwarded_address = std::move(address);
  }

  /// Moves the request out, so that its memory is not held while the answer is awaited.
  [[nodiscard]] HttpRequest take_request() noexcept { return std::move(request_); }

  /// Whether the client asks to leave HTTP (`Connection: upgrade` and an Upgrade field). Such a
  /// request is handed over only when all earlier ones are answered. Nothing that follows its head
  /// is looked at until it is upgraded or answered.
  [[nodiscard]] bool is_upgrade() const noexcept { return traits_.upgrade; }

  /// An answer was given, or can no longer be given: the peer is gone.
  [[nodiscard]] bool answered() const noexcept { return state_ != State::open; }

  /// nullptr when the connection is gone.
  [[nodiscard]] net::ByteStream* stream() const noexcept;

  /// Asks for the body; for use inside on_request(): a body nobody asked for is discarded.
  /// `done` is called once, possibly at once and not at all after an abort:
  /// - complete, with the whole body, which may be changed in place and is valid during the call;
  ///   bytes that came in one piece are not copied;
  /// - too_large, as soon as `limit` + 1 bytes have come, whatever Content-Length said. The rest is
  ///   discarded; the connection outlives that only if the rest is small.
  void read_body(std::size_t limit, BodyReader::Done done);

  /// `gone` is called once if the exchange ends before it was answered: the peer vanished, sent a
  /// body that is not HTTP, or an earlier answer closed the connection. Not after destroy().
  void on_abort(Function<void()> gone) { on_abort_ = std::move(gone); }

  // The answer: one of these, once. Later ones are ignored.

  /// Adds Date, Connection and Content-Length; `Connection: close` in `headers` closes afterwards.
  /// A Content-Length in `headers` keeps its place and gets the right value.
  void respond(unsigned status, const HttpHeaders& headers, std::string_view body = {});
  void respond(unsigned status, const HttpHeaders& headers, Bytes body);  ///< body is not copied
  void respond(const HttpResponse& response);

  /// Sends `response` as it is, then closes: the refusal of an upgrade. Empty: just closes.
  void write_and_end(std::string_view response);

  /// Ends the TCP connection without an answer.
  void destroy();

  /// Sends `head` (the whole 101 response) and hands the connection over: `receiver` gets all bytes
  /// that follow the request's head. Only if is_upgrade(). Ignored (and `receiver` destroyed) when
  /// the exchange is answered() already.
  void upgrade(std::string_view head, std::unique_ptr<net::StreamReceiver> receiver);

  // Going to another shard; for use inside on_request().

  /// No earlier exchange is open on the connection and nothing of it is left to be sent: it can
  /// migrate.
  [[nodiscard]] bool first_in_line() const noexcept;

  /// Gives the request back: on_request() is called again, with a new exchange, when that one is
  /// first_in_line(). This exchange is over.
  void retry_when_first();

  /// Moves the connection to `shard` together with this request, which arrives there as if it had
  /// just been received. Requires first_in_line(). This exchange is over.
  void migrate(unsigned shard);

 private:
  friend class ServerConnection;

  enum class State : std::uint8_t {
    open,
    answered,  ///< and waiting for earlier exchanges
    over,
  };

  void answer(EncodedResponse response, bool closes);
  void end() noexcept;

  ServerConnection* connection_;  ///< nullptr when over
  HttpRequest request_;
  RequestTraits traits_;
  State state_ = State::open;
  bool continue_sent_ = false;
  bool closes_ = false;  ///< the connection ends after the response
  std::optional<BodyReader> body_;
  Function<void()> on_abort_;
  EncodedResponse response_;  ///< while earlier exchanges are unanswered
};

}  // namespace engineio::http
