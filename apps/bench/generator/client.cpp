#include "apps/bench/generator/client.hpp"

#include <string>
#include <utility>

#include "apps/bench/generator/failure.hpp"

namespace bench {

Client::Client(Loop& loop, const Address& address, TransportKind transport, std::size_t index,
               Listener& listener)
    : index_(index),
      listener_(listener),
      transport_(transport == TransportKind::polling
                     ? make_polling_transport(loop, address, *this)
                     : make_websocket_transport(loop, address, *this)) {}

void Client::connect(std::function<void()> on_joined) {
  on_joined_ = std::move(on_joined);
  transport_->open();
}

void Client::on_text(std::string_view packet) {
  if (packet.starts_with("42") || packet.starts_with("43") || packet.starts_with("46")) {
    listener_.on_packet(*this, packet);
  } else if (packet == "2") {
    send("3");
  } else if (packet.starts_with("40{")) {
    on_joined_();
  } else if (packet.starts_with("0{")) {
    send("40");
  } else if (packet != "6") {
    fail("the server sent <" + std::string(packet) + ">");
  }
}

void Client::fail(std::string_view reason) const {
  throw Failure("client " + std::to_string(index_) + ": " + std::string(reason));
}

}  // namespace bench
