#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engineio/http/connection.hpp"
#include "tests/support/fake_shard.hpp"
#include "tests/support/fake_stream.hpp"

namespace support {

/// A server's connection whose peer, network, clock and application are the test.
class HttpConnectionFixture : public engineio::http::RequestHandler {
 public:
  using Exchange = engineio::http::Exchange;

  HttpConnectionFixture() { accept(); }

  /// Begins a new connection.
  void accept() {
    stream = std::make_unique<FakeStream>(shard);
    stream->set_receiver(std::make_unique<engineio::http::ServerConnection>(context, *stream));
  }

  void on_request(std::shared_ptr<Exchange> exchange) override {
    exchanges.push_back(exchange);
    if (handle) {
      handle(*exchange);
    }
  }

  /// The peer sends, and the turn ends.
  void feed(std::string_view bytes) {
    stream->feed(bytes);
    shard.settle();
  }

  void respond(std::size_t index, std::string_view body) {
    exchanges.at(index)->respond(200, {}, body);
    shard.settle();
  }

  /// What the peer has received since the last call, without the fields that each response has.
  [[nodiscard]] std::string received() {
    auto text = stream->take_sent();
    for (const std::string_view usual : {"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
                                         "Connection: keep-alive\r\nKeep-Alive: timeout=65\r\n"}) {
      for (auto at = text.find(usual); at != std::string::npos; at = text.find(usual)) {
        text.erase(at, usual.size());
      }
    }
    return text;
  }

  static std::string get(std::string_view target, std::string_view fields = {}) {
    return request("GET", target, fields);
  }

  static std::string post(std::string_view fields, std::string_view body) {
    return request("POST", "/", fields).append(body);
  }

  static std::string request(std::string_view method, std::string_view target,
                             std::string_view fields) {
    std::string text(method);
    text.append(" ").append(target).append(" HTTP/1.1\r\nHost: a\r\n");
    return text.append(fields).append("\r\n");
  }

  static std::string ok(std::string_view body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           std::string(body);
  }

  /// The whole answer to what is not HTTP.
  static std::string refusal(std::string_view status) {
    return "HTTP/1.1 " + std::string(status) + "\r\nConnection: close\r\n\r\n";
  }

  FakeShard shard;
  engineio::Limits limits;
  engineio::http::DateClock date{[] {
    return engineio::http::DateClock::WallClock::time_point(std::chrono::seconds(784111777));
  }};
  engineio::http::ConnectionContext context{shard, limits, *this, date};
  std::unique_ptr<FakeStream> stream;

  std::vector<std::shared_ptr<Exchange>> exchanges;  ///< in the order of on_request()
  std::function<void(Exchange&)> handle;             ///< is called in on_request()
};

}  // namespace support
