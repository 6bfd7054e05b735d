#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "apps/chat/monitoring/log.hpp"

namespace chat {

struct LogLine {
  LogLevel level;
  std::string_view text;
  LogFields fields;
  std::string_view node_id;  ///< in JSON, unless empty
};

/// `2026-01-31 12:00:00.123 INFO  room created room=lobby capacity=20`, and a newline. Times are
/// UTC. Control characters are escaped, so that nobody can write lines of his own.
[[nodiscard]] std::string pretty_line(const LogLine& line,
                                      std::chrono::system_clock::time_point time);

/// `{"time":"2026-01-31T12:00:00.123Z","level":"info","message":…}`, and a newline.
[[nodiscard]] std::string json_line(const LogLine& line,
                                    std::chrono::system_clock::time_point time);

}  // namespace chat
