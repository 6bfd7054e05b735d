#pragma once

#include <functional>
#include <string>

namespace adapters::wire {

/// Makes names of servers and requests. Called by several threads at once.
using IdGenerator = std::function<std::string()>;

/// As `uid2(6)` in Node, for the classic adapter: 6 characters of A-Z, a-z, 0-9, - and _, at
/// random.
[[nodiscard]] std::string short_id();

/// As `randomBytes(8)` in Node, for the other adapters: 16 hex digits.
[[nodiscard]] std::string hex_id();

}  // namespace adapters::wire
