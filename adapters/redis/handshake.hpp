#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "adapters/redis/url.hpp"
#include "adapters/redis_reply.hpp"

namespace adapters::redis {

/// What is said first on each connection: AUTH, SELECT, and a question that only a server which is
/// ready to serve us answers. Does no I/O.
class Handshake {
 public:
  enum class Step : std::uint8_t {
    more,     ///< wait for the next reply
    done,     ///< the connection may be used
    refused,  ///< the options have to change: see reason()
    away,     ///< the server is not ready: see reason()
  };

  /// `master`: only a master will do (behind a Sentinel).
  Handshake(const Target& target, bool master);

  /// What to send.
  [[nodiscard]] const std::string& commands() const noexcept { return commands_; }

  [[nodiscard]] Step on_reply(const Reply& reply);

  /// What Redis said, and what to change.
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

 private:
  [[nodiscard]] Step on_error(const std::string& error);

  std::string commands_;
  std::string reason_;
  std::size_t replies_ = 0;  // that are still due
  bool master_;
};

}  // namespace adapters::redis
