#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "apps/chat/config/settings.hpp"

namespace chat {

/// What a log line says beside its text: `{"room", name}`. The views live during the call.
struct LogField {
  using Value = std::variant<std::int64_t, double, bool, std::string_view>;

  LogField(std::string_view its_name, std::string_view text) : name(its_name), value(text) {}
  LogField(std::string_view its_name, const char* text)
      : name(its_name), value(std::string_view(text)) {}
  LogField(std::string_view its_name, const std::string& text)
      : name(its_name), value(std::string_view(text)) {}
  LogField(std::string_view its_name, std::same_as<bool> auto flag) : name(its_name), value(flag) {}
  template <std::integral T>
  requires(!std::same_as<T, bool>) LogField(std::string_view its_name, T number)
      : name(its_name), value(static_cast<std::int64_t>(number)) {}
  LogField(std::string_view its_name, double number) : name(its_name), value(number) {}

  std::string_view name;
  Value value;
};

using LogFields = std::initializer_list<LogField>;

/// The log of the program, on standard error unless told otherwise: a line for each event, for
/// people or as JSON. Any thread; never waits for whoever reads it: when too much is under way, the
/// oldest lines are dropped and counted.
///
///     log.info("room created", {{"room", name}, {"capacity", 20}});
///
/// Never log tokens, ids of Engine.IO sessions, or what people write.
class Log {
 public:
  struct Options {
    LogLevel level = LogLevel::info;
    bool pretty = true;        ///< false: JSON
    std::string node_id = {};  ///< a field of each JSON line, unless empty
    /// Where lines go, with their newline. On a thread of its own. Empty: standard error.
    std::function<void(std::string_view line)> sink = nullptr;
  };

  explicit Log(Options options);
  /// Waits until everything is written.
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void debug(std::string_view text, LogFields fields = {}) { write(LogLevel::debug, text, fields); }
  void info(std::string_view text, LogFields fields = {}) { write(LogLevel::info, text, fields); }
  void warn(std::string_view text, LogFields fields = {}) { write(LogLevel::warn, text, fields); }
  void error(std::string_view text, LogFields fields = {}) { write(LogLevel::error, text, fields); }
  void write(LogLevel level, std::string_view text, LogFields fields);

  /// For what costs something to find out.
  [[nodiscard]] bool writes(LogLevel level) const noexcept;

  void set_level(LogLevel level) noexcept;
  void set_pretty(bool pretty) noexcept;

  [[nodiscard]] std::size_t dropped() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace chat
