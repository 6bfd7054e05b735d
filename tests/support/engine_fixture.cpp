#include "tests/support/engine_fixture.hpp"

#include "engineio/websocket/frame.hpp"
#include "engineio/websocket/mask.hpp"

namespace engine_fixture {

namespace {

class Recorder final : public engineio::SessionHandler {
 public:
  explicit Recorder(Seen& seen) : seen_(seen) {}

  void on_message(engineio::MessageKind kind, std::span<char> payload) override {
    std::string text(payload.data(), payload.size());
    const bool is_text = kind == engineio::MessageKind::text;
    seen_.messages.push_back(is_text ? text : "[" + text + "]");
  }
  void on_drain() override { ++seen_.drains; }
  void on_close(engineio::CloseReason reason, std::string_view description) override {
    seen_.session = nullptr;
    seen_.reason = to_string(reason);
    seen_.description = description;
  }

 private:
  Seen& seen_;
};

}  // namespace

TestServer::TestServer(engineio::Options options)
    : config(
          [&] {
            options.threads = 1;
            return std::move(options);
          }(),
          [this](engineio::Session& session) {
            Seen& entry = seen.emplace_back();
            entry.session = &session;
            return std::make_unique<Recorder>(entry);
          }),
      engine(config, shard),
      http_{shard, config.options.limits, engine, date_} {}

TestServer::~TestServer() {
  engine.close();
  shard.turn();
  for (auto& stream : streams_) {
    stream.end();
  }
  shard.settle();
}

support::FakeStream& TestServer::connect() {
  support::FakeStream& stream = streams_.emplace_back(shard);
  stream.set_receiver(std::make_unique<engineio::http::ServerConnection>(http_, stream));
  return stream;
}

std::string TestServer::exchange(support::FakeStream& stream, std::string_view bytes) {
  stream.feed(bytes);
  shard.settle();
  return stream.take_sent();
}

Answer TestServer::request(std::string_view method, std::string_view target, std::string_view body,
                           std::string_view headers) {
  std::string raw(method);
  raw.append(" ").append(target).append(" HTTP/1.1\r\nHost: test\r\n").append(headers);
  if (!body.empty() || method == "POST") {
    raw += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  raw.append("\r\n").append(body);
  return parse_answer(exchange(connect(), raw));
}

std::string TestServer::open_polling(std::string_view parameters) {
  get("/engine.io/?transport=polling&" + std::string(parameters));
  return std::string(last().session->id());
}

Answer TestServer::poll(std::string_view sid, std::string_view parameters) {
  return parse_answer(start_poll(sid, parameters).take_sent());
}

support::FakeStream& TestServer::start_poll(std::string_view sid, std::string_view parameters) {
  support::FakeStream& stream = connect();
  stream.feed("GET /engine.io/?transport=polling&sid=" + std::string(sid) + "&" +
              std::string(parameters) + " HTTP/1.1\r\nHost: test\r\n\r\n");
  shard.settle();
  return stream;
}

Answer TestServer::post(std::string_view sid, std::string_view body, std::string_view parameters) {
  return request(
      "POST",
      "/engine.io/?transport=polling&sid=" + std::string(sid) + "&" + std::string(parameters),
      body);
}

support::FakeStream& TestServer::open_websocket(std::string_view parameters, std::string_view sid) {
  support::FakeStream& stream = connect();
  std::string target = "/engine.io/?transport=websocket&" + std::string(parameters);
  if (!sid.empty()) {
    target.append("&sid=").append(sid);
  }
  const std::string output = exchange(
      stream, "GET " + target +
                  " HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                  "Sec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  upgrade_answer = output;
  if (parameters.starts_with("EIO=3") && sid.empty()) {
    shard.advance(std::chrono::milliseconds(15));  // when the open packet follows
    upgrade_answer += stream.take_sent();
  }
  return stream;
}

Answer parse_answer(std::string_view raw) {
  Answer answer;
  const std::size_t end = raw.find("\r\n\r\n");
  if (end == raw.npos) {
    return answer;
  }
  answer.head = raw.substr(0, end + 2);
  answer.body = raw.substr(end + 4);
  answer.status = static_cast<unsigned>(std::stoul(answer.head.substr(answer.head.find(' ') + 1)));
  return answer;
}

std::string client_frame(std::string_view payload, unsigned opcode, bool fin) {
  char header[engineio::websocket::max_header_size];
  const auto size = engineio::websocket::encode_header(
      static_cast<engineio::websocket::Opcode>(opcode), fin, false, payload.size(), header);
  const engineio::websocket::MaskKey key{'\x12', '\x34', '\x56', '\x78'};
  std::string frame(header, size);
  frame[1] = static_cast<char>(frame[1] | '\x80');
  frame.append(key.data(), key.size());
  std::string masked(payload);
  engineio::websocket::apply_mask(masked, key);
  return frame + masked;
}

std::string server_frame(std::string_view payload, unsigned opcode) {
  std::string frame;
  engineio::websocket::append_frame(frame, static_cast<engineio::websocket::Opcode>(opcode),
                                    payload);
  return frame;
}

}  // namespace engine_fixture
