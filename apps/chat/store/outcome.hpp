#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "engineio/function.hpp"

namespace chat {

/// Why a request to a store was not carried out.
enum class Failure : std::uint8_t {
  none,
  invalid,      ///< it breaks a limit, whoever asks again
  overloaded,   ///< too much waits already; the same may work in a moment
  unavailable,  ///< the database or Redis fails or is away
  no_such_room,
  room_exists,
  room_full,  ///< as many members, or clients, as the room's capacity
  room_closed,
  too_many_rooms,  ///< that exist, or that the user is in
  no_such_message,
};

/// The name that clients see as `code`: `ROOM_FULL`, `ROOM_CLOSED`, … Empty for none.
[[nodiscard]] std::string_view code_of(Failure failure) noexcept;

/// What became of a request to a store.
template <class T>
struct Outcome {
  Failure failure = Failure::none;
  /// For people: what is wrong and what to do. Empty: it worked.
  std::string error = {};
  /// Of no meaning after a failure, unless the request says otherwise.
  T value = {};

  explicit operator bool() const noexcept { return failure == Failure::none; }

  /// The same failure of another request.
  template <class Other>
  [[nodiscard]] Outcome<Other> as() && {
    return {.failure = failure, .error = std::move(error), .value = {}};
  }
};

struct Nothing {};

/// Called once, on a thread that the store says. It must not block and must not wait for another
/// request. Empty: nobody wants to know. See on_shard.hpp for one that runs on a shard.
template <class T>
using Callback = engineio::Function<void(Outcome<T>)>;

}  // namespace chat
