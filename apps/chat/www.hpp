#pragma once

#include <optional>
#include <string_view>

namespace chat {

/// A file of the chat page, which is part of the program. The views live as long as the program.
struct Asset {
  std::string_view content;
  std::string_view content_type;
};

/// The file at `path`, which is a URL's path without its query: `/chat.js`, or `/` for the page.
[[nodiscard]] std::optional<Asset> find_asset(std::string_view path);

}  // namespace chat
