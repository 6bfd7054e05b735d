#include "apps/chat/config/sources.hpp"

#include <algorithm>
#include <utility>

#include "apps/chat/config/toml_file.hpp"

#include <unistd.h>

namespace chat {

namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += (text.empty() ? "" : "\n") + line;
  }
  return text;
}

/// `a,b` as a list where the field is one. No text is an empty list.
Given split(const Field& field, const std::string& text) {
  if (!field.is_list) {
    return {text};
  }
  Given elements;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    elements.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return elements;
}

/// Applies the sources to the settings, one after the other, and gathers what is wrong.
class Loader {
 public:
  void read_environment(const Sources& sources);
  void read_file(const std::string& path);
  void read_flags(const Sources& sources);
  [[nodiscard]] Configuration take();

 private:
  void assign(const Field& field, const Given& given, const std::string& place);

  Configuration configuration_;
  std::vector<std::string> problems_;
};

void Loader::assign(const Field& field, const Given& given, const std::string& place) {
  if (!field.set(configuration_.settings, given)) {
    problems_.push_back(place + ": " + field.name + " is " + show(field, given) + ", expected " +
                        field.expected);
  }
}

// Kubernetes sets variables for services, such as SIO_CHAT_PORT for one called `sio-chat`: unknown
// ones are no reason not to start.
void Loader::read_environment(const Sources& sources) {
  constexpr std::string_view prefix = "SIO_CHAT_";
  auto variable = sources.environment.lower_bound(prefix);
  for (; variable != sources.environment.end() && variable->first.starts_with(prefix); ++variable) {
    const auto& [name, value] = *variable;
    const auto field = std::find_if(fields().begin(), fields().end(), [&](const Field& candidate) {
      return candidate.variable() == name;
    });
    if (field != fields().end()) {
      assign(*field, split(*field, value), "the variable " + name);
    } else if (name != "SIO_CHAT_CONFIG") {
      configuration_.warnings.push_back("the variable " + name + " is no setting");
    }
  }
}

void Loader::read_file(const std::string& path) {
  std::vector<Assignment> assignments;
  try {
    assignments = read_toml(path);
  } catch (const std::runtime_error& error) {
    problems_.emplace_back(error.what());
  }
  for (const Assignment& assignment : assignments) {
    const Field* field = find_field(assignment.name);
    if (field == nullptr) {
      problems_.push_back(assignment.place + ": there is no setting " + assignment.name +
                          "; --print-config shows all");
    } else if (!assignment.problem.empty()) {
      problems_.push_back(assignment.place + ": " + field->name + " " + assignment.problem +
                          ", expected " + field->expected);
    } else if (assignment.is_list != field->is_list) {
      problems_.push_back(assignment.place + ": " + field->name + " is " +
                          show(*field, assignment.value) + ", expected " +
                          (field->is_list ? "a list of " : "") + field->expected);
    } else {
      assign(*field, assignment.value, assignment.place);
    }
  }
}

void Loader::read_flags(const Sources& sources) {
  for (const auto& [field, value] : sources.flags) {
    assign(*field, split(*field, value),
           "the flag " + (field->alias.empty() ? field->flag() : field->alias));
  }
}

Configuration Loader::take() {
  if (problems_.empty()) {
    problems_ = find_contradictions(configuration_.settings);
  }
  if (!problems_.empty()) {
    throw ConfigurationError(std::move(problems_));
  }
  return std::move(configuration_);
}

std::string value_of(const Sources& sources, std::string_view variable) {
  const auto found = sources.environment.find(variable);
  return found == sources.environment.end() ? "" : found->second;
}

std::string default_data_directory(const Sources& sources) {
  const std::string state = value_of(sources, "XDG_STATE_HOME");
  const std::string home = value_of(sources, "HOME");
  if (!state.empty()) {
    return state + "/sio_chat";
  }
  return home.empty() ? "sio_chat-data" : home + "/.local/state/sio_chat";
}

// `host:port` is what the conformance contract calls a Redis.
void complete(Settings& settings, const Sources& sources) {
  if (settings.server.data_directory.empty()) {
    settings.server.data_directory = default_data_directory(sources);
  }
  std::string& url = settings.redis.url;
  if (!url.empty() && url.find("://") == std::string::npos) {
    url = "redis://" + url;
  }
}

}  // namespace

ConfigurationError::ConfigurationError(std::vector<std::string> problems)
    : std::runtime_error(joined(problems)), problems_(std::move(problems)) {}

Configuration load(const Sources& sources) {
  Loader loader;
  loader.read_environment(sources);
  const std::string file =
      sources.file.empty() ? value_of(sources, "SIO_CHAT_CONFIG") : sources.file;
  if (!file.empty()) {
    loader.read_file(file);
  }
  loader.read_flags(sources);
  Configuration configuration = loader.take();
  complete(configuration.settings, sources);
  return configuration;
}

std::map<std::string, std::string, std::less<>> process_environment() {
  std::map<std::string, std::string, std::less<>> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) {
      variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return variables;
}

}  // namespace chat
