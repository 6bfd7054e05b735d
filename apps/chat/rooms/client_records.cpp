#include "apps/chat/rooms/client_records.hpp"

#include <utility>

#include "apps/chat/rooms/room_checks.hpp"
#include "apps/chat/rooms/room_json.hpp"

namespace chat {

namespace {

LimitCheck check_client(const RoomLimits& limits, const std::string& client) {
  LimitCheck check;
  check.text("the client's id", client, 1, limits.id_bytes);
  return check;
}

}  // namespace

ClientRecords::ClientRecords(const RoomOptions& options, std::string node)
    : options_(with_clock(options)), node_(std::move(node)) {}

void ClientRecords::add(std::string client, socketio::Object metadata, Callback<Nothing> callback) {
  std::string json = to_json(metadata);
  LimitCheck check = check_client(options_.limits, client);
  check.text("the metadata", json, 0, options_.limits.metadata_bytes);
  if (!refused(check, callback)) {
    do_add(std::move(client), std::move(json), std::move(callback));
  }
}

void ClientRecords::touch(std::string client, Callback<Nothing> callback) {
  if (!refused(check_client(options_.limits, client), callback)) {
    do_touch(std::move(client), std::move(callback));
  }
}

void ClientRecords::remove(std::string client, Callback<std::vector<std::string>> callback) {
  if (!refused(check_client(options_.limits, client), callback)) {
    do_remove(std::move(client), std::move(callback));
  }
}

void ClientRecords::find(std::string client, Callback<ClientRecord> callback) {
  if (!refused(check_client(options_.limits, client), callback)) {
    do_find(std::move(client), std::move(callback));
  }
}

void ClientRecords::join(std::string client, std::string room, Callback<bool> callback) {
  LimitCheck check = check_client(options_.limits, client);
  check.text("the room", room, 1, options_.limits.id_bytes);
  if (!refused(check, callback)) {
    do_join(std::move(client), std::move(room), std::move(callback));
  }
}

void ClientRecords::leave(std::string client, std::string room, Callback<bool> callback) {
  LimitCheck check = check_client(options_.limits, client);
  check.text("the room", room, 1, options_.limits.id_bytes);
  if (!refused(check, callback)) {
    do_leave(std::move(client), std::move(room), std::move(callback));
  }
}

void ClientRecords::find_room(std::string room, Callback<RoomRecord> callback) {
  if (!refused(check_room(options_.limits, room), callback)) {
    do_find_room(std::move(room), std::move(callback));
  }
}

void ClientRecords::remove_node(std::string node, Callback<Removed> callback) {
  LimitCheck check;
  check.text("the node", node, 1, options_.limits.id_bytes);
  if (!refused(check, callback)) {
    do_remove_node(std::move(node), std::move(callback));
  }
}

}  // namespace chat
