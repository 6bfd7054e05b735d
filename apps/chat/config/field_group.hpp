#pragma once

#include <charconv>
#include <chrono>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "apps/chat/config/field.hpp"

namespace chat {

/// The whole of `text` as a number.
template <class T>
[[nodiscard]] bool parse_number(const std::string& text, T& number) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end;
}

/// Texts that stand for values.
template <class T>
using Choices = std::vector<std::pair<std::string, T>>;

/// `access(settings)` is the setting, const or not as the settings are.
template <class T, class Access>
[[nodiscard]] Field make_choice(std::string name, Access access, const Choices<T>& choices,
                                std::string help) {
  std::string expected;
  for (const auto& choice : choices) {
    expected += (expected.empty() ? "one of " : ", ") + choice.first;
  }
  Field field{.name = std::move(name), .expected = expected, .help = std::move(help)};
  field.set = [access, choices](Settings& settings, const Given& given) {
    for (const auto& [text, value] : choices) {
      if (given == Given{text}) {
        access(settings) = value;
        return true;
      }
    }
    return false;
  };
  field.get = [access, choices](const Settings& settings) {
    for (const auto& [text, value] : choices) {
      if (access(settings) == value) {
        return Given{text};
      }
    }
    return Given{};
  };
  return field;
}

/// Adds the fields of one group of settings:
///
///     const FieldGroup tls(fields, "tls", &Settings::tls);
///     tls.text("keyFile", &TlsSettings::key_file, "PEM: its private key").make_live();
template <class Group>
class FieldGroup {
 public:
  FieldGroup(std::vector<Field>& fields, std::string prefix, Group Settings::*group)
      : fields_(fields), prefix_(std::move(prefix)), group_(group) {}

  template <class T>
  Field& number(std::string name, T Group::*member, std::uint64_t least, std::uint64_t most,
                std::string help) const {
    return add_number(
        std::move(name), "a number", least, most, std::move(help),
        [path = Path<T>{group_, member}](Settings& settings, std::uint64_t number) {
          path(settings) = static_cast<T>(number);
        },
        [path = Path<T>{group_, member}](const Settings& settings) {
          return std::to_string(path(settings));
        });
  }

  /// In milliseconds.
  Field& duration(std::string name, std::chrono::milliseconds Group::*member, std::uint64_t least,
                  std::uint64_t most, std::string help) const {
    using Duration = std::chrono::milliseconds;
    return add_number(
        std::move(name), "milliseconds", least, most, std::move(help),
        [path = Path<Duration>{group_, member}](Settings& settings, std::uint64_t number) {
          path(settings) = Duration(number);
        },
        [path = Path<Duration>{group_, member}](const Settings& settings) {
          return std::to_string(path(settings).count());
        });
  }

  Field& flag(std::string name, bool Group::*member, std::string help) const {
    Field field = make_choice<bool>(prefix_ + "." + name, Path<bool>{group_, member},
                                    {{"true", true}, {"false", false}}, std::move(help));
    field.expected = "true or false";
    return add(std::move(field));
  }

  template <class T>
  Field& choice(std::string name, T Group::*member, const Choices<std::type_identity_t<T>>& choices,
                std::string help) const {
    return add(
        make_choice<T>(prefix_ + "." + name, Path<T>{group_, member}, choices, std::move(help)));
  }

  Field& text(std::string name, std::string Group::*member, std::string help) const {
    Field field{.name = prefix_ + "." + name, .expected = "one text", .help = std::move(help)};
    const Path<std::string> path{group_, member};
    field.set = [path](Settings& settings, const Given& given) {
      if (given.size() != 1) {
        return false;
      }
      path(settings) = given[0];
      return true;
    };
    field.get = [path](const Settings& settings) { return Given{path(settings)}; };
    return add(std::move(field));
  }

  /// Of texts that `is_valid` accepts; outside of the file with commas between them.
  Field& list(std::string name, std::vector<std::string> Group::*member, std::string expected,
              bool (*is_valid)(const std::string&), std::string help) const {
    Field field{.name = prefix_ + "." + name,
                .expected = std::move(expected),
                .help = std::move(help),
                .is_list = true};
    const Path<std::vector<std::string>> path{group_, member};
    field.set = [path, is_valid](Settings& settings, const Given& given) {
      for (const std::string& element : given) {
        if (!is_valid(element)) {
          return false;
        }
      }
      path(settings) = given;
      return true;
    };
    field.get = path;
    return add(std::move(field));
  }

 private:
  /// From the settings to one of them.
  template <class T>
  struct Path {
    Group Settings::*group;
    T Group::*member;

    T& operator()(Settings& settings) const { return settings.*group.*member; }
    const T& operator()(const Settings& settings) const { return settings.*group.*member; }
  };

  Field& add(Field field) const { return fields_.emplace_back(std::move(field)); }

  Field& add_number(std::string name, const std::string& unit, std::uint64_t least,
                    std::uint64_t most, std::string help,
                    std::function<void(Settings&, std::uint64_t)> assign,
                    std::function<std::string(const Settings&)> print) const {
    Field field{.name = prefix_ + "." + name,
                .expected = unit + " from " + std::to_string(least) + " to " + std::to_string(most),
                .help = std::move(help)};
    field.set = [least, most, assign](Settings& settings, const Given& given) {
      std::uint64_t number = 0;
      if (given.size() != 1 || !parse_number(given[0], number) || number < least || number > most) {
        return false;
      }
      assign(settings, number);
      return true;
    };
    field.get = [print](const Settings& settings) { return Given{print(settings)}; };
    return add(std::move(field));
  }

  std::vector<Field>& fields_;
  const std::string prefix_;
  Group Settings::*group_;
};

}  // namespace chat
