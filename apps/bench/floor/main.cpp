#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "apps/bench/floor/server.hpp"

// `sio_bench_floor [--host H] [--port N]`: the contract of the benchmark, by hard-coded bytes.
int main(int argc, char** argv) {
  std::string host = "127.0.0.1";
  int port = 0;
  try {
    for (int i = 1; i + 1 < argc; i += 2) {
      const std::string_view name = argv[i];
      if (name == "--host") {
        host = argv[i + 1];
      } else if (name == "--port") {
        port = std::stoi(argv[i + 1]);
      }
    }
    floor_server::Server server(host, static_cast<std::uint16_t>(port));
    std::printf("listening on %s:%u\n", host.c_str(), unsigned{server.port()});
    std::fflush(stdout);
    server.run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sio_bench_floor: %s\n", error.what());
    return 1;
  }
}
