#pragma once

#include <string_view>

#include "apps/bench/generator/loop.hpp"
#include "apps/bench/generator/options.hpp"
#include "apps/bench/generator/result.hpp"

namespace bench {

// Each opens its connections, measures, and checks all that comes back; see the usage text.

[[nodiscard]] Result run_echo(Loop& loop, const Options& options);
[[nodiscard]] Result run_binary_echo(Loop& loop, const Options& options);
[[nodiscard]] Result run_broadcast(Loop& loop, const Options& options);
[[nodiscard]] Result run_rooms(Loop& loop, const Options& options);
[[nodiscard]] Result run_connect(Loop& loop, const Options& options);
[[nodiscard]] Result run_idle(Loop& loop, const Options& options);

}  // namespace bench
