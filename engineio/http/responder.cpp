#include "engineio/http/responder.hpp"

#include <utility>

namespace engineio::http {

namespace {

class ExchangeChannel final : public HttpResponder::Channel {
 public:
  ExchangeChannel(std::shared_ptr<Exchange> exchange, Shard& shard)
      : exchange_(std::move(exchange)), shard_(shard) {}

  void respond(HttpResponse response) override {
    if (shard_.is_current()) {
      exchange_->respond(response);
      return;
    }
    shard_.post([exchange = std::move(exchange_), response = std::move(response)] {
      exchange->respond(response);
    });
  }

 private:
  std::shared_ptr<Exchange> exchange_;
  Shard& shard_;
};

}  // namespace

HttpResponder make_responder(std::shared_ptr<Exchange> exchange, Shard& shard) {
  return HttpResponder(std::make_shared<ExchangeChannel>(std::move(exchange), shard));
}

}  // namespace engineio::http
