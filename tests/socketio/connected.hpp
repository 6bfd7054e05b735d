#pragma once

#include <memory>

#include "tests/socketio/world.hpp"

namespace tests {

/// A connected socket and its client.
struct Connected {
  explicit Connected(World& its_world, std::size_t shard = 0) : world(its_world) {
    std::shared_ptr<socketio::Socket> found;
    world.io().on_connection([&found](socketio::Socket& s) { found = s.shared_from_this(); });
    client = &world.join("/", shard);
    socket = found;
    socketio::detail::NamespaceAccess::change_handlers(
        world.io(), [](socketio::detail::HandlerLists& lists) { lists.on_connection.pop_back(); });
  }

  template <class... Messages>
  Texts receive(const Messages&... messages) {
    world.receive(*client, messages...);
    return take(*client);
  }
  template <class Action>
  Texts run(Action&& action) {
    world.run_on(client->shard().index(), action);
    return take(*client);
  }

  World& world;
  FakeSession* client = nullptr;
  std::shared_ptr<socketio::Socket> socket;
};

}  // namespace tests
