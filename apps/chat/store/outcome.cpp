#include "apps/chat/store/outcome.hpp"

namespace chat {

std::string_view code_of(Failure failure) noexcept {
  switch (failure) {
    case Failure::none:
      return {};
    case Failure::invalid:
      return "INVALID";
    case Failure::overloaded:
      return "OVERLOADED";
    case Failure::unavailable:
      return "UNAVAILABLE";
    case Failure::no_such_room:
      return "NO_SUCH_ROOM";
    case Failure::room_exists:
      return "ROOM_EXISTS";
    case Failure::room_full:
      return "ROOM_FULL";
    case Failure::room_closed:
      return "ROOM_CLOSED";
    case Failure::too_many_rooms:
      return "TOO_MANY_ROOMS";
    case Failure::no_such_message:
      return "NO_SUCH_MESSAGE";
  }
  return {};
}

}  // namespace chat
