#include "adapters/classic/channels.hpp"

#include "adapters/wire/room_names.hpp"

namespace adapters::classic {

namespace {

std::string channel(std::string_view key, std::string_view kind, std::string_view nsp) {
  std::string name(key);
  name += kind;
  name += '#';
  name += nsp;
  name += '#';
  return name;
}

}  // namespace

Channels::Channels(std::string_view key, std::string_view nsp)
    : broadcast(channel(key, "", nsp)),
      request(channel(key, "-request", nsp)),
      response(channel(key, "-response", nsp)) {}

std::string Channels::pattern() const {
  // Node does not escape, so its servers do not hear the namespace `/a*`.
  std::string pattern;
  for (const char character : broadcast) {
    if (std::string_view("*?[]\\").find(character) != std::string_view::npos) {
      pattern += '\\';
    }
    pattern += character;
  }
  return pattern + '*';
}

std::string Channels::response_to(std::string_view uid) const {
  return response + std::string(uid) + '#';
}

std::string Channels::broadcast_to(const socketio::BroadcastOptions& options) const {
  std::string name = broadcast;
  if (options.rooms.size() == 1) {
    name += wire::room_text(options.rooms.front()) + '#';
  }
  return name;
}

std::string_view Channels::room_of(std::string_view channel_name) const noexcept {
  if (channel_name.size() <= broadcast.size()) {
    return {};
  }
  channel_name.remove_prefix(broadcast.size());
  channel_name.remove_suffix(1);
  return channel_name;
}

}  // namespace adapters::classic
