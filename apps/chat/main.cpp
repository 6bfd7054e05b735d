#include <csignal>
#include <cstdio>
#include <exception>

#include "apps/chat/app.hpp"
#include "apps/chat/config/command_line.hpp"

namespace {

constexpr int exit_failed = 1;
constexpr int exit_misconfigured = 2;

void run(const chat::CommandLine& line) {
  const chat::Configuration configuration = chat::load(line.sources);
  switch (line.action) {
    case chat::CommandLine::Action::run:
      chat::App(configuration, line.sources).run();
      break;
    case chat::CommandLine::Action::check_config:
      for (const std::string& warning : configuration.warnings) {
        std::fprintf(stderr, "sio_chat: %s\n", warning.c_str());
      }
      std::puts("the settings are good");
      break;
    case chat::CommandLine::Action::print_config:
      std::fputs(chat::print_configuration(configuration.settings).c_str(), stdout);
      break;
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // whoever reads the log may go
  try {
    if (const auto line = chat::parse_command_line(argc, argv)) {
      run(*line);
    }
    return 0;
  } catch (const chat::ConfigurationError& error) {
    for (const std::string& problem : error.problems()) {
      std::fprintf(stderr, "sio_chat: %s\n", problem.c_str());
    }
    return exit_misconfigured;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sio_chat: %s\n", error.what());
    return exit_failed;
  }
}
