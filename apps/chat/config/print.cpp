#include "apps/chat/config/sources.hpp"

namespace chat {

namespace {

bool is_bare(const std::string& expected) {
  return expected == "true or false" || expected.find(" from ") != std::string::npos;
}

std::string quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
    }
    quoted += c;
  }
  return quoted + '"';
}

std::string toml_value(const Field& field, const Given& value) {
  if (!field.is_list) {
    return is_bare(field.expected) ? value.at(0) : quoted(value.at(0));
  }
  std::string list;
  for (const std::string& element : value) {
    list += (list.empty() ? "" : ", ") + quoted(element);
  }
  return "[" + list + "]";
}

}  // namespace

std::string print_configuration(const Settings& settings) {
  std::string text;
  std::string group;
  for (const Field& field : fields()) {
    const std::size_t dot = field.name.rfind('.');
    const std::string its_group = dot == std::string::npos ? "" : field.name.substr(0, dot);
    if (its_group != group) {
      group = its_group;
      text += "\n[" + group + "]\n";
    }
    text += "# " + field.help + " (" + field.expected + ")" + (field.live ? " *" : "") + "\n";
    const std::string key = dot == std::string::npos ? field.name : field.name.substr(dot + 1);
    text += field.secret ? "# " + key + " = \"...\"\n"
                         : key + " = " + toml_value(field, field.get(settings)) + "\n";
  }
  return "# The settings of sio_chat. SIGHUP changes those with a *.\n\n" + text;
}

}  // namespace chat
