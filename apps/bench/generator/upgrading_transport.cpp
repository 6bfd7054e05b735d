#include <string>

#include "apps/bench/generator/failure.hpp"
#include "apps/bench/generator/http_connection.hpp"
#include "apps/bench/generator/text.hpp"
#include "apps/bench/generator/transport.hpp"

namespace bench {
namespace {

constexpr std::string_view handshake_target = "/socket.io/?EIO=4&transport=polling";

// Joins the namespace over one HTTP connection, request by request. Then a poll waits while the
// WebSocket is probed; the server answers the poll, and the session goes over. The receiver hears
// that it has joined when that is done.
class UpgradingTransport final : public Transport,
                                 private HttpConnection::Owner,
                                 private Transport::Receiver {
 public:
  UpgradingTransport(Loop& loop, const Route& route, Transport::Receiver& receiver)
      : loop_(loop), route_(route), receiver_(receiver), http_(loop, route.server, *this) {}

  void open() override {
    target_ = handshake_target;
    http_.get(target_);
  }

  void cut() override {
    http_.cut();
    if (websocket_) {
      websocket_->cut();
    }
    polled_ = probed_ = upgraded_ = false;
  }

  void send_text(std::string_view packet) override {
    if (upgraded_) {
      return websocket_->send_text(packet);
    }
    http_.post(target_, packet);
  }

  void send_binary(std::string_view bytes) override { websocket_->send_binary(bytes); }

 private:
  void on_response(HttpConnection&, std::string_view body) override {
    if (body.starts_with("0{")) {
      sid_ = field_of(body, "sid");
      target_.append("&sid=").append(sid_);
      receiver_.on_text(body);
    } else if (body == "ok") {
      http_.get(target_);
    } else if (body.starts_with("40{")) {
      connect_answer_ = body;
      http_.get(target_);
      websocket_ = make_probing_transport(loop_, route_, *this, sid_);
      websocket_->open();
    } else if (body == "6") {
      polled_ = true;
      finish();
    } else {
      throw Failure("before the upgrade the server answered <" + std::string(body) + ">");
    }
  }

  void on_text(std::string_view packet) override {
    if (upgraded_) {
      return receiver_.on_text(packet);
    }
    if (packet != "3probe") {
      throw Failure("the answer to the probe: " + describe_mismatch(packet, "3probe"));
    }
    probed_ = true;
    finish();
  }

  void on_binary(std::string_view bytes) override { receiver_.on_binary(bytes); }

  void finish() {
    if (polled_ && probed_) {
      websocket_->send_text("5");
      upgraded_ = true;
      http_.close();
      receiver_.on_text(connect_answer_);
    }
  }

  void on_closed() override { receiver_.on_closed(); }

  Loop& loop_;
  const Route& route_;
  Transport::Receiver& receiver_;
  HttpConnection http_;
  std::unique_ptr<Transport> websocket_;
  std::string target_;
  std::string sid_;
  std::string connect_answer_;
  bool polled_ = false;  // no poll waits any more
  bool probed_ = false;
  bool upgraded_ = false;
};

}  // namespace

std::unique_ptr<Transport> make_upgrading_transport(Loop& loop, const Route& route,
                                                    Transport::Receiver& receiver) {
  return std::make_unique<UpgradingTransport>(loop, route, receiver);
}

}  // namespace bench
