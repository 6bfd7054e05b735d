#pragma once

#include <optional>

#include "apps/chat/config/sources.hpp"

namespace chat {

/// What the program was started to do.
struct CommandLine {
  enum class Action { run, check_config, print_config };

  Action action = Action::run;
  Sources sources = {};
};

/// Reads the flags: one for each setting, `--config FILE`, and what to do. Nullopt: there was only
/// something to print (`--help`, `--version`), which is printed. Throws ConfigurationError.
[[nodiscard]] std::optional<CommandLine> parse_command_line(int argc, const char* const* argv);

}  // namespace chat
