#include "engineio/http/request_parser.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using engineio::HttpRequest;
using engineio::Limits;
using engineio::http::RequestParser;
using engineio::http::RequestTraits;
using Event = RequestParser::Event;
using namespace std::string_literals;

namespace {

/// Feeds a parser and writes down what it reports. Each presentation has a buffer of its own, of
/// exactly its size.
class Driver {
 public:
  explicit Driver(const Limits& limits = {}) : limits_(limits) {}

  void feed(std::string_view bytes) {
    kept_.append(bytes);
    while (!failed_ && step()) {
    }
  }

  /// `GET /a [A=1][B=2] body(..) end`, the pieces of a body joined.
  [[nodiscard]] const std::string& log() const noexcept { return log_; }
  [[nodiscard]] unsigned status() const noexcept { return status_; }
  [[nodiscard]] std::size_t kept() const noexcept { return kept_.size(); }
  [[nodiscard]] const HttpRequest& request() const noexcept { return request_; }
  [[nodiscard]] const RequestParser& parser() const noexcept { return parser_; }

 private:
  bool step() {
    const auto buffer = std::make_unique<char[]>(kept_.size());
    kept_.copy(buffer.get(), kept_.size());
    HttpRequest request;
    const auto step = parser_.parse({buffer.get(), kept_.size()}, request);
    REQUIRE(step.consumed <= kept_.size());
    kept_.erase(0, step.consumed);
    record(step, request);
    return step.event != Event::need_more;
  }

  void record(const RequestParser::Step& step, const HttpRequest& request) {
    switch (step.event) {
      case Event::need_more:
        break;
      case Event::head:
        request_ = request;
        log_ += request.method + " " + request.target + " ";
        request.headers.for_each([this](std::string_view name, std::string_view value) {
          log_.append("[").append(name).append("=").append(value).append("]");
        });
        body_.clear();
        break;
      case Event::body:
        REQUIRE(!step.body.empty());
        body_.append(step.body.data(), step.body.size());
        break;
      case Event::end:
        log_ += " body(" + body_ + ") end\n";
        break;
      case Event::error:
        failed_ = true;
        status_ = step.status;
        log_ += "error " + std::to_string(status_);
        break;
    }
  }

  Limits limits_;
  RequestParser parser_{limits_};
  HttpRequest request_;
  std::string kept_;
  std::string log_;
  std::string body_;
  unsigned status_ = 0;
  bool failed_ = false;
};

/// What is reported for `bytes`, however they are split.
std::string events(const std::string& bytes, const Limits& limits = {}) {
  Driver whole(limits);
  whole.feed(bytes);
  for (std::size_t at = 1; at < bytes.size() && bytes.size() < 1000; ++at) {
    Driver split(limits);
    split.feed(std::string_view(bytes).substr(0, at));
    split.feed(std::string_view(bytes).substr(at));
    CHECK_MESSAGE(split.log() == whole.log(), "split at " << at);
  }
  Driver single(limits);
  for (const char& c : bytes) {
    single.feed({&c, 1});
  }
  CHECK(single.log() == whole.log());
  return whole.log();
}

std::string get(const std::string& fields) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

std::string post(const std::string& fields, const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}

std::string chunked(const std::string& body) {
  return post("Transfer-Encoding: chunked\r\n", body);
}

unsigned status(const std::string& bytes, const Limits& limits = {}) {
  Driver driver(limits);
  driver.feed(bytes);
  static_cast<void>(events(bytes, limits));
  return driver.status();
}

RequestTraits traits(const std::string& bytes) {
  Driver driver;
  driver.feed(bytes);
  REQUIRE(driver.status() == 0);
  return driver.parser().traits();
}

}  // namespace

TEST_CASE("a request without a body") {
  CHECK(events("GET /a?b=c HTTP/1.1\r\nHost: x:80\r\nEmpty:\r\nSpaced: \t v w \t\r\n\r\n") ==
        "GET /a?b=c [Host=x:80][Empty=][Spaced=v w] body() end\n");
}

TEST_CASE("a request with a body of known length") {
  CHECK(events(post("Content-Length: 5\r\n", "hello")) ==
        "POST / [Host=a][Content-Length=5] body(hello) end\n");
  CHECK(events(post("Content-Length: 0\r\n", "")) ==
        "POST / [Host=a][Content-Length=0] body() end\n");
}

TEST_CASE("a chunked body is put together, and trailer fields are ignored") {
  const auto head = "POST / [Host=a][Transfer-Encoding=chunked] "s;
  CHECK(events(chunked("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")) ==
        head + "body(hello world) end\n");
  CHECK(events(chunked("0\r\n\r\n")) == head + "body() end\n");
  CHECK(events(chunked("00a;x=y;z=\"q\"\r\n0123456789\r\n000\r\nT: 1\r\nU: 2\r\n\r\n")) ==
        head + "body(0123456789) end\n");
  CHECK(events(chunked("A\r\n0123456789\r\n0\r\n\r\n")) == head + "body(0123456789) end\n");
}

TEST_CASE("requests follow each other, with empty lines between them") {
  CHECK(events("\r\n\r\n" + post("Content-Length: 2\r\n", "ab") + "\r\n" + get("") +
               chunked("1\r\nc\r\n0\r\n\r\n") + get("X: 1\r\n")) ==
        "POST / [Host=a][Content-Length=2] body(ab) end\n"
        "GET / [Host=a] body() end\n"
        "POST / [Host=a][Transfer-Encoding=chunked] body(c) end\n"
        "GET / [Host=a][X=1] body() end\n");
}

TEST_CASE("nothing of a finished request is kept") {
  Driver driver;
  driver.feed(post("Content-Length: 2\r\n", "ab\r\n"));
  CHECK(driver.kept() == 0);
  CHECK_FALSE(driver.parser().in_request());
}

TEST_CASE("nothing of an unfinished head is consumed") {
  Driver driver;
  const auto head = get("X: 1\r\n");
  driver.feed(head.substr(0, head.size() - 1));
  CHECK(driver.kept() == head.size() - 1);
  CHECK(driver.log().empty());
}

TEST_CASE("the rest of a body is known if it is not chunked") {
  Driver driver;
  driver.feed(post("Content-Length: 5\r\n", "he"));
  CHECK(driver.parser().body_remaining() == 3);
  driver.feed("llo");
  CHECK(driver.parser().body_remaining() == 0);
  Driver chunks;
  chunks.feed(chunked("5\r\nhell"));
  CHECK(chunks.parser().body_remaining() == std::nullopt);
}

TEST_CASE("the connection is kept as HTTP/1.1 and 1.0 have it") {
  CHECK(traits(get("")).keep_alive);
  CHECK(traits(get("Connection: keep-alive\r\n")).keep_alive);
  CHECK_FALSE(traits(get("Connection: close\r\n")).keep_alive);
  CHECK_FALSE(traits(get("Connection: x, Close\r\n")).keep_alive);
  CHECK_FALSE(traits("GET / HTTP/1.0\r\n\r\n").keep_alive);
  CHECK(traits("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keep_alive);
}

TEST_CASE("an upgrade needs both fields") {
  CHECK(traits(get("Connection: Upgrade\r\nUpgrade: websocket\r\n")).upgrade);
  CHECK(traits(get("Upgrade: x\r\nConnection: keep-alive, upgrade\r\n")).upgrade);
  CHECK_FALSE(traits(get("Upgrade: websocket\r\n")).upgrade);
  CHECK_FALSE(traits(get("Connection: Upgrade\r\n")).upgrade);
}

TEST_CASE("expectations") {
  using Expectation = RequestTraits::Expectation;
  CHECK(traits(get("")).expectation == Expectation::none);
  CHECK(traits(get("Expect: 100-Continue\r\n")).expectation == Expectation::continue_100);
  CHECK(traits(get("Expect: 200-ok\r\n")).expectation == Expectation::unknown);
  CHECK(traits("GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n").expectation == Expectation::none);
}

TEST_CASE("HEAD is told apart") {
  CHECK(traits("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").head_only);
  CHECK_FALSE(traits(get("")).head_only);
}

TEST_CASE("the methods are Node's, without CONNECT") {
  for (const auto* method : {"GET", "POST", "OPTIONS", "M-SEARCH", "QUERY", "ACL", "UNSUBSCRIBE"}) {
    CHECK(events(method + " / HTTP/1.0\r\n\r\n"s) == method + " /  body() end\n"s);
  }
  for (const auto* method : {"CONNECT", "GETS", "GE", "get", "FOO", "PRI", "Get"}) {
    CHECK(status(method + " / HTTP/1.0\r\n\r\n"s) == 400);
  }
}

TEST_CASE("request lines that are refused") {
  CHECK(status("GET / HTTP/2.0\r\n\r\n") == 400);
  CHECK(status("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == 400);
  CHECK(status("GET / HTTP/1.2\r\n\r\n") == 400);
  CHECK(status("GET / HTTP/0.9\r\n\r\n") == 400);
  CHECK(status("GET / HTTP/11\r\n\r\n") == 400);
  CHECK(status("GET / HTTP/1.1 \r\n\r\n") == 400);
  CHECK(status("GET / http/1.1\r\n\r\n") == 400);
  CHECK(status("GET /\r\n\r\n") == 400);
  CHECK(status("GET  / HTTP/1.1\r\n\r\n") == 400);
  CHECK(status("GET\t/ HTTP/1.1\r\n\r\n") == 400);
  CHECK(status("GET /a b HTTP/1.1\r\n\r\n") == 400);
  CHECK(status("GET /a\x01 HTTP/1.1\r\n\r\n") == 400);
  CHECK(status("GET /a\0b HTTP/1.1\r\n\r\n"s) == 400);
  CHECK(status("GET /a\rb HTTP/1.1\r\n\r\n") == 400);
  CHECK(status("GET /\xC3\xA4 HTTP/1.0\r\n\r\n") == 400);
  CHECK(status("GET ?a HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
  CHECK(status("\x16\x03\x01\x02") == 400);
  CHECK(status("GET / HTTP/1.1\n\n") == 400);
}

TEST_CASE("all forms of a target") {
  CHECK(status("OPTIONS * HTTP/1.0\r\n\r\n") == 0);
  CHECK(status("GET http://a/b HTTP/1.0\r\n\r\n") == 0);
}

TEST_CASE("HTTP/1.1 demands one Host") {
  CHECK(status("GET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(status("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n") == 400);
  CHECK(status("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n") == 400);
  CHECK(status("GET / HTTP/1.1\r\nHost:\r\n\r\n") == 0);
  CHECK(status("GET / HTTP/1.0\r\n\r\n") == 0);
  CHECK(status("GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n") == 0);
}

TEST_CASE("fields that are refused") {
  CHECK(status(get("A : 1\r\n")) == 400);
  CHECK(status(get(" A: 1\r\n")) == 400);
  CHECK(status(get(": 1\r\n")) == 400);
  CHECK(status(get("A\r\n")) == 400);
  CHECK(status(get("A b: 1\r\n")) == 400);
  CHECK(status(get("A\x80: 1\r\n")) == 400);
  CHECK(status(get("A: 1\r\n 2\r\n")) == 400);
  CHECK(status(get("A: \r\n 2\r\n")) == 400);
  CHECK(status(get("A: 1\r2\r\n")) == 400);
  CHECK(status(get("A: 1\n2: 3\r\n")) == 400);
  CHECK(status(get("A: 1\0"s + "2\r\n")) == 400);
  CHECK(status(get("Origin: a\x01"
                   "b\r\n")) == 400);
  CHECK(status(get("A: \x7F\r\n")) == 400);
}

TEST_CASE("values may be any other bytes") { CHECK(status(get("A: \xC3\xA4\tb\"c\r\n")) == 0); }

TEST_CASE("requests that two servers could frame differently are refused") {
  CHECK(status(post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")) == 400);
  CHECK(status(post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n")) == 400);
  CHECK(status(post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello")) == 400);
  CHECK(status(post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello")) == 400);
  CHECK(status(post("Content-Length: 5, 5\r\n", "hello")) == 400);
  CHECK(status(post("Content-Length: +5\r\n", "hello")) == 400);
  CHECK(status(post("Content-Length: -5\r\n", "hello")) == 400);
  CHECK(status(post("Content-Length: 0x5\r\n", "hello")) == 400);
  CHECK(status(post("Content-Length: 5 5\r\n", "hello")) == 400);
  CHECK(status(post("Content-Length:\r\n", "")) == 400);
  CHECK(status(post("Content-Length: 99999999999999999999\r\n", "")) == 400);
  CHECK(status(post("Transfer-Encoding: identity\r\n", "")) == 400);
  CHECK(status(post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")) == 400);
  CHECK(status(post("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n")) == 400);
  CHECK(status(post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n")) == 400);
  CHECK(status(post("Transfer-Encoding: \x0B"
                    "chunked\r\n",
                    "0\r\n\r\n")) == 400);
  CHECK(status(post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n")) == 400);
  CHECK(status(post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")) ==
        400);
  CHECK(status(post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n")) == 400);
  CHECK(status("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") == 400);
}

TEST_CASE("the name of a coding has any case") {
  CHECK(status(post("transfer-encoding: Chunked\r\n", "0\r\n\r\n")) == 0);
}

TEST_CASE("chunks that are refused") {
  CHECK(status(chunked("x\r\n\r\n")) == 400);
  CHECK(status(chunked("\r\n\r\n\r\n")) == 400);
  CHECK(status(chunked("-1\r\na\r\n")) == 400);
  CHECK(status(chunked("+1\r\na\r\n")) == 400);
  CHECK(status(chunked(" 1\r\na\r\n")) == 400);
  CHECK(status(chunked("1 \r\na\r\n")) == 400);
  CHECK(status(chunked("0x1\r\na\r\n\r\n")) == 400);
  CHECK(status(chunked("1;\r\na\r\n")) == 400);
  CHECK(status(chunked("1\r\nab\r\n\r\n")) == 400);
  CHECK(status(chunked("1\r\na0\r\n\r\n")) == 400);
  CHECK(status(chunked("1\r\na\n\r\n0\r\n\r\n")) == 400);
  CHECK(status(chunked("1\rx\na\r\n0\r\n\r\n")) == 400);
  CHECK(status(chunked("fffffffffffffffff\r\n")) == 400);
  CHECK(status(chunked("0\r\nA : b\r\n\r\n")) == 400);
  CHECK(status(chunked("0\r\nContent-Length: 5\r\n\r\n")) == 400);
}

TEST_CASE("a bare line feed does not end a chunk's line") {
  Driver driver;
  driver.feed(chunked("1\na\r\n0\r\n\r\n"));
  CHECK(driver.status() == 400);
  CHECK(driver.log().find("body(") == std::string::npos);
}

TEST_CASE("the size of a head is limited") {
  Limits limits;
  const auto request = get("A: " + std::string(100, 'a') + "\r\n");
  limits.http_head_bytes = request.size();
  CHECK(status(request, limits) == 0);
  limits.http_head_bytes = request.size() - 1;
  CHECK(status(request, limits) == 431);
}

TEST_CASE("a request line that is too long alone has a status of its own") {
  Limits limits;
  const auto request = "GET /" + std::string(100, 'a') + " HTTP/1.0\r\n\r\n";
  limits.http_head_bytes = request.size();
  CHECK(status(request, limits) == 0);
  limits.http_head_bytes = request.size() - 3;
  CHECK(status(request, limits) == 414);
}

TEST_CASE("the number of fields is limited") {
  Limits limits;
  limits.http_header_fields = 3;
  CHECK(status(get("A: 1\r\nB: 2\r\n"), limits) == 0);
  CHECK(status(get("A: 1\r\nB: 2\r\nC: 3\r\n"), limits) == 431);
}

TEST_CASE("the limits hold for every request of a connection") {
  Limits limits;
  limits.http_header_fields = 1;
  CHECK(events(get("") + get("") + get("A: 1\r\n"), limits) ==
        "GET / [Host=a] body() end\nGET / [Host=a] body() end\nerror 431");
}

TEST_CASE("the framing of chunks is limited") {
  Limits limits;
  limits.http_head_bytes = 200;
  const auto extension = [](std::size_t size) { return ";" + std::string(size - 1, 'x'); };
  CHECK(status(chunked("1" + extension(200) + "\r\na\r\n0\r\n\r\n"), limits) == 413);
  CHECK(status(chunked("1" + extension(190) + "\r\na\r\n0\r\n\r\n"), limits) == 0);
  const auto chunk = "1" + extension(100) + "\r\na\r\n";
  CHECK(status(chunked(chunk + chunk + "0\r\n\r\n"), limits) == 0);
  CHECK(status(chunked(chunk + chunk + "0;x\r\n\r\n"), limits) == 413);
  CHECK(status(chunked("0\r\nT: " + std::string(150, 'x') + "\r\n\r\n"), limits) == 0);
  CHECK(status(chunked("0\r\nT: " + std::string(250, 'x') + "\r\n\r\n"), limits) == 413);
}

TEST_CASE("reset() forgets the request") {
  Limits limits;
  RequestParser parser(limits);
  HttpRequest request;
  auto bytes = post("Content-Length: 5\r\n", "");
  CHECK(parser.parse(bytes, request).event == Event::head);
  CHECK(parser.in_request());
  parser.reset();
  CHECK_FALSE(parser.in_request());
  CHECK(parser.parse(bytes, request).event == Event::head);
}

TEST_CASE("random changes to requests do no harm") {
  const std::string samples[] = {
      get("A: 1\r\nConnection: Upgrade\r\nUpgrade: x\r\n"),
      post("Content-Length: 5\r\n", "hello") + get(""),
      chunked("5;a=b\r\nhello\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\n") + get(""),
  };
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    auto bytes = samples[random() % 3];
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
      constexpr std::string_view likely = "\r\n\t :;,0159afAZ\0\x7F\x80\xFF";
      bytes[random() % bytes.size()] = likely[random() % likely.size()];
    }
    Driver whole;
    whole.feed(bytes);
    Driver split;
    const auto at = random() % bytes.size();
    split.feed(std::string_view(bytes).substr(0, at));
    split.feed(std::string_view(bytes).substr(at));
    CHECK(split.log() == whole.log());
  }
}

TEST_CASE("garbage is refused or waited for") {
  std::mt19937 random(11);
  for (int round = 0; round < 1000; ++round) {
    std::string bytes(random() % 300, '\0');
    for (auto& c : bytes) {
      c = static_cast<char>(random());
    }
    Driver driver;
    driver.feed("POST / HTTP/1.1\r\n" + bytes);
    driver.feed(bytes + "\r\n\r\n");
    CHECK(driver.log().find("end") == std::string::npos);
  }
}
