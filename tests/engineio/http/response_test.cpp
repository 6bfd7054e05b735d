#include "engineio/http/response.hpp"

#include <doctest/doctest.h>

#include <string>

using engineio::Bytes;
using engineio::HttpHeaders;
using engineio::http::encode_response;
using engineio::http::ResponseContext;
using namespace std::chrono_literals;

namespace {

const std::string date = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
const std::string alive = "Connection: keep-alive\r\nKeep-Alive: timeout=65\r\n";

ResponseContext context() {
  ResponseContext result;
  result.date = "Sun, 06 Nov 1994 08:49:37 GMT";
  result.keep_alive_timeout = 65s;
  return result;
}

HttpHeaders fields(std::string_view name, std::string_view value) {
  HttpHeaders headers;
  headers.add(name, value);
  return headers;
}

std::string encoded(unsigned status, const HttpHeaders& headers, std::string_view body,
                    const ResponseContext& context) {
  const auto response = encode_response(status, headers, body, context);
  CHECK(response.body.size() == 0);
  const auto split = encode_response(status, headers, Bytes::copy(body), context);
  CHECK(std::string(split.head.view()).append(split.body.view()) == response.head.view());
  return std::string(response.head.view());
}

}  // namespace

TEST_CASE("a response looks like Node's") {
  HttpHeaders headers;
  headers.add("Content-Type", "text/html");
  headers.add("Content-Length", "2");
  headers.add("cache-control", "no-store");
  CHECK(encoded(200, headers, "ok", context()) ==
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n"
        "cache-control: no-store\r\n" +
            date + alive + "\r\nok");
}

TEST_CASE("a length that is not given comes last") {
  CHECK(encoded(404, {}, "missing", context()) ==
        "HTTP/1.1 404 Not Found\r\n" + date + alive + "Content-Length: 7\r\n\r\nmissing");
  CHECK(encoded(400, {}, "", context()) ==
        "HTTP/1.1 400 Bad Request\r\n" + date + alive + "Content-Length: 0\r\n\r\n");
}

TEST_CASE("the last response says so") {
  auto last = context();
  last.keep_alive = false;
  CHECK(encoded(200, {}, "", last) ==
        "HTTP/1.1 200 OK\r\n" + date + "Connection: close\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("204 and 304 have no body, and no length of ours") {
  CHECK(encoded(204, {}, "lost", context()) ==
        "HTTP/1.1 204 No Content\r\n" + date + alive + "\r\n");
  CHECK(encoded(304, {}, "lost", context()) ==
        "HTTP/1.1 304 Not Modified\r\n" + date + alive + "\r\n");
  CHECK(encoded(204, fields("Content-Length", "0"), "", context()) ==
        "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n" + date + alive + "\r\n");
}

TEST_CASE("the answer to HEAD has the length but not the body") {
  auto head = context();
  head.head_only = true;
  CHECK(encoded(200, {}, "body", head) ==
        "HTTP/1.1 200 OK\r\n" + date + alive + "Content-Length: 4\r\n\r\n");
  CHECK(encoded(200, {}, "", head) == "HTTP/1.1 200 OK\r\n" + date + alive + "\r\n");
  CHECK(encoded(200, fields("Content-Length", "99"), "", head) ==
        "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n" + date + alive + "\r\n");
}

TEST_CASE("framing is not the caller's to choose") {
  CHECK(encoded(200, fields("content-length", "1"), "body", context()) ==
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n" + date + alive + "\r\nbody");
  CHECK(encoded(200, fields("Transfer-Encoding", "chunked"), "body", context()) ==
        "HTTP/1.1 200 OK\r\n" + date + alive + "Content-Length: 4\r\n\r\nbody");
  CHECK(encoded(200, fields("Connection", "close"), "", context()) ==
        "HTTP/1.1 200 OK\r\n" + date + alive + "Content-Length: 0\r\n\r\n");
}

TEST_CASE("a given Date is kept") {
  CHECK(encoded(200, fields("Date", "today"), "", context()) ==
        "HTTP/1.1 200 OK\r\nDate: today\r\n" + alive + "Content-Length: 0\r\n\r\n");
}

TEST_CASE("a status that cannot be an answer becomes 500") {
  for (const unsigned status : {0U, 101U, 199U, 1000U, 4'000'000'000U}) {
    CHECK(encoded(status, {}, "", context()).starts_with("HTTP/1.1 500 Internal Server Error\r\n"));
  }
  CHECK(encoded(299, {}, "", context()).starts_with("HTTP/1.1 299 unknown\r\n"));
}

TEST_CASE("shared bytes are not copied") {
  const auto body = Bytes::copy("shared");
  const auto response = encode_response(200, {}, body, context());
  CHECK(response.body.data() == body.data());
}
