#include "apps/chat/presence/typing.hpp"

#include <algorithm>
#include <utility>

namespace chat {

bool Typing::update(const std::string& room, bool typing, TimePoint now) {
  if (!typing) {
    const auto found = rooms_.find(room);
    if (found == rooms_.end()) {
      return false;
    }
    found->second.typing = false;
    return std::exchange(found->second.shown, false);
  }
  const auto [found, added] = rooms_.try_emplace(room);
  Room& state = found->second;
  state.typing = true;
  state.heard = now;
  if (!added && now - state.told < options_.interval) {
    return false;
  }
  state.shown = true;
  state.told = now;
  return true;
}

std::vector<Typing::Notice> Typing::due(TimePoint now) {
  std::vector<Notice> notices;
  for (auto& [room, state] : rooms_) {
    if (now - state.heard >= options_.timeout) {
      state.typing = false;
      if (std::exchange(state.shown, false)) {
        notices.push_back({room, false});
      }
    } else if (waits(state) && now - state.told >= options_.interval) {
      state.shown = true;
      state.told = now;
      notices.push_back({room, true});
    }
  }
  std::erase_if(rooms_,
                [&](const auto& entry) { return now - entry.second.heard >= options_.timeout; });
  return notices;
}

std::optional<Typing::TimePoint> Typing::deadline() const {
  std::optional<TimePoint> earliest;
  for (const auto& entry : rooms_) {
    const Room& room = entry.second;
    const TimePoint end =
        waits(room) ? room.told + options_.interval : room.heard + options_.timeout;
    earliest = earliest ? std::min(*earliest, end) : end;
  }
  return earliest;
}

std::vector<std::string> Typing::stop() {
  std::vector<std::string> shown;
  for (const auto& [room, state] : std::exchange(rooms_, {})) {
    if (state.shown) {
      shown.push_back(room);
    }
  }
  return shown;
}

}  // namespace chat
