#include "apps/chat/pages.hpp"

#include <cstdint>
#include <string>
#include <utility>

#include "apps/chat/www.hpp"

namespace chat {

namespace {

using engineio::HttpResponse;

// Scripts, styles and connections of this server only; nobody frames the page.
constexpr const char* security_policy =
    "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";

HttpResponse plain(unsigned status, std::string text) {
  HttpResponse response{.status = status, .headers = {}, .body = std::move(text)};
  response.headers.add("Content-Type", "text/plain; charset=utf-8");
  return response;
}

HttpResponse redirect(const std::string& location) {
  HttpResponse response = plain(301, "");
  response.headers.add("Location", location);
  return response;
}

/// FNV-1a: it only has to differ when the file does.
std::string entity_tag(std::string_view content) {
  std::uint64_t hash = 14'695'981'039'346'656'037U;
  for (const char c : content) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
  }
  return '"' + std::to_string(hash) + '"';
}

/// `/admin/` is a folder, whose page is its index.
std::optional<Asset> find_page(std::string_view path) {
  return find_asset(path.ends_with('/') ? std::string(path) + "index.html" : std::string(path));
}

HttpResponse answer(const engineio::HttpRequest& request) {
  const std::string_view path = request.path();
  const auto page = find_page(path);
  if (!page) {
    return find_page(std::string(path) + '/') ? redirect(std::string(path) + '/')
                                              : plain(404, "There is no such page.\n");
  }
  if (request.method != "GET" && request.method != "HEAD") {
    return plain(405, "Pages can be fetched with GET.\n");
  }
  HttpResponse response;
  const std::string tag = entity_tag(page->content);
  response.headers.add("ETag", tag);
  response.headers.add("Cache-Control", "no-cache");
  response.headers.add("Content-Security-Policy", security_policy);
  response.headers.add("X-Content-Type-Options", "nosniff");
  if (request.headers.get("if-none-match") == tag) {
    response.status = 304;
    return response;
  }
  response.headers.add("Content-Type", page->content_type);
  response.body = page->content;
  return response;
}

}  // namespace

void serve_page(const engineio::HttpRequest& request, engineio::HttpResponder responder) {
  responder.respond(answer(request));
}

}  // namespace chat
