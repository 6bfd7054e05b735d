#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace adapters::wire {

/// The room in the name of a channel: numbers as JavaScript prints them.
[[nodiscard]] std::string room_text(std::string_view room);

/// The code units of a JavaScript string.
[[nodiscard]] std::u16string utf16(std::string_view text);

}  // namespace adapters::wire
