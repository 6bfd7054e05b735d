#pragma once

#include <chrono>
#include <string>

#include "adapters/redis/environment.hpp"
#include "adapters/redis/reply_reader.hpp"
#include "adapters/redis/socket/stream.hpp"
#include "engineio/timers.hpp"

namespace adapters::redis {

/// One command to one server, without AUTH, over a connection of its own.
class Inquiry final : private StreamObserver {
 public:
  /// nullptr: no answer, for that reason.
  using Done = engineio::Function<void(const Reply* reply, const std::string& reason)>;

  /// `done` is called once, unless the Inquiry is destroyed before, and may destroy it.
  Inquiry(Environment& environment, const Address& address, std::string command,
          std::chrono::milliseconds timeout, Done done);

 private:
  void finish(const Reply* reply, const std::string& reason);

  void on_connected() override;
  void on_bytes(std::span<const char> bytes) override;
  void on_written() override {}
  void on_closed(const std::string& reason, bool) override { finish(nullptr, reason); }

  const std::string command_;
  Done done_;
  ReplyReader reader_;
  engineio::Timer timer_;
  Stream stream_;
};

}  // namespace adapters::redis
