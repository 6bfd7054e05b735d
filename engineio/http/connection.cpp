#include "engineio/http/connection.hpp"

#include <cassert>
#include <string>
#include <utility>

#include "engineio/http/status.hpp"

namespace engineio::http {

namespace {

/// How Node answers what it cannot parse.
std::string refusal(unsigned status) { return status_line(status) + "Connection: close\r\n\r\n"; }

}  // namespace

ServerConnection::ServerConnection(ConnectionContext& context, net::ByteStream& stream)
    : context_(context),
      stream_(&stream),
      parser_(context.limits),
      deadline_(context.shard.timers(), [this] { on_timeout(); }) {
  update_phase();
}

ServerConnection::~ServerConnection() {
  for (const auto& exchange : line_) {
    exchange->end();
  }
}

// Receiving.

std::size_t ServerConnection::on_bytes(std::span<char> bytes) {
  std::size_t consumed = 0;
  while (accepts_input() && take_step(bytes.subspan(consumed), consumed)) {
  }
  if (stream_ == nullptr) {
    return consumed;
  }
  if (input_ == Input::ignored) {
    return bytes.size();
  }
  if (receiving_ != nullptr && receiving_->body_) {
    receiving_->body_->keep();
  }
  const bool has_rest = consumed < bytes.size();
  head_begun_ = has_rest && !parser_.in_request();
  if (has_rest && !accepts_input()) {
    paused_ = true;
    stream_->pause_reading();
  }
  update_phase();
  return consumed;
}

bool ServerConnection::accepts_input() const noexcept {
  return input_ == Input::open &&
         (parser_.in_request() || line_.size() < context_.limits.http_pipelined_requests);
}

bool ServerConnection::take_step(std::span<char> bytes, std::size_t& consumed) {
  HttpRequest request;
  const auto step = parser_.parse(bytes, request);
  switch (step.event) {
    case RequestParser::Event::need_more:
      break;
    case RequestParser::Event::head:
      if (!take_head(std::move(request), bytes)) {
        return false;
      }
      break;
    case RequestParser::Event::body:
      take_body(step.body);
      break;
    case RequestParser::Event::end:
      take_end();
      break;
    case RequestParser::Event::error:
      refuse(step.status);
      return false;
  }
  consumed += step.consumed;
  return step.event != RequestParser::Event::need_more;
}

/// False when the head is not taken now but will be presented again.
bool ServerConnection::take_head(HttpRequest request, std::span<char> from_head) {
  const auto& traits = parser_.traits();
  if (traits.upgrade && !line_.empty()) {
    parser_.reset();
    input_ = Input::held;
    return false;
  }
  end_phase();
  discarded_ = 0;
  request.remote_address = stream_->remote_address();
  request.secure = stream_->secure();
  const auto exchange = std::make_shared<Exchange>(*this, std::move(request), traits);
  line_.push_back(exchange);
  receiving_ = exchange;
  if (traits.expectation == RequestTraits::Expectation::unknown) {
    exchange->respond(417, {});
  } else {
    dispatch(exchange, from_head);
  }
  return input_ != Input::held;
}

void ServerConnection::dispatch(const std::shared_ptr<Exchange>& exchange,
                                std::span<char> from_head) {
  if (exchange->is_upgrade()) {
    input_ = Input::upgrade;
  }
  from_head_ = from_head;
  context_.handler.on_request(exchange);
  from_head_ = {};
  if (!line_.empty()) {
    send_continue(*line_.front());
  }
}

void ServerConnection::take_body(std::span<char> piece) {
  const auto exchange = receiving_;  // may be let go in the call
  if (!exchange->answered() && exchange->body_ && !exchange->body_->is_done()) {
    exchange->body_->add(piece);
  } else {
    discard(piece.size());
  }
}

void ServerConnection::take_end() {
  end_phase();
  const auto exchange = std::exchange(receiving_, nullptr);
  if (!exchange->traits_.keep_alive) {
    input_ = Input::ignored;
  }
  if (!exchange->answered() && exchange->body_) {
    exchange->body_->finish();
  }
}

void ServerConnection::discard(std::size_t bytes) {
  discarded_ += bytes;
  if (discarded_ > max_discarded_bytes) {
    refuse(413);
  }
}

/// Ends the connection for a fault of the peer. Answers the request at fault with `status` if it
/// still can be.
void ServerConnection::refuse(unsigned status) {
  input_ = Input::ignored;
  auto exchange = std::exchange(receiving_, nullptr);
  if (exchange == nullptr) {
    exchange = std::make_shared<Exchange>(*this, HttpRequest{}, RequestTraits{});
    line_.push_back(exchange);
  }
  if (!exchange->answered()) {
    auto on_abort = std::move(exchange->on_abort_);
    exchange->write_and_end(refusal(status));
    if (on_abort) {
      on_abort();
    }
    return;
  }
  exchange->closes_ = true;
  if (line_.empty()) {
    close();
  }
}

void ServerConnection::resume() {
  if (input_ == Input::held && line_.empty()) {
    input_ = Input::open;
  }
  if (paused_ && accepts_input()) {
    paused_ = false;
    stream_->resume_reading();
  }
}

// Answering.

ResponseContext ServerConnection::response_context(const Exchange& exchange,
                                                   const HttpHeaders& headers) {
  const bool closes = !exchange.traits_.keep_alive || headers.has_token("Connection", "close") ||
                      exchange.traits_.expectation == RequestTraits::Expectation::unknown ||
                      body_outlasts(exchange);
  return {.date = context_.date.text(),
          .keep_alive_timeout =
              std::chrono::floor<std::chrono::seconds>(context_.limits.keep_alive_timeout),
          .keep_alive = !closes,
          .head_only = exchange.traits_.head_only};
}

/// Whether so much of the request is still to come, or so uncertain, that its answer must end the
/// connection.
bool ServerConnection::body_outlasts(const Exchange& exchange) const {
  if (receiving_.get() != &exchange) {
    return false;
  }
  const auto remaining = parser_.body_remaining();
  const bool awaits_continue =
      exchange.traits_.expectation == RequestTraits::Expectation::continue_100 &&
      !exchange.continue_sent_;
  return remaining > max_discarded_bytes || (awaits_continue && remaining != 0);
}

void ServerConnection::on_answer(Exchange& exchange) {
  if (exchange.closes_) {
    input_ = Input::ignored;
  } else {
    treat_as_plain();
  }
  advance_line();
}

void ServerConnection::advance_line() {
  while (!line_.empty() && line_.front()->answered()) {
    const auto exchange = std::move(line_.front());
    line_.erase(line_.begin());
    exchange->end();
    send(std::move(exchange->response_));
    if (exchange->closes_) {
      return close();
    }
  }
  if (!line_.empty()) {
    send_continue(*line_.front());
  }
  resume();
  update_phase();
}

void ServerConnection::send(EncodedResponse response) {
  for (auto* part : {&response.head, &response.body}) {
    if (part->size() != 0) {
      stream_->write(Slice::whole(std::move(*part)));
    }
  }
}

/// Once the exchange is the first in line (RFC 9110 section 10.1.1).
void ServerConnection::send_continue(Exchange& exchange) {
  const bool wanted = exchange.traits_.expectation == RequestTraits::Expectation::continue_100 &&
                      !exchange.answered() && !exchange.continue_sent_;
  if (wanted) {
    exchange.continue_sent_ = true;
    send({.head = Bytes::copy("HTTP/1.1 100 Continue\r\n\r\n"), .body = {}});
  }
}

// Leaving.

void ServerConnection::on_end(net::StreamEnd) {
  release();
  abort_line();
}

void ServerConnection::close() {
  stream_->close();
  finish();
}

void ServerConnection::finish() {
  input_ = Input::ignored;
  end_phase();
  abort_line();
}

void ServerConnection::abort_line() {
  receiving_.reset();
  const auto line = std::exchange(line_, {});
  std::vector<Function<void()>> aborts;
  for (const auto& exchange : line) {
    aborts.push_back(std::move(exchange->on_abort_));
    exchange->end();
  }
  for (auto& on_abort : aborts) {
    if (on_abort) {
      on_abort();
    }
  }
}

/// The last exchange in line is not answered here.
void ServerConnection::forget_last() {
  const auto exchange = std::move(line_.back());
  line_.pop_back();
  receiving_.reset();
  exchange->end();
}

/// Nothing more is done with the stream.
net::ByteStream& ServerConnection::release() {
  input_ = Input::ignored;
  end_phase();
  return *std::exchange(stream_, nullptr);
}

// What an Exchange asks for.

/// The last request, if it was an undecided upgrade, is none: the only one that may be undecided.
void ServerConnection::treat_as_plain() {
  if (input_ != Input::upgrade) {
    return;
  }
  input_ = Input::open;
  const bool inside_on_bytes = !from_head_.empty();
  if (!inside_on_bytes && parser_.body_remaining() == 0) {
    parser_.reset();
    take_end();
  }
}

void ServerConnection::hold() {
  assert(!from_head_.empty());
  forget_last();
  parser_.reset();
  input_ = Input::held;
}

void ServerConnection::hand_over(std::string_view head,
                                 std::unique_ptr<net::StreamReceiver> receiver) {
  forget_last();
  auto& stream = release();
  stream.write(Slice::whole(Bytes::copy(head)));
  stream.set_receiver(std::move(receiver));
  if (paused_) {
    stream.resume_reading();
  }
}

void ServerConnection::migrate(unsigned shard) {
  assert(!from_head_.empty() && line_.size() == 1);
  forget_last();
  release().migrate(shard, std::string(from_head_.data(), from_head_.size()));
}

// Time.

/// The next phase begins anew, even if it is the same one.
void ServerConnection::end_phase() noexcept {
  phase_ = Phase::none;
  deadline_.lift();
}

void ServerConnection::update_phase() {
  const auto phase = current_phase();
  if (phase == phase_) {
    return;
  }
  end_phase();
  phase_ = phase;
  const auto& limits = context_.limits;
  const auto now = context_.shard.now();
  switch (phase) {
    case Phase::none:
      return;
    case Phase::idle:
      return deadline_.set(now + limits.keep_alive_timeout);
    case Phase::head:
      return deadline_.set(now + limits.http_head_timeout);
    case Phase::body:
      return deadline_.set(now + limits.http_body_timeout);
  }
}

ServerConnection::Phase ServerConnection::current_phase() const noexcept {
  if (!accepts_input()) {
    return Phase::none;
  }
  if (parser_.in_request()) {
    return Phase::body;
  }
  if (head_begun_) {
    return Phase::head;
  }
  return line_.empty() ? Phase::idle : Phase::none;
}

void ServerConnection::on_timeout() {
  if (phase_ != Phase::idle) {
    return refuse(408);
  }
  if (stream_->queued_bytes() == 0) {
    return close();
  }
  end_phase();  // the peer still reads the last response
  update_phase();
}

}  // namespace engineio::http
