#pragma once

#include <functional>
#include <string>

namespace adapters::cluster {

/// Makes the ids of nodes and requests. Any thread.
using IdGenerator = std::function<std::string()>;

/// 16 hex digits, as Node's `randomBytes(8)`.
[[nodiscard]] std::string random_id();

}  // namespace adapters::cluster
