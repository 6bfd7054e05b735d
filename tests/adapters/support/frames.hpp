#pragma once

#include <string>

namespace tests {

/// `425["q"]` becomes `42["q"]`: the ids depend on what else a server has asked.
[[nodiscard]] std::string without_ack_id(const std::string& frame);

}  // namespace tests
