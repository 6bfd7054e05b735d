#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace engineio {

/// The decoded parameters of a request target's query (what follows `?`), in the order and with the
/// rules of Node: a repeated key keeps its first place and takes its last value.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> query_parameters(
    std::string_view target);

}  // namespace engineio
