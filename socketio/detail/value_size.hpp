#pragma once

#include <cstddef>

#include "socketio/value.hpp"

namespace socketio::detail {

/// About the memory of a value with all that it holds.
[[nodiscard]] std::size_t bytes_of(const Value& value) noexcept;
[[nodiscard]] std::size_t bytes_of(const Array& values) noexcept;

}  // namespace socketio::detail
