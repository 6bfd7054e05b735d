// sio_chat: a page and a room. The smallest complete program on this library.

#include <charconv>
#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>

#include "apps/chat/chat.hpp"
#include "apps/chat/www.hpp"

namespace {

struct Settings {
  std::string host = "127.0.0.1";
  std::uint16_t port = 3000;
  unsigned threads = 0;
};

template <class Number>
Number to_number(const std::string& flag, const char* text) {
  Number number{};
  const auto [end, error] = std::from_chars(text, text + std::strlen(text), number);
  if (error != std::errc() || *end != '\0') {
    throw std::invalid_argument(flag + " takes a number, not \"" + text + "\"");
  }
  return number;
}

Settings parse(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i < argc; i += 2) {
    const std::string flag = argv[i];
    if (flag != "--host" && flag != "--port" && flag != "--threads") {
      throw std::invalid_argument("there is no flag " + flag +
                                  "; there are --host, --port and --threads");
    }
    if (i + 1 == argc) {
      throw std::invalid_argument(flag + " needs a value");
    }
    if (flag == "--host") {
      settings.host = argv[i + 1];
    } else if (flag == "--port") {
      settings.port = to_number<std::uint16_t>(flag, argv[i + 1]);
    } else {
      settings.threads = to_number<unsigned>(flag, argv[i + 1]);
    }
  }
  return settings;
}

void serve_page(const engineio::HttpRequest& request, engineio::HttpResponder responder) {
  if (const auto asset = chat::find_asset(request.path())) {
    responder.respond(200, asset->content_type, std::string(asset->content));
  } else {
    responder.respond(404, "text/plain; charset=utf-8", "There is no such page.\n");
  }
}

void run(const Settings& settings) {
  chat::Room room;
  socketio::Server io({.threads = settings.threads});
  chat::serve_chat(io, room);
  io.on_http("GET", "/healthz",
             [](const engineio::HttpRequest&, engineio::HttpResponder responder) {
               responder.respond(200, "text/plain", "ok\n");
             });
  io.on_http(serve_page);
  const std::uint16_t port = io.listen(settings.host, settings.port);
  io.stop_on_signals();
  std::printf("listening on %s:%u\n", settings.host.c_str(), unsigned{port});
  std::fflush(stdout);
  io.run();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(parse(argc, argv));
    return 0;
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "sio_chat: %s\n", problem.what());
    return 2;
  }
}
