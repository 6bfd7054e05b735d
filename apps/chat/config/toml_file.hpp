#pragma once

#include <string>
#include <vector>

#include "apps/chat/config/field.hpp"

namespace chat {

/// `name = value` in a file.
struct Assignment {
  std::string name;   ///< with its groups: `websocket.pingInterval`
  std::string place;  ///< `chat.toml:12`
  Given value;
  bool is_list = false;
  std::string problem = {};  ///< why it can be no value of a setting; empty: it can
};

/// All assignments of a TOML file, in no order. Throws std::runtime_error where the file cannot be
/// read or is no TOML.
[[nodiscard]] std::vector<Assignment> read_toml(const std::string& path);

}  // namespace chat
