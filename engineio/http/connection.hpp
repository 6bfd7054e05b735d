#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "engineio/http/date.hpp"
#include "engineio/http/exchange.hpp"
#include "engineio/http/lazy_deadline.hpp"
#include "engineio/http/request_parser.hpp"
#include "engineio/net/byte_stream.hpp"
#include "engineio/options.hpp"
#include "engineio/shard.hpp"

namespace engineio::http {

/// What all HTTP connections of a shard share; outlives them.
struct ConnectionContext {
  Shard& shard;
  const Limits& limits;
  RequestHandler& handler;
  DateClock& date;
};

/// The server's side of one HTTP/1.x connection: hands requests to the RequestHandler as they
/// arrive and sends the answers in the same order (RFC 9112 section 9). Up to
/// Limits::http_pipelined_requests may be unanswered; then it stops reading.
///
/// What is not HTTP is answered as Node does (`HTTP/1.1 400 Bad Request`, `Connection: close`),
/// after the answers to the requests before it. A peer that closes its side aborts what is
/// unanswered.
class ServerConnection final : public net::StreamReceiver {
 public:
  /// Of a body that nobody wants, this many bytes are received to keep the connection alive. When
  /// more are sent, it ends.
  static constexpr std::size_t max_discarded_bytes = 1024 * 1024;

  /// For `stream.set_receiver()`.
  ServerConnection(ConnectionContext& context, net::ByteStream& stream);
  ~ServerConnection() override;

  [[nodiscard]] std::size_t on_bytes(std::span<char> bytes) override;
  void on_drained() override { resume(); }
  void on_end(net::StreamEnd end) override;

 private:
  friend class Exchange;

  enum class Input : std::uint8_t {
    open,     ///< requests are parsed
    upgrade,  ///< stopped behind the head of an upgrade that is undecided
    held,     ///< stopped in front of a head that is to be the first in line
    ignored,  ///< the connection is about to end, or is somebody else's
  };

  /// What the peer is waited for.
  enum class Phase : std::uint8_t { none, idle, head, body };

  // Receiving.
  bool take_step(std::span<char> bytes, std::size_t& consumed);
  bool take_head(HttpRequest request, std::span<char> from_head);
  void dispatch(const std::shared_ptr<Exchange>& exchange, std::span<char> from_head);
  void take_body(std::span<char> piece);
  void take_end();
  void discard(std::size_t bytes);
  void refuse(unsigned status);
  [[nodiscard]] bool accepts_input() const noexcept;
  void resume();

  // Answering.
  [[nodiscard]] ResponseContext response_context(const Exchange& exchange,
                                                 const HttpHeaders& headers);
  [[nodiscard]] bool body_outlasts(const Exchange& exchange) const;
  void on_answer(Exchange& exchange);
  void advance_line();
  void send(EncodedResponse response);
  void send_continue(Exchange& exchange);

  // Leaving.
  void close();
  void destroy() {
    stream_->abort();
    finish();
  }
  void finish();
  void abort_line();
  void forget_last();
  net::ByteStream& release();

  // What an Exchange asks for.
  [[nodiscard]] bool is_first(const Exchange& exchange) const noexcept {
    return line_.front().get() == &exchange && stream_->queued_bytes() == 0;
  }
  void treat_as_plain();
  void hold();
  void hand_over(std::string_view head, std::unique_ptr<net::StreamReceiver> receiver);
  void migrate(unsigned shard);

  // Time.
  void end_phase() noexcept;
  void update_phase();
  [[nodiscard]] Phase current_phase() const noexcept;
  void on_timeout();

  ConnectionContext& context_;
  net::ByteStream* stream_;  ///< nullptr when ended, or somebody else's
  RequestParser parser_;
  std::vector<std::shared_ptr<Exchange>> line_;  ///< not yet sent, in the order of the requests
  std::shared_ptr<Exchange> receiving_;          ///< whose request is incomplete
  std::span<char> from_head_;  ///< inside on_request(): from the request's first byte on
  std::size_t discarded_ = 0;  ///< bytes of the current body that nobody wanted
  Input input_ = Input::open;
  Phase phase_ = Phase::none;
  bool paused_ = false;
  bool head_begun_ = false;  ///< the stream keeps a part of a head
  LazyDeadline deadline_;    ///< of phase_
};

}  // namespace engineio::http
