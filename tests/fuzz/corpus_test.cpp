#include <doctest/doctest.h>

#include <csignal>
#include <cstdio>
#include <string>

#include "tests/fuzz/corpus.hpp"
#include "tests/fuzz/targets.hpp"

// All that fuzzing has found is tried again. `./dev fuzz` finds more.

// What a sanitizer finds ends in abort().
extern "C" const char* __asan_default_options() { return "abort_on_error=1:handle_segv=2"; }
extern "C" const char* __ubsan_default_options() { return "abort_on_error=1"; }

namespace {

std::string place;  // of the input in its corpus
void (*doctest_handler)(int) = SIG_DFL;

/// doctest names the test case only.
void name_input(int signal) {
  std::fprintf(stderr, "the input: %s\n", place.c_str());
  std::signal(signal, doctest_handler);
  std::raise(signal);
}

void replay(const std::string& name, void (*target)(std::string_view)) {
  const std::string path = std::string(SIO_CORPUS_DIR) + "/" + name + ".txt";
  std::size_t line = 0;
  doctest_handler = std::signal(SIGABRT, name_input);
  for (const std::string& input : fuzz::read_corpus(path)) {
    place = path + ":" + std::to_string(++line);
    CAPTURE(place);
    CHECK_NOTHROW(target(input));
  }
  std::signal(SIGABRT, doctest_handler);
  CHECK(line > 0);
}

}  // namespace

TEST_CASE("corpus of bus") { replay("bus", fuzz::bus); }
TEST_CASE("corpus of deflate") { replay("deflate", fuzz::deflate); }
TEST_CASE("corpus of http") { replay("http", fuzz::http); }
TEST_CASE("corpus of msgpack") { replay("msgpack", fuzz::msgpack); }
TEST_CASE("corpus of payload") { replay("payload", fuzz::payload); }
TEST_CASE("corpus of proxy_protocol") { replay("proxy_protocol", fuzz::proxy_protocol); }
TEST_CASE("corpus of query") { replay("query", fuzz::query); }
TEST_CASE("corpus of resp") { replay("resp", fuzz::resp); }
TEST_CASE("corpus of session") { replay("session", fuzz::session); }
TEST_CASE("corpus of socketio_text") { replay("socketio_text", fuzz::socketio_text); }
TEST_CASE("corpus of websocket") { replay("websocket", fuzz::websocket); }
