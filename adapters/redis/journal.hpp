#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "socketio/options.hpp"

namespace adapters::redis {

/// Where a client writes what happens to it. The client's thread.
class Journal {
 public:
  using Log = std::function<void(socketio::LogLevel, std::string_view)>;

  /// Without `log`, warnings and errors go to standard error.
  explicit Journal(Log log) : log_(std::move(log)) {}

  void write(socketio::LogLevel level, std::string_view text);

  /// Only the first one of each kind.
  void write_once(socketio::LogLevel level, const std::string& kind, std::string_view text);

 private:
  const Log log_;
  std::unordered_set<std::string> kinds_;
};

}  // namespace adapters::redis
