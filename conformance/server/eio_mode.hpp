#pragma once

#include "conformance/server/flags.hpp"

namespace conformance {

/// Mode eio: a bare Engine.IO server that sends every message back. Returns after SIGTERM.
void run_eio_mode(const Flags& flags);

}  // namespace conformance
