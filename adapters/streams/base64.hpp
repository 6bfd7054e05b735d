#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace adapters::streams {

/// Standard alphabet, with padding.
[[nodiscard]] std::string to_base64(std::string_view bytes);
/// Also the URL alphabet, also without padding. nullopt: other characters.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace adapters::streams
