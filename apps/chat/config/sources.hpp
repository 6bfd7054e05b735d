#pragma once

#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "apps/chat/config/field.hpp"

namespace chat {

/// Where settings come from; the first is the strongest.
struct Sources {
  std::vector<std::pair<const Field*, std::string>> flags = {};
  std::string file = {};                                             ///< empty: none
  std::map<std::string, std::string, std::less<>> environment = {};  ///< of the process, all of it
};

/// What is wrong, each with the setting, the value and what was expected.
class ConfigurationError : public std::runtime_error {
 public:
  explicit ConfigurationError(std::vector<std::string> problems);

  [[nodiscard]] const std::vector<std::string>& problems() const noexcept { return problems_; }

 private:
  std::vector<std::string> problems_;
};

struct Configuration {
  Settings settings = {};
  std::vector<std::string> warnings = {};  ///< variables that mean nothing, for example
};

/// Reads the sources, the file and the keys that it names included. Throws ConfigurationError.
[[nodiscard]] Configuration load(const Sources& sources);

/// What makes no sense together, or needs a file that cannot be read.
[[nodiscard]] std::vector<std::string> find_contradictions(const Settings& settings);

/// The environment of this process.
[[nodiscard]] std::map<std::string, std::string, std::less<>> process_environment();

/// The settings as a file that load() reads, with the help as comments. Secrets are left out.
[[nodiscard]] std::string print_configuration(const Settings& settings);

}  // namespace chat
