#include "apps/chat/config/toml_file.hpp"

#include <stdexcept>
#include <utility>

#include <toml++/toml.h>

namespace chat {

namespace {

/// A value that is no list and no table as text; nullopt for dates and the like.
std::optional<std::string> text_of(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) {
    return *text;
  }
  if (const auto number = node.value_exact<std::int64_t>()) {
    return std::to_string(*number);
  }
  if (const auto flag = node.value_exact<bool>()) {
    return *flag ? "true" : "false";
  }
  if (const auto number = node.value_exact<double>()) {
    return std::to_string(*number);
  }
  return std::nullopt;
}

void read_value(const toml::node& node, Assignment& assignment) {
  if (const toml::array* list = node.as_array()) {
    assignment.is_list = true;
    for (const toml::node& element : *list) {
      if (auto text = text_of(element)) {
        assignment.value.push_back(std::move(*text));
      } else {
        assignment.problem = "has a list or a date in its list";
      }
    }
  } else if (auto text = text_of(node)) {
    assignment.value.push_back(std::move(*text));
  } else {
    assignment.problem = "is a date or a time";
  }
}

void read_table(const toml::table& table, const std::string& prefix, const std::string& file,
                std::vector<Assignment>& assignments) {
  for (const auto& [key, node] : table) {
    std::string name = prefix + std::string(key.str());
    if (const toml::table* inner = node.as_table()) {
      read_table(*inner, name + ".", file, assignments);
      continue;
    }
    Assignment assignment{.name = std::move(name),
                          .place = file + ":" + std::to_string(node.source().begin.line),
                          .value = {}};
    read_value(node, assignment);
    assignments.push_back(std::move(assignment));
  }
}

}  // namespace

std::vector<Assignment> read_toml(const std::string& path) {
  std::vector<Assignment> assignments;
  try {
    read_table(toml::parse_file(path), "", path, assignments);
  } catch (const toml::parse_error& error) {
    const auto line = error.source().begin.line;
    throw std::runtime_error(path + (line != 0 ? ":" + std::to_string(line) : "") + ": " +
                             std::string(error.description()));
  }
  return assignments;
}

}  // namespace chat
