#include "adapters/redis/inquiry.hpp"

#include <string_view>
#include <utility>

namespace adapters::redis {

namespace {

constexpr ReplyReader::Limits limits{.reply_bytes = 64 * 1024, .reply_elements = 100};

}  // namespace

Inquiry::Inquiry(Environment& environment, const Address& address, std::string command,
                 std::chrono::milliseconds timeout, Done done)
    : command_(std::move(command)),
      done_(std::move(done)),
      reader_(limits),
      stream_(environment.loop, address, environment.tls, *this) {
  environment.loop.timers().start(timer_, engineio::Clock::now() + timeout,
                                  [this] { finish(nullptr, "no answer in time"); });
}

void Inquiry::on_connected() {
  const std::string_view piece = command_;
  stream_.write(std::span(&piece, 1));
}

void Inquiry::on_bytes(std::span<const char> bytes) {
  while (!bytes.empty()) {
    reader_.feed(bytes);
    if (const Reply* reply = reader_.next()) {
      return finish(reply, {});
    }
    if (reader_.failed()) {
      return finish(nullptr, reader_.error());
    }
  }
}

void Inquiry::finish(const Reply* reply, const std::string& reason) {
  std::exchange(done_, nullptr)(reply, reason);
}

}  // namespace adapters::redis
