#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace bench::http {

struct Response {
  std::string_view body;
  std::size_t size;  ///< of the whole response
};

/// The size of the head that `bytes` begin with, its empty line included; 0 if it is not complete.
[[nodiscard]] std::size_t head_size(std::string_view bytes);

/// The response that `bytes` begin with; nullopt if it is not complete yet. Throws Failure if it is
/// not a success with a Content-Length.
[[nodiscard]] std::optional<Response> read_response(std::string_view bytes);

}  // namespace bench::http
