#include <cstdio>
#include <exception>

#include "conformance/server/eio_mode.hpp"
#include "conformance/server/flags.hpp"

int main(int argc, char** argv) {
  try {
    const conformance::Flags flags = conformance::parse_flags(argc, argv);
    conformance::run_eio_mode(flags);
    return 0;
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "sio_conformance_server: %s\n", problem.what());
    return 2;
  }
}
