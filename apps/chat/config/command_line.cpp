#include "apps/chat/config/command_line.hpp"

#include <cstdio>
#include <deque>

#include <CLI/CLI.hpp>

namespace chat {

namespace {

/// The part of the name that --help sorts by.
std::string group_of(const Field& field) {
  const std::size_t dot = field.name.rfind('.');
  return dot == std::string::npos ? "General" : "[" + field.name.substr(0, dot) + "]";
}

std::string flags_of(const Field& field) {
  return field.alias.empty() ? field.flag() : field.alias + "," + field.flag();
}

}  // namespace

std::optional<CommandLine> parse_command_line(int argc, const char* const* argv) {
  CLI::App parser(
      "sio_chat: a chat server on Socket.IO. Flags are stronger than the file, and the file than\n"
      "variables: --websocket-ping-interval, pingInterval in [websocket], and\n"
      "SIO_CHAT_WEBSOCKET_PING_INTERVAL are the same setting. Times are milliseconds.");
  CommandLine line;
  bool check = false;
  bool print = false;
  parser.set_version_flag("--version", "sio_chat " SIO_VERSION);
  parser.add_option("--config", line.sources.file, "Settings in TOML");
  parser.add_flag("--check-config", check, "Say whether the settings are good, and end");
  parser.add_flag("--print-config", print,
                  "Print the settings as a file, without secrets, and end");

  std::deque<std::string> values;  // CLI11 keeps references to them
  std::vector<std::pair<const Field*, CLI::Option*>> options;
  for (const Field& field : fields()) {
    CLI::Option* option = parser.add_option(flags_of(field), values.emplace_back(),
                                            field.help + " (" + field.expected + ")");
    option->group(group_of(field));
    options.emplace_back(&field, option);
  }
  try {
    parser.parse(argc, argv);
  } catch (const CLI::Success& done) {
    parser.exit(done);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    throw ConfigurationError({error.what() + std::string("; --help shows all flags")});
  }
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (options[i].second->count() != 0) {
      line.sources.flags.emplace_back(options[i].first, values[i]);
    }
  }
  line.sources.environment = process_environment();
  line.action = check   ? CommandLine::Action::check_config
                : print ? CommandLine::Action::print_config
                        : CommandLine::Action::run;
  return line;
}

}  // namespace chat
