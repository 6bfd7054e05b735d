#include "apps/chat/gateway/user_limits.hpp"

#include "apps/chat/gateway/error_event.hpp"
#include "engineio/shard.hpp"

namespace chat {

namespace {

Rate event_rate(const LimitSettings& settings) {
  return {settings.event_points, settings.event_duration};
}

Rate message_rate(const LimitSettings& settings) {
  return {settings.message_points, settings.message_duration};
}

bool consume(RateLimiter& limiter, socketio::Socket& socket, const std::string& key) {
  const bool allowed = limiter.consume(key, socket.shard().now());
  if (!allowed) {
    socket.emit("error", ErrorEvent{std::string(rate_limit_exceeded)});
  }
  return allowed;
}

}  // namespace

UserLimits::UserLimits(const LimitSettings& settings)
    : events_(event_rate(settings)),
      messages_(message_rate(settings)),
      settings_(std::make_shared<const LimitSettings>(settings)) {}

std::shared_ptr<const LimitSettings> UserLimits::settings() const {
  const std::lock_guard lock(mutex_);
  return settings_;
}

void UserLimits::change(const LimitSettings& settings) {
  events_.change(event_rate(settings));
  messages_.change(message_rate(settings));
  const std::lock_guard lock(mutex_);
  settings_ = std::make_shared<const LimitSettings>(settings);
}

bool UserLimits::allow_event(socketio::Socket& socket) {
  return consume(events_, socket, socket.id());
}

bool UserLimits::allow_message(socketio::Socket& socket, const std::string& key) {
  return consume(messages_, socket, key);
}

}  // namespace chat
