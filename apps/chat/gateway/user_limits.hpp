#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "apps/chat/config/settings.hpp"
#include "apps/chat/limits/rate_limiter.hpp"
#include "socketio/socket.hpp"

namespace chat {

/// How much one user may do, and how long his texts may be. Any thread.
class UserLimits {
 public:
  explicit UserLimits(const LimitSettings& settings);

  /// The settings as they are now.
  [[nodiscard]] std::shared_ptr<const LimitSettings> settings() const;
  void change(const LimitSettings& settings);

  /// One more event of the socket. False where it had too many: it was told so with `error`.
  [[nodiscard]] bool allow_event(socketio::Socket& socket);
  /// One more message of the user, who is named by `key`. The same.
  [[nodiscard]] bool allow_message(socketio::Socket& socket, const std::string& key);

 private:
  RateLimiter events_;
  RateLimiter messages_;
  mutable std::mutex mutex_;
  std::shared_ptr<const LimitSettings> settings_;
};

}  // namespace chat
