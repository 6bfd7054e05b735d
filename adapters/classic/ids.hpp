#pragma once

#include <functional>
#include <string>

namespace adapters::classic {

/// Makes names of servers and requests. Called by several threads at once.
using IdGenerator = std::function<std::string()>;

/// As `uid2(6)` in Node: 6 characters of A-Z, a-z, 0-9, - and _, at random.
[[nodiscard]] std::string random_id();

}  // namespace adapters::classic
