#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/chat/rooms/room_directory.hpp"

namespace chat {

/// A connection, as the WebSocket service describes it to the whole cluster.
struct ClientRecord {
  std::string id = {};
  std::vector<std::string> rooms = {};  ///< in alphabetical order
  socketio::Object metadata = {};
  socketio::Date connected_at = {};
  socketio::Date last_active_at = {};
  std::string node = {};  ///< that it is connected to
};

/// A room, as the WebSocket service describes it.
struct RoomRecord {
  Room room = {};
  std::vector<std::string> clients = {};  ///< in alphabetical order, at most RoomLimits::page
};

/// The connections of the cluster and the rooms that they are in: the records of a WebSocket
/// service, unlike the members of RoomDirectory gone with their connection. Rooms are those of the
/// RoomDirectory; their capacity holds for clients as well, counted apart.
///
/// Threads and lifetime: as MessageStore.
class ClientRecords {
 public:
  virtual ~ClientRecords() = default;
  ClientRecords(const ClientRecords&) = delete;
  ClientRecords& operator=(const ClientRecords&) = delete;

  /// A client has connected to this node.
  void add(std::string client, socketio::Object metadata, Callback<Nothing> callback);
  /// It did something: `lastActiveAt`. Call it now and then, not for everything.
  void touch(std::string client, Callback<Nothing> callback = nullptr);
  /// It is gone. The rooms that it was in.
  void remove(std::string client, Callback<std::vector<std::string>> callback);
  /// Value is empty (no id) where there is none.
  void find(std::string client, Callback<ClientRecord> callback);

  /// Makes the room if there is none. Fails with room_full, room_closed, too_many_rooms, and with
  /// invalid for a client that is gone. True: it was not in it before.
  void join(std::string client, std::string room, Callback<bool> callback);
  /// True: it was in it.
  void leave(std::string client, std::string room, Callback<bool> callback);
  /// Fails with no_such_room.
  void find_room(std::string room, Callback<RoomRecord> callback);

  /// Removes the records of a node that died, a part at a time. The rooms in which it had clients,
  /// as far as they were in that part, and whether that was all; call it until it was.
  struct Removed {
    std::vector<std::string> rooms = {};
    bool finished = true;
  };
  void remove_node(std::string node, Callback<Removed> callback);

 protected:
  ClientRecords(const RoomOptions& options, std::string node);

  [[nodiscard]] const RoomOptions& options() const noexcept { return options_; }
  [[nodiscard]] const std::string& node() const noexcept { return node_; }

 private:
  // The same, of requests that keep the limits.
  virtual void do_add(std::string client, std::string metadata, Callback<Nothing> callback) = 0;
  virtual void do_touch(std::string client, Callback<Nothing> callback) = 0;
  virtual void do_remove(std::string client, Callback<std::vector<std::string>> callback) = 0;
  virtual void do_find(std::string client, Callback<ClientRecord> callback) = 0;
  virtual void do_join(std::string client, std::string room, Callback<bool> callback) = 0;
  virtual void do_leave(std::string client, std::string room, Callback<bool> callback) = 0;
  virtual void do_find_room(std::string room, Callback<RoomRecord> callback) = 0;
  virtual void do_remove_node(std::string node, Callback<Removed> callback) = 0;

  const RoomOptions options_;
  const std::string node_;
};

/// Records that end with the program, in the database of make_sqlite_rooms().
[[nodiscard]] std::unique_ptr<ClientRecords> make_sqlite_clients(std::shared_ptr<Database> database,
                                                                 std::string node,
                                                                 RoomOptions options = {});

/// Records in Redis. Further keys than make_redis_rooms() names: `ws:client:<id>` (hash: id,
/// metadata, connectedAt, lastActiveAt, node), `ws:client:<id>:rooms` (set),
/// `ws:node:<node>:clients` (set).
[[nodiscard]] std::unique_ptr<ClientRecords> make_redis_clients(
    std::shared_ptr<adapters::Redis> redis, std::string node, std::string prefix = {},
    RoomOptions options = {});

}  // namespace chat
