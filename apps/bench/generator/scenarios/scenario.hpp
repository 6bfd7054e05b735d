#pragma once

#include <cstddef>
#include <string>
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
[[nodiscard]] Result run_mixed(Loop& loop, const Options& options);
[[nodiscard]] Result run_connect(Loop& loop, const Options& options);
[[nodiscard]] Result run_idle(Loop& loop, const Options& options);
[[nodiscard]] Result run_jitter(Loop& loop, const Options& options);
[[nodiscard]] Result run_avalanche(Loop& loop, const Options& options);

// How a client gets into a room of the server.

[[nodiscard]] inline std::string join_request(std::size_t room) {
  return "420[\"join\",\"r" + std::to_string(room) + "\"]";
}
constexpr std::string_view join_answer = "430[]";

}  // namespace bench
