#pragma once

namespace fuzz {

/// From now on the program's randomness is what it was after the last call: ids are the same in
/// every run.
void restart_randomness();

}  // namespace fuzz
