#include "engineio/http.hpp"

#include <algorithm>
#include <utility>

#include "engineio/http/text.hpp"

namespace engineio {

namespace {

bool is_field_value(std::string_view value) noexcept {
  return std::none_of(value.begin(), value.end(),
                      [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool is_field(std::string_view name, std::string_view value) noexcept {
  return http::is_token(name) && is_field_value(value);
}

}  // namespace

bool HttpHeaders::add(std::string_view name, std::string_view value) {
  if (!is_field(name, value)) {
    return false;
  }
  block_.append(name).append(": ").append(value).append("\r\n");
  ++count_;
  return true;
}

bool HttpHeaders::set(std::string_view name, std::string_view value) {
  if (!is_field(name, value)) {
    return false;
  }
  HttpHeaders changed;
  bool placed = false;
  for_each([&](std::string_view old_name, std::string_view old_value) {
    if (!http::equal_ignoring_case(old_name, name)) {
      changed.add(old_name, old_value);
    } else if (!std::exchange(placed, true)) {
      changed.add(name, value);
    }
  });
  if (!placed) {
    return add(name, value);
  }
  *this = std::move(changed);
  return true;
}

void HttpHeaders::remove(std::string_view name) {
  if (!has(name)) {
    return;
  }
  HttpHeaders kept;
  for_each([&](std::string_view old_name, std::string_view value) {
    if (!http::equal_ignoring_case(old_name, name)) {
      kept.add(old_name, value);
    }
  });
  *this = std::move(kept);
}

std::optional<std::string_view> HttpHeaders::get(std::string_view wanted) const {
  std::size_t position = 0;
  std::string_view name;
  std::string_view value;
  while (next(position, name, value)) {
    if (http::equal_ignoring_case(name, wanted)) {
      return value;
    }
  }
  return std::nullopt;
}

bool HttpHeaders::has_token(std::string_view wanted, std::string_view token) const {
  bool found = false;
  for_each([&](std::string_view name, std::string_view value) {
    if (!http::equal_ignoring_case(name, wanted)) {
      return;
    }
    while (!found && !value.empty()) {
      found = http::equal_ignoring_case(http::next_part(value, ','), token);
    }
  });
  return found;
}

void HttpHeaders::clear() noexcept {
  block_.clear();
  count_ = 0;
}

bool HttpHeaders::next(std::size_t& position, std::string_view& name,
                       std::string_view& value) const {
  if (position == block_.size()) {
    return false;
  }
  const auto rest = std::string_view(block_).substr(position);
  const auto colon = rest.find(':');
  const auto end = rest.find('\r', colon);
  name = rest.substr(0, colon);
  value = rest.substr(colon + 2, end - colon - 2);
  position += end + 2;
  return true;
}

HttpResponder::~HttpResponder() {
  if (channel_ != nullptr) {
    respond(HttpResponse{.status = 500});
  }
}

void HttpResponder::respond(HttpResponse response) {
  if (const auto channel = std::exchange(channel_, nullptr)) {
    channel->respond(std::move(response));
  }
}

void HttpResponder::respond(unsigned status, std::string_view content_type, std::string body) {
  HttpResponse response{.status = status, .body = std::move(body)};
  response.headers.add("Content-Type", content_type);
  respond(std::move(response));
}

}  // namespace engineio
