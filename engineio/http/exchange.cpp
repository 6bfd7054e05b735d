#include "engineio/http/exchange.hpp"

#include <cassert>
#include <utility>

#include "engineio/http/connection.hpp"

namespace engineio::http {

Exchange::Exchange(ServerConnection& connection, HttpRequest request, const RequestTraits& traits)
    : connection_(&connection), request_(std::move(request)), traits_(traits) {}

Exchange::~Exchange() = default;

net::ByteStream* Exchange::stream() const noexcept {
  return connection_ == nullptr ? nullptr : connection_->stream_;
}

void Exchange::read_body(std::size_t limit, BodyReader::Done done) {
  if (!answered()) {
    body_.emplace(limit, std::move(done));
    connection_->treat_as_plain();
  }
}

void Exchange::respond(unsigned status, const HttpHeaders& headers, std::string_view body) {
  if (!answered()) {
    const auto context = connection_->response_context(*this, headers);
    answer(encode_response(status, headers, body, context), !context.keep_alive);
  }
}

void Exchange::respond(unsigned status, const HttpHeaders& headers, Bytes body) {
  if (!answered()) {
    const auto context = connection_->response_context(*this, headers);
    answer(encode_response(status, headers, std::move(body), context), !context.keep_alive);
  }
}

void Exchange::respond(const HttpResponse& response) {
  respond(response.status, response.headers, std::string_view(response.body));
}

void Exchange::write_and_end(std::string_view response) {
  if (!answered()) {
    answer({.head = Bytes::copy(response), .body = {}}, true);
  }
}

void Exchange::answer(EncodedResponse response, bool closes) {
  state_ = State::answered;
  on_abort_ = nullptr;
  body_.reset();
  response_ = std::move(response);
  closes_ = closes;
  connection_->on_answer(*this);
}

void Exchange::destroy() {
  if (!answered()) {
    on_abort_ = nullptr;
    connection_->destroy();
  }
}

void Exchange::upgrade(std::string_view head, std::unique_ptr<net::StreamReceiver> receiver) {
  if (!answered()) {
    assert(is_upgrade());
    connection_->hand_over(head, std::move(receiver));
  }
}

bool Exchange::first_in_line() const noexcept {
  return !answered() && connection_->is_first(*this);
}

void Exchange::retry_when_first() {
  if (!answered()) {
    connection_->hold();
  }
}

void Exchange::migrate(unsigned shard) {
  if (!answered()) {
    connection_->migrate(shard);
  }
}

/// Lets go of the callbacks as well: they may hold the exchange.
void Exchange::end() noexcept {
  state_ = State::over;
  connection_ = nullptr;
  on_abort_ = nullptr;
  body_.reset();
}

}  // namespace engineio::http
