#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "socketio/convert.hpp"

namespace chat {

/// The payload of the event `error`.
struct ErrorEvent {
  std::string message = {};
  std::optional<std::string> code = {};
};

inline constexpr std::string_view rate_limit_exceeded = "Rate limit exceeded";

}  // namespace chat

template <>
struct socketio::Fields<chat::ErrorEvent> {
  static constexpr auto members = std::tuple(field("message", &chat::ErrorEvent::message),
                                             field("code", &chat::ErrorEvent::code));
};
