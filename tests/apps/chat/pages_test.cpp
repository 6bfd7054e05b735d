#include "apps/chat/pages.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using engineio::HttpRequest;
using engineio::HttpResponse;

namespace {

class Channel final : public engineio::HttpResponder::Channel {
 public:
  void respond(HttpResponse answer) override { response = std::move(answer); }

  HttpResponse response{.status = 0};
};

HttpResponse request(std::string target, std::string method = "GET", std::string tag = {}) {
  HttpRequest request{.method = std::move(method), .target = std::move(target)};
  if (!tag.empty()) {
    request.headers.add("If-None-Match", tag);
  }
  const auto channel = std::make_shared<Channel>();
  chat::serve_page(request, engineio::HttpResponder(channel));
  return channel->response;
}

}  // namespace

TEST_CASE("the pages are at / and /admin/, whatever the query") {
  for (const char* target : {"/", "/index.html", "/?room=lobby", "/admin/", "/admin/index.html"}) {
    CAPTURE(target);
    const HttpResponse response = request(target);
    CHECK(response.status == 200);
    CHECK(response.headers.get("content-type") == "text/html; charset=utf-8");
    CHECK(response.body.find("<!doctype html>") != std::string::npos);
  }
  CHECK(request("/").body != request("/admin/").body);
  const HttpResponse redirect = request("/admin");
  CHECK(redirect.status == 301);
  CHECK(redirect.headers.get("location") == "/admin/");
}

TEST_CASE("what there is not is 404") {
  for (const char* target : {"/nothing", "//", "/../main.cpp", "/admin//"}) {
    CAPTURE(target);
    CHECK(request(target).status == 404);
  }
}

TEST_CASE("pages can only be fetched") {
  CHECK(request("/", "HEAD").status == 200);
  CHECK(request("/", "POST").status == 405);
  CHECK(request("/", "DELETE").status == 405);
}

TEST_CASE("a browser that has the page already does not get it again") {
  const HttpResponse first = request("/");
  const std::string tag(first.headers.get("etag").value());
  const HttpResponse again = request("/", "GET", tag);
  CHECK(again.status == 304);
  CHECK(again.body.empty());
  CHECK(again.headers.get("etag") == tag);
  CHECK(request("/", "GET", "\"another\"").status == 200);
}

TEST_CASE("a page runs no scripts but its own, and nobody frames it") {
  const HttpResponse response = request("/");
  const std::string policy(response.headers.get("content-security-policy").value());
  CHECK(policy.starts_with("default-src 'self';"));
  CHECK(policy.find("frame-ancestors 'none'") != std::string::npos);
  CHECK(response.headers.get("x-content-type-options") == "nosniff");
}
