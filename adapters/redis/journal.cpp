#include "adapters/redis/journal.hpp"

#include <cstdio>

namespace adapters::redis {

namespace {

// A server could invent new kinds of errors forever.
constexpr std::size_t max_kinds = 1000;

}  // namespace

void Journal::write(socketio::LogLevel level, std::string_view text) {
  if (log_) {
    log_(level, text);
  } else if (level >= socketio::LogLevel::warning) {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
  }
}

void Journal::write_once(socketio::LogLevel level, const std::string& kind, std::string_view text) {
  if (kinds_.size() < max_kinds && kinds_.insert(kind).second) {
    write(level, text);
  }
}

}  // namespace adapters::redis
