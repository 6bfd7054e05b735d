#pragma once

#include <string>
#include <vector>

#include "apps/chat/config/settings.hpp"

namespace chat {

/// What a reload of the configuration comes to. The names are those of the file.
struct Reload {
  Settings settings;                      ///< the running ones with what can change now
  std::vector<std::string> changed = {};  ///< in effect from now on
  std::vector<std::string> ignored = {};  ///< different, but they need a restart
};

[[nodiscard]] Reload compare(const Settings& running, const Settings& wanted);

}  // namespace chat
