#include "adapters/bus_statistics.hpp"

#include <cstdio>
#include <utility>

namespace adapters {

namespace {

void log_to_standard_error(socketio::LogLevel, std::string_view text) {
  std::fprintf(stderr, "adapters: %.*s\n", static_cast<int>(text.size()), text.data());
}

}  // namespace

BusMonitor::BusMonitor(Log log) : log_(log ? std::move(log) : log_to_standard_error) {}

BusStatistics BusMonitor::statistics() const noexcept {
  const auto value = [this](Event event) {
    return counters_[static_cast<std::size_t>(event)].load(std::memory_order_relaxed);
  };
  return {.published = value(Event::published),
          .received = value(Event::received),
          .own = value(Event::own),
          .ignored = value(Event::ignored),
          .rubbish = rubbish_.load(std::memory_order_relaxed),
          .requests = value(Event::request),
          .requests_timed_out = value(Event::request_timed_out)};
}

void BusMonitor::rubbish(std::string_view kind) {
  rubbish_.fetch_add(1, std::memory_order_relaxed);
  {
    const std::lock_guard lock(mutex_);
    if (!reported_.emplace(kind).second) {
      return;
    }
  }
  log_(socketio::LogLevel::warning,
       "dropped a message of another server: " + std::string(kind) + " (reported once)");
}

}  // namespace adapters
