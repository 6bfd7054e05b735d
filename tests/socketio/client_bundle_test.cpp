#include "socketio/detail/client_bundle.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

using namespace socketio;

namespace {

/// A directory with a bundle of two files.
struct Directory {
  Directory() : path(std::filesystem::temp_directory_path() / "socketio_client_bundle_test") {
    std::filesystem::create_directories(path);
    write("version", "4.8.4\n");
    write("socket.io.js", "plain");
    write("socket.io.js.gz", "gzip");
    write("socket.io.js.br", "brotli");
    write("socket.io.js.map", "map");
    write("secret", "not served");
  }
  ~Directory() { std::filesystem::remove_all(path); }

  void write(const std::string& name, const std::string& content) const {
    std::ofstream(path / name) << content;
  }

  std::filesystem::path path;
};

struct Fixture {
  explicit Fixture(const std::string& path = "/socket.io")
      : serve(detail::make_client_bundle(path, options())) {}

  [[nodiscard]] Options options() const {
    Options result;
    result.client_directory = directory.path.string();
    return result;
  }

  std::optional<engineio::HttpResponse> get(const std::string& target, const char* field = nullptr,
                                            const char* value = nullptr) {
    engineio::HttpRequest request;
    request.method = "GET";
    request.target = target;
    if (field != nullptr) {
      request.headers.add(field, value);
    }
    engineio::HttpHeaders headers;
    return serve(request, headers);
  }

  Directory directory;
  engineio::Options::Middleware serve;
};

}  // namespace

TEST_CASE("the client is served as Node serves it") {
  Fixture f;
  const auto response = f.get("/socket.io/socket.io.js?v=1");
  REQUIRE(response.has_value());
  CHECK(response->status == 200);
  CHECK(response->body == "plain");
  CHECK(response->headers.get("content-type") == "application/javascript; charset=utf-8");
  CHECK(response->headers.get("cache-control") == "public, max-age=0");
  CHECK(response->headers.get("etag") == "\"4.8.4\"");
  CHECK_FALSE(response->headers.has("content-encoding"));
  CHECK(f.get("/socket.io/socket.io.js.map")->headers.get("content-type") ==
        "application/json; charset=utf-8");
}

TEST_CASE("the encoding that the client prefers") {
  Fixture f;
  const auto body = [&](const char* accepted) {
    return f.get("/socket.io/socket.io.js", "Accept-Encoding", accepted)->body;
  };
  CHECK(body("gzip, deflate, br") == "brotli");
  CHECK(body("gzip, deflate") == "gzip");
  CHECK(body("br;q=0.5, gzip;q=0.8") == "gzip");
  CHECK(body("br;q=0, gzip;q=0") == "plain");
  CHECK(body("identity") == "plain");
  CHECK(body(", ,;q=1,") == "plain");
  CHECK(f.get("/socket.io/socket.io.js.map", "Accept-Encoding", "br, gzip")->body == "map");
}

TEST_CASE("a client that has it gets 304") {
  Fixture f;
  for (const char* tag : {"\"4.8.4\"", "W/\"4.8.4\""}) {
    const auto response = f.get("/socket.io/socket.io.js", "If-None-Match", tag);
    CHECK(response->status == 304);
    CHECK(response->body.empty());
    CHECK(response->headers.empty());
  }
  CHECK(f.get("/socket.io/socket.io.js", "If-None-Match", "\"4.8.3\"")->status == 200);
}

TEST_CASE("other paths are not the bundle's") {
  Fixture f("/custom/");
  CHECK(f.get("/custom/socket.io.js").has_value());
  for (const char* target : {"/custom/", "/custom", "/custom/?EIO=4", "/socket.io/socket.io.js",
                             "/custom/secret", "/custom/version", "/custom/socket.io.js.gz",
                             "/custom/../secret", "/custom/socket.io.min.js"}) {
    CAPTURE(target);
    CHECK_FALSE(f.get(target).has_value());
  }
}

TEST_CASE("a directory without the client is an error only if it was asked for") {
  Options options;
  options.client_directory = "/nowhere";
  CHECK_THROWS_AS(static_cast<void>(detail::make_client_bundle("/x", options)),
                  std::invalid_argument);
  options.serve_client = false;
  CHECK_FALSE(static_cast<bool>(detail::make_client_bundle("/x", options)));
}
