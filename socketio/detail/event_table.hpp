#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "socketio/detail/listener_list.hpp"
#include "socketio/handler.hpp"
#include "socketio/socket.hpp"

namespace socketio::detail {

/// The name of an event, as it is looked up: most are told apart by their hash.
struct EventName {
  explicit EventName(std::string_view text)
      : hash(std::hash<std::string_view>{}(text)), name(text) {}

  [[nodiscard]] bool is(std::size_t other_hash, std::string_view other) const noexcept {
    return hash == other_hash && name == other;
  }

  std::size_t hash;
  std::string name;
};

/// The handlers of one socket.
class EventTable {
 public:
  ListenerId add(std::string_view event, EventHandler handler, bool once) {
    return ListenerId{listeners_.add(EventName(event), std::move(handler), once)};
  }
  void remove(std::string_view event) {
    listeners_.remove_if([&](const EventName& key, std::uint64_t) { return key.name == event; });
  }
  void remove(ListenerId listener) {
    listeners_.remove_if(
        [&](const EventName&, std::uint64_t id) { return ListenerId{id} == listener; });
  }
  void clear() { listeners_.clear(); }

  /// Runs `call(handler)` for each handler of `event`.
  template <class Call>
  void for_each(std::size_t hash, std::string_view event, Call&& call) {
    listeners_.for_each([&](const EventName& key) { return key.is(hash, event); }, call);
  }

 private:
  ListenerList<EventName, EventHandler> listeners_;
};

}  // namespace socketio::detail
