#pragma once

#include <cstdint>

namespace chat {

/// What this process costs; 0 where the system does not say.
struct ProcessUsage {
  std::uint64_t resident_bytes = 0;
  double cpu_seconds = 0;
  std::uint64_t open_files = 0;
};

[[nodiscard]] ProcessUsage process_usage();

}  // namespace chat
