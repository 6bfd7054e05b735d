// The part of ChatGateway that is about rooms.

#include <utility>

#include "apps/chat/gateway/chat_gateway.hpp"
#include "apps/chat/store/on_shard.hpp"
#include "apps/chat/wall_clock.hpp"

namespace chat {

namespace {

constexpr std::size_t most_listed_rooms = 1'000;
constexpr std::size_t most_listed_events = 100;
constexpr std::size_t most_listed_members = 1'000;

// The member of a room's metadata that says who may close it.
constexpr const char* creator = "createdBy";

RoomView view_of(Room room) {
  return {.room = std::move(room.id),
          .members = room.members,
          .capacity = room.capacity,
          .closed = room.closed,
          .metadata = std::move(room.metadata)};
}

}  // namespace

void ChatGateway::join_room(Socket& socket, const RoomRequest& request, const Answer& answer) {
  const Session* session = joined(socket, answer);
  if (session == nullptr) {
    return;
  }
  if (request.room == lobby) {
    return answer(RoomJoined{.room = lobby, .members = parts_.presence.user_count()});
  }
  parts_.services.rooms.join(
      request.room, session->username,
      on_shard<JoinResult>(
          socket.shard(), [this, socket = socket.shared_from_this(), username = session->username,
                           answer](Outcome<JoinResult> outcome) {
            if (!outcome) {
              return answer.refuse(std::move(outcome));
            }
            const std::string& room = outcome.value.room.id;
            if (enter(*socket, username, room) && outcome.value.joined) {
              tell_room(room, "userJoinedRoom", RoomNotice{username, room, wall_clock()});
            }
            answer(RoomJoined{.room = room, .members = outcome.value.room.members});
          }));
}

bool ChatGateway::enter(Socket& socket, const std::string& username, const std::string& room) {
  Session* session = sessions_.find(socket);
  if (session == nullptr || session->username != username) {
    return false;
  }
  if (session->rooms.insert(room).second) {
    socket.join(room_key(room));
    parts_.rooms.enter(room);
  }
  return true;
}

void ChatGateway::leave_room(Socket& socket, const RoomRequest& request, const Answer& answer) {
  Session* session = joined(socket, answer);
  if (session == nullptr) {
    return;
  }
  if (request.room == lobby) {
    return answer(Success{});
  }
  if (session->rooms.erase(request.room) != 0) {
    socket.leave(room_key(request.room));
    parts_.rooms.leave(request.room);
  }
  parts_.services.rooms.leave(
      request.room, session->username,
      on_shard<bool>(socket.shard(), [this, username = session->username, room = request.room,
                                      answer](Outcome<bool> outcome) {
        if (!outcome) {
          return answer.refuse(std::move(outcome));
        }
        if (outcome.value) {
          tell_room(room, "userLeftRoom", RoomNotice{username, room, wall_clock()});
        }
        answer(Success{});
      }));
}

void ChatGateway::create_room(Socket& socket, const CreateRoomRequest& request,
                              const Answer& answer) {
  const Session* session = joined(socket, answer);
  if (session == nullptr) {
    return;
  }
  if (request.room == lobby) {
    return answer.refuse("The lobby is always there");
  }
  NewRoom room{.id = request.room, .capacity = request.capacity, .metadata = request.metadata};
  room.metadata[creator] = session->username;
  parts_.services.rooms.create(std::move(room),
                               on_shard<Room>(socket.shard(), [answer](Outcome<Room> outcome) {
                                 if (!outcome) {
                                   return answer.refuse(std::move(outcome));
                                 }
                                 answer(RoomCreated{.room = outcome.value.id});
                               }));
}

void ChatGateway::close_room(Socket& socket, const RoomRequest& request, const Answer& answer) {
  const Session* session = joined(socket, answer);
  if (session == nullptr) {
    return;
  }
  engineio::Shard& shard = socket.shard();
  const auto on_closed = [this, username = session->username, room = request.room,
                          answer](Outcome<Nothing> outcome) {
    if (!outcome) {
      return answer.refuse(std::move(outcome));
    }
    tell_room(room, "roomClosed", RoomNotice{username, room, wall_clock()});
    answer(Success{});
  };
  parts_.services.rooms.find(
      request.room, on_shard<Room>(shard, [this, &shard, username = session->username, answer,
                                           on_closed](Outcome<Room> outcome) {
        if (!outcome) {
          return answer.refuse(std::move(outcome));
        }
        if (std::as_const(outcome.value.metadata).find(creator) == nullptr ||
            outcome.value.metadata[creator].as_string() != username) {
          return answer.refuse("Only who created the room may close it");
        }
        parts_.services.rooms.set_closed(outcome.value.id, true,
                                         on_shard<Nothing>(shard, on_closed));
      }));
}

void ChatGateway::get_members(Socket& socket, const RoomRequest& request, const Answer& answer) {
  if (joined(socket, answer) == nullptr) {
    return;
  }
  const auto reply = [this, room = request.room,
                      answer](Outcome<std::vector<std::string>> outcome) {
    if (!outcome) {
      return answer.refuse(std::move(outcome));
    }
    MemberList list{.room = room, .count = outcome.value.size()};
    outcome.value.resize(std::min(outcome.value.size(), most_listed_members));
    for (std::string& member : outcome.value) {
      const bool online = parts_.presence.online(member);
      list.members.push_back({std::move(member), online});
    }
    answer(list);
  };
  if (request.room == lobby) {
    return reply({.value = parts_.presence.users()});
  }
  parts_.services.rooms.members(request.room,
                                on_shard<std::vector<std::string>>(socket.shard(), reply));
}

void ChatGateway::list_rooms(Socket& socket, const ListRoomsRequest&, const Answer& answer) {
  if (joined(socket, answer) == nullptr) {
    return;
  }
  parts_.services.rooms.list(
      0, most_listed_rooms,
      on_shard<std::vector<Room>>(
          socket.shard(), [this, answer](Outcome<std::vector<Room>> outcome) {
            if (!outcome) {
              return answer.refuse(std::move(outcome));
            }
            RoomList list;
            list.rooms.push_back({.room = lobby, .members = parts_.presence.user_count()});
            for (Room& room : outcome.value) {
              list.rooms.push_back(view_of(std::move(room)));
            }
            answer(list);
          }));
}

void ChatGateway::get_room_events(Socket& socket, const HistoryRequest& request,
                                  const Answer& answer) {
  if (in_room(socket, request.room, answer) == nullptr) {
    return;
  }
  parts_.services.rooms.events(
      request.room, request.limit.value_or(most_listed_events),
      on_shard<std::vector<RoomEvent>>(socket.shard(), [answer](Outcome<std::vector<RoomEvent>>
                                                                    outcome) {
        if (!outcome) {
          return answer.refuse(std::move(outcome));
        }
        EventList list;
        for (RoomEvent& event : outcome.value) {
          list.events.push_back({std::move(event.event), std::move(event.data), event.timestamp});
        }
        answer(list);
      }));
}

}  // namespace chat
