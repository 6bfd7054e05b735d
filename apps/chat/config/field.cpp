#include "apps/chat/config/field.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace chat {

namespace {

// `websocket.pingInterval` in words, with `separator` between them: `websocket-ping-interval`.
std::string words_of(std::string_view name, char separator) {
  std::string words;
  for (const char c : name) {
    if (c == '.') {
      words += separator;
    } else if (std::isupper(static_cast<unsigned char>(c)) != 0) {
      words += separator;
      words += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else {
      words += c;
    }
  }
  return words;
}

}  // namespace

std::string Field::flag() const { return "--" + words_of(name, '-'); }

std::string Field::variable() const {
  std::string variable = "SIO_CHAT_" + words_of(name, '_');
  std::transform(variable.begin(), variable.end(), variable.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return variable;
}

Field& Field::with_alias(std::string flag) {
  alias = std::move(flag);
  return *this;
}

Field& Field::make_live() {
  live = true;
  return *this;
}

Field& Field::make_secret() {
  secret = true;
  return *this;
}

const Field* find_field(std::string_view name) {
  const auto& all = fields();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [name](const Field& field) { return field.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::string show(const Field& field, const Given& given) {
  if (field.secret) {
    return "a secret";
  }
  std::string shown;
  for (const std::string& element : given) {
    shown += (shown.empty() ? "\"" : ", \"") + element + "\"";
  }
  return shown.empty() ? "an empty list" : shown;
}

}  // namespace chat
