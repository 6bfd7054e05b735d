#include <string>

#include "apps/bench/generator/failure.hpp"
#include "apps/bench/generator/http_connection.hpp"
#include "apps/bench/generator/text.hpp"
#include "apps/bench/generator/transport.hpp"

namespace bench {
namespace {

constexpr char separator = '\x1e';

// Until the namespace is joined all goes over the first connection, which is what a join costs at
// least; then one connection waits for packets while the other sends some.
class PollingTransport final : public Transport, private HttpConnection::Owner {
 public:
  PollingTransport(Loop& loop, const Address& address, Receiver& receiver)
      : receiver_(receiver), first_(loop, address, *this), second_(loop, address, *this) {}

  void open() override {
    target_ = "/socket.io/?EIO=4&transport=polling";
    poll(first_);
  }

  void cut() override {
    first_.cut();
    second_.cut();
    polling_ = nullptr;
    posting_ = nullptr;
    joined_ = false;
    unsent_.clear();
  }

  void send_text(std::string_view packet) override {
    if (!unsent_.empty()) {
      unsent_ += separator;
    }
    unsent_.append(packet);
    if (!handling_) {
      send_waiting();
    }
  }

  void send_binary(std::string_view) override {
    throw Failure("binary events over polling are not supported");
  }

 private:
  void poll(HttpConnection& connection) {
    polling_ = &connection;
    connection.get(target_);
  }

  // One at a time, so that the server reads the packets in their order.
  void send_waiting() {
    if (!unsent_.empty() && posting_ == nullptr) {
      posting_ = polling_ == &first_ ? &second_ : &first_;
      posting_->post(target_, unsent_);
      unsent_.clear();
    }
  }

  void on_response(HttpConnection& connection, std::string_view body) override {
    if (&connection == posting_) {
      posting_ = nullptr;
      if (body != "ok") {
        throw Failure("the answer to a POST: " + describe_mismatch(body, "ok"));
      }
    } else {
      polling_ = nullptr;
      handling_ = true;
      on_payload(body);
      handling_ = false;
    }
    send_waiting();
    poll_again();
  }

  // The POST of the CONNECT packet is answered before the next poll goes out.
  void poll_again() {
    if (polling_ == nullptr && (joined_ || posting_ == nullptr)) {
      poll(posting_ == &first_ ? second_ : first_);
    }
  }

  void on_payload(std::string_view payload) {
    while (true) {
      const std::size_t end = payload.find(separator);
      on_packet(payload.substr(0, end));
      if (end == std::string_view::npos) {
        return;
      }
      payload.remove_prefix(end + 1);
    }
  }

  void on_packet(std::string_view packet) {
    if (packet.starts_with('0')) {
      target_.append("&sid=").append(field_of(packet, "sid"));
    }
    joined_ = joined_ || packet.starts_with("40");
    receiver_.on_text(packet);
  }

  void on_closed() override { receiver_.on_closed(); }

  Receiver& receiver_;
  HttpConnection first_;
  HttpConnection second_;
  HttpConnection* polling_ = nullptr;  // waits for packets
  HttpConnection* posting_ = nullptr;  // waits for its "ok"
  std::string target_;
  std::string unsent_;
  bool handling_ = false;  // a payload: what is sent meanwhile leaves together
  bool joined_ = false;
};

}  // namespace

std::unique_ptr<Transport> make_polling_transport(Loop& loop, const Route& route,
                                                  Transport::Receiver& receiver) {
  return std::make_unique<PollingTransport>(loop, route.server, receiver);
}

}  // namespace bench
