#include "engineio/http/responder.hpp"

#include <utility>

#include "engineio/shard_link.hpp"

namespace engineio::http {

namespace {

class ExchangeChannel final : public HttpResponder::Channel {
 public:
  ExchangeChannel(std::shared_ptr<Exchange> exchange, const Shard& shard)
      : exchange_(std::move(exchange)), link_(shard.link()) {}

  void respond(HttpResponse response) override {
    link_->reach(
        [&] { exchange_->respond(response); },
        [&](Shard& shard) {
          shard.post_essential([exchange = std::move(exchange_), response = std::move(response)] {
            exchange->respond(response);
          });
        });
  }

 private:
  std::shared_ptr<Exchange> exchange_;
  std::shared_ptr<ShardLink> link_;
};

}  // namespace

HttpResponder make_responder(std::shared_ptr<Exchange> exchange, const Shard& shard) {
  return HttpResponder(std::make_shared<ExchangeChannel>(std::move(exchange), shard));
}

}  // namespace engineio::http
