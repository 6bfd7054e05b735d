#include "apps/bench/generator/client.hpp"

#include <string>
#include <utility>

#include "apps/bench/generator/failure.hpp"

namespace bench {

Client::Client(Loop& loop, const Route& route, std::size_t index, Listener& listener)
    : index_(index), listener_(listener), transport_(make_transport(loop, route, *this)) {}

void Client::connect(std::function<void()> on_joined, std::string_view auth) {
  on_joined_ = std::move(on_joined);
  auth_ = auth;
  transport_->open();
}

void Client::on_text(std::string_view packet) {
  if (packet.starts_with("42") || packet.starts_with("43") || packet.starts_with("46")) {
    listener_.on_packet(*this, packet);
  } else if (packet == "2") {
    send("3");
  } else if (packet.starts_with("40{")) {
    listener_.on_joined(*this, packet.substr(2));
    on_joined_();
  } else if (packet.starts_with("0{")) {
    send("40" + auth_);
  } else if (packet != "6") {
    fail("the server sent <" + std::string(packet) + ">");
  }
}

void Client::fail(std::string_view reason) const {
  throw Failure("client " + std::to_string(index_) + ": " + std::string(reason));
}

}  // namespace bench
