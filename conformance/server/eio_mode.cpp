#include "conformance/server/eio_mode.hpp"

#include <csignal>
#include <cstdio>
#include <memory>

#include "engineio/server.hpp"

namespace conformance {

namespace {

class Echo final : public engineio::SessionHandler {
 public:
  explicit Echo(engineio::Session& session) : session_(session) {}

  void on_message(engineio::MessageKind kind, std::span<char> payload) override {
    const std::string_view content(payload.data(), payload.size());
    session_.send(kind == engineio::MessageKind::text ? engineio::Message::text(content)
                                                      : engineio::Message::binary(content),
                  true);
  }

  void on_close(engineio::CloseReason, std::string_view) override {}

 private:
  engineio::Session& session_;
};

}  // namespace

void run_eio_mode(const Flags& flags) {
  engineio::Server server(
      flags.engine, [](engineio::Session& session) { return std::make_unique<Echo>(session); });
  const std::uint16_t port = listen(server, flags);
  server.on_signals({SIGTERM, SIGINT}, [&server] { server.stop(); });
  std::printf("listening on 127.0.0.1:%u\n", unsigned{port});
  std::fflush(stdout);
  server.run();
}

}  // namespace conformance
