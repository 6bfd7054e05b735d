#pragma once

#include "socketio/value.hpp"

namespace chat {

/// What `if (value)` means in JavaScript: null, false, 0 and the empty text are not.
[[nodiscard]] inline bool is_truthy(const socketio::Value& value) noexcept {
  return value.as_bool().value_or(!value.is_null()) && value.as_double() != 0.0 &&
         value.as_string() != "";
}

}  // namespace chat
