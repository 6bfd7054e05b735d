#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engineio/timers.hpp"

namespace chat {

/// Where one connection is typing, and what the others are told of it: that it types, once in an
/// interval; that it stopped, if they were told that it types. Who says nothing more for the
/// timeout has stopped. Knows no clock and no thread.
class Typing {
 public:
  using TimePoint = engineio::Clock::time_point;

  struct Options {
    std::chrono::milliseconds interval{1'000};
    std::chrono::milliseconds timeout{6'000};
  };

  explicit Typing(Options options) : options_(options) {}

  /// The client types in the room, or has stopped. True: the others have to be told.
  [[nodiscard]] bool update(const std::string& room, bool typing, TimePoint now);

  struct Notice {
    std::string room;
    bool typing = false;

    bool operator==(const Notice&) const = default;
  };
  /// What has become due: it stopped without saying so, or it typed again so soon that the others
  /// had to wait.
  [[nodiscard]] std::vector<Notice> due(TimePoint now);
  /// When something may become due.
  [[nodiscard]] std::optional<TimePoint> deadline() const;

  /// The rooms in which the others think that it types; it does not any more.
  [[nodiscard]] std::vector<std::string> stop();

 private:
  struct Room {
    bool typing = false;
    bool shown = false;  // to the others
    TimePoint heard;     // last, from the client
    TimePoint told;      // last, that it types
  };

  [[nodiscard]] bool waits(const Room& room) const noexcept { return room.typing && !room.shown; }

  const Options options_;
  std::map<std::string, Room> rooms_;
};

}  // namespace chat
