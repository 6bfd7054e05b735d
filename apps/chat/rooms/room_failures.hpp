#pragma once

#include <cstddef>
#include <string>

#include "apps/chat/store/outcome.hpp"

// What both directories say when a request cannot be carried out.
namespace chat {

template <class T>
[[nodiscard]] Outcome<T> no_such_room() {
  return {.failure = Failure::no_such_room, .error = "there is no such room", .value = {}};
}

template <class T>
[[nodiscard]] Outcome<T> room_exists() {
  return {.failure = Failure::room_exists,
          .error = "there is a room of that name already: choose another one, or join it",
          .value = {}};
}

template <class T>
[[nodiscard]] Outcome<T> room_closed() {
  return {.failure = Failure::room_closed, .error = "Room is closed", .value = {}};
}

template <class T>
[[nodiscard]] Outcome<T> room_full() {
  return {.failure = Failure::room_full, .error = "Room is full", .value = {}};
}

template <class T>
[[nodiscard]] Outcome<T> too_many_rooms(std::size_t most) {
  return {.failure = Failure::too_many_rooms,
          .error = "there are " + std::to_string(most) + " rooms, and no more are allowed",
          .value = {}};
}

template <class T>
[[nodiscard]] Outcome<T> in_too_many_rooms(std::size_t most) {
  return {.failure = Failure::too_many_rooms,
          .error = "nobody can be in more than " + std::to_string(most) + " rooms: leave one first",
          .value = {}};
}

template <class T>
[[nodiscard]] Outcome<T> no_such_client() {
  return {.failure = Failure::invalid,
          .error = "there is no such client: it was not added, or is gone",
          .value = {}};
}

}  // namespace chat
