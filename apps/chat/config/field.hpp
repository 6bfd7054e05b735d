#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/chat/config/settings.hpp"

namespace chat {

/// A value as it was given: one text, or the elements of a list.
using Given = std::vector<std::string>;

/// A setting as it is seen from outside.
struct Field {
  std::string name;      ///< in the file: `websocket.pingInterval`
  std::string expected;  ///< what a value has to be: `a number from 1 to 65535`
  std::string help;
  std::string alias = {};  ///< a shorter flag: `--port`; may be empty
  bool live = false;       ///< SIGHUP changes it
  bool secret = false;     ///< never shown
  bool is_list = false;

  /// False, and nothing is changed: it is not what is expected.
  std::function<bool(Settings&, const Given&)> set = nullptr;
  std::function<Given(const Settings&)> get = nullptr;

  [[nodiscard]] std::string flag() const;      ///< `--websocket-ping-interval`
  [[nodiscard]] std::string variable() const;  ///< `SIO_CHAT_WEBSOCKET_PING_INTERVAL`

  // For the table.
  Field& with_alias(std::string flag);
  Field& make_live();
  Field& make_secret();
};

/// All settings, in the order of the file.
[[nodiscard]] const std::vector<Field>& fields();
/// Nullptr: there is none of that name.
[[nodiscard]] const Field* find_field(std::string_view name);

/// `"a", "b"`, for messages; of a secret only that it is there.
[[nodiscard]] std::string show(const Field& field, const Given& given);

}  // namespace chat
