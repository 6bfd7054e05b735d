#pragma once

#include <cstddef>

#include "apps/bench/generator/clock.hpp"

namespace bench {

/// What the operating system says about a process of this machine. Throws Failure if it is gone.

/// User and system time of all its threads, to the nanosecond.
[[nodiscard]] nanoseconds cpu_time_of(int pid);
[[nodiscard]] nanoseconds own_cpu_time();
/// Its resident memory.
[[nodiscard]] std::size_t resident_bytes_of(int pid);

/// Lets this process hold as many descriptors as the system allows.
void raise_descriptor_limit();

}  // namespace bench
