#include <cstdint>

#include "apps/bench/generator/failure.hpp"
#include "apps/bench/generator/http.hpp"
#include "apps/bench/generator/transport.hpp"
#include "apps/bench/generator/websocket.hpp"

namespace bench {
namespace {

class WebSocketTransport final : public Transport, private Stream::Owner {
 public:
  WebSocketTransport(Loop& loop, const Address& address, Receiver& receiver)
      : address_(address), receiver_(receiver), stream_(loop, *this) {}

  void open() override {
    stream_.connect(address_);
    upgraded_ = false;
    websocket::append_upgrade_request(stream_.output(), address_.host,
                                      "/socket.io/?EIO=4&transport=websocket");
  }

  void close() override { stream_.close(); }

  void send_text(std::string_view packet) override { send(websocket::Opcode::text, packet); }
  void send_binary(std::string_view bytes) override { send(websocket::Opcode::binary, bytes); }

 private:
  void send(websocket::Opcode opcode, std::string_view payload) {
    mask_ = mask_ * 1664525 + 1013904223;  // a linear congruence: cheap and never the same twice
    websocket::append_frame(stream_.output(), opcode, payload, mask_);
  }

  std::size_t on_bytes(std::string_view bytes) override {
    const std::size_t head = upgraded_ ? 0 : read_head(bytes);
    std::size_t used = head;
    while (upgraded_ && stream_.is_open()) {
      const auto frame = websocket::read_frame(bytes.substr(used));
      if (!frame) {
        break;
      }
      used += frame->size;
      on_frame(*frame);
    }
    return used;
  }

  std::size_t read_head(std::string_view bytes) {
    const std::size_t size = http::head_size(bytes);
    upgraded_ = size != 0;
    if (upgraded_ && !websocket::accepts_upgrade(bytes.substr(0, size))) {
      throw Failure("the server refused the WebSocket: " + std::string(bytes));
    }
    return size;
  }

  void on_frame(const websocket::Frame& frame) {
    switch (frame.opcode) {
      case websocket::Opcode::text:
        return receiver_.on_text(frame.payload);
      case websocket::Opcode::binary:
        return receiver_.on_binary(frame.payload);
      case websocket::Opcode::ping:
        return send(websocket::Opcode::pong, frame.payload);
      default:
        throw Failure("the server sent a WebSocket frame of kind " +
                      std::to_string(static_cast<int>(frame.opcode)));
    }
  }

  void on_closed() override { receiver_.on_closed(); }

  const Address& address_;
  Receiver& receiver_;
  Stream stream_;
  std::uint32_t mask_ = 0x9e3779b9;
  bool upgraded_ = false;
};

}  // namespace

std::unique_ptr<Transport> make_websocket_transport(Loop& loop, const Address& address,
                                                    Transport::Receiver& receiver) {
  return std::make_unique<WebSocketTransport>(loop, address, receiver);
}

}  // namespace bench
