#include "apps/bench/generator/http.hpp"

#include <algorithm>
#include <charconv>

#include "apps/bench/generator/failure.hpp"

namespace bench::http {
namespace {

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
  const auto to_lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [&](char a, char b) { return to_lower(a) == b; });
}

std::size_t content_length(std::string_view head) {
  constexpr std::string_view name = "content-length: ";
  for (std::size_t end = head.find("\r\n"); end != std::string_view::npos;) {
    head.remove_prefix(end + 2);
    end = head.find("\r\n");
    const std::string_view line = head.substr(0, end);
    if (equal_ignoring_case(line.substr(0, name.size()), name)) {
      std::size_t length = 0;
      std::from_chars(line.data() + name.size(), line.data() + line.size(), length);
      return length;
    }
  }
  throw Failure("a response without Content-Length: " + std::string(head));
}

}  // namespace

std::size_t head_size(std::string_view bytes) {
  const std::size_t end = bytes.find("\r\n\r\n");
  return end == std::string_view::npos ? 0 : end + 4;
}

std::optional<Response> read_response(std::string_view bytes) {
  const std::size_t head = head_size(bytes);
  if (head == 0) {
    return std::nullopt;
  }
  if (!bytes.starts_with("HTTP/1.1 200 ")) {
    throw Failure("the server answered " + std::string(bytes));
  }
  const std::size_t length = content_length(bytes.substr(0, head));
  if (bytes.size() - head < length) {
    return std::nullopt;
  }
  return Response{bytes.substr(head, length), head + length};
}

}  // namespace bench::http
