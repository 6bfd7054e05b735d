#include <cstdint>
#include <string>
#include <utility>

#include "apps/bench/generator/failure.hpp"
#include "apps/bench/generator/http.hpp"
#include "apps/bench/generator/transport.hpp"
#include "apps/bench/generator/websocket.hpp"

namespace bench {
namespace {

constexpr std::string_view websocket_target = "/socket.io/?EIO=4&transport=websocket";

class WebSocketTransport final : public Transport, private Stream::Owner {
 public:
  /// Once open, it sends `first_packet`, unless that is empty.
  WebSocketTransport(Loop& loop, const Route& route, Receiver& receiver, std::string target,
                     std::string_view first_packet)
      : route_(route),
        receiver_(receiver),
        stream_(loop, *this),
        target_(std::move(target)),
        first_packet_(first_packet) {}

  void open() override {
    stream_.connect(route_.server);
    upgraded_ = false;
    websocket::append_upgrade_request(stream_.output(), route_.server.host, target_,
                                      route_.deflate != nullptr);
  }

  void cut() override { stream_.cut(); }

  void send_text(std::string_view packet) override { send(websocket::Opcode::text, packet); }
  void send_binary(std::string_view bytes) override { send(websocket::Opcode::binary, bytes); }

 private:
  void send(websocket::Opcode opcode, std::string_view payload) {
    mask_ = mask_ * 1664525 + 1013904223;  // a linear congruence: cheap and never the same twice
    const bool compressed = route_.deflate && opcode != websocket::Opcode::pong;
    websocket::append_frame(stream_.output(), opcode,
                            compressed ? route_.deflate->compress(payload) : payload, mask_,
                            compressed);
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
    if (size == 0) {
      return 0;
    }
    const std::string_view head = bytes.substr(0, size);
    if (!websocket::accepts_upgrade(head)) {
      throw Failure("the server refused the WebSocket: " + std::string(bytes));
    }
    if (route_.deflate && !websocket::accepts_deflate(head)) {
      throw Failure("the server does not compress without context: " + std::string(head));
    }
    upgraded_ = true;
    if (!first_packet_.empty()) {
      send_text(first_packet_);
    }
    return size;
  }

  void on_frame(const websocket::Frame& frame) {
    if (frame.compressed && !route_.deflate) {
      throw Failure("the server sent a compressed message that nobody asked for");
    }
    const auto payload =
        frame.compressed ? route_.deflate->decompress(frame.payload) : frame.payload;
    switch (frame.opcode) {
      case websocket::Opcode::text:
        return receiver_.on_text(payload);
      case websocket::Opcode::binary:
        return receiver_.on_binary(payload);
      case websocket::Opcode::ping:
        return send(websocket::Opcode::pong, payload);
      default:
        throw Failure("the server sent a WebSocket frame of kind " +
                      std::to_string(static_cast<int>(frame.opcode)));
    }
  }

  void on_closed() override { receiver_.on_closed(); }

  const Route& route_;
  Receiver& receiver_;
  Stream stream_;
  std::string target_;
  std::string_view first_packet_;
  std::uint32_t mask_ = 0x9e3779b9;
  bool upgraded_ = false;
};

}  // namespace

std::unique_ptr<Transport> make_websocket_transport(Loop& loop, const Route& route,
                                                    Transport::Receiver& receiver) {
  return std::make_unique<WebSocketTransport>(loop, route, receiver, std::string(websocket_target),
                                              "");
}

std::unique_ptr<Transport> make_probing_transport(Loop& loop, const Route& route,
                                                  Transport::Receiver& receiver,
                                                  std::string_view sid) {
  std::string target(websocket_target);
  target.append("&sid=").append(sid);
  return std::make_unique<WebSocketTransport>(loop, route, receiver, std::move(target), "2probe");
}

}  // namespace bench
