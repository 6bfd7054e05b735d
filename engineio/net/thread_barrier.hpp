#pragma once

namespace engineio::net {

/// Makes all threads of the process pass a full memory barrier, so that what others do all the time
/// needs none of its own. False where the kernel does not offer it (Linux before 4.14, or a
/// sandbox).
[[nodiscard]] bool pass_barrier_on_all_threads() noexcept;

}  // namespace engineio::net
