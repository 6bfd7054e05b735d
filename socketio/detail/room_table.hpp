#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "socketio/socket.hpp"

namespace socketio::detail {

/// The rooms of one namespace on one shard: dense lists of sockets. Joining, leaving and finding
/// take constant time in the number of members. The own room of a socket is not here, since it
/// would cost each socket as much as all the rest.
class RoomTable {
 public:
  struct Member {
    Occupant* occupant;
    std::uint32_t slot;  // of the room among its memberships
  };
  using Members = std::vector<Member>;

  enum class Joined { already, first_member, one_more };
  Joined join(Occupant& occupant, std::string_view room);

  enum class Left { was_not_in, last_member, others_remain };
  Left leave(Occupant& occupant, std::string_view room);
  /// Leaves all rooms; `on_deleted(name)` for each that has gone with it.
  template <class OnDeleted>
  void leave_all(Occupant& occupant, OnDeleted&& on_deleted) {
    while (!occupant.memberships.empty()) {
      const std::uint32_t room = occupant.memberships.back().room;
      const std::string* name = rooms_[room].name;
      remove(occupant, occupant.memberships.size() - 1);
      if (rooms_[room].members.empty()) {
        on_deleted(*name);
        drop(room);
      }
    }
  }

  /// nullptr where the room has no members.
  [[nodiscard]] const Members* find(std::string_view room) const;
  [[nodiscard]] const std::string& name(const Membership& membership) const {
    return *rooms_[membership.room].name;
  }
  [[nodiscard]] std::size_t size() const noexcept { return index_.size(); }

  template <class Visitor>
  void for_each_name(Visitor&& visit) const {
    for (const auto& entry : index_) {
      visit(entry.first);
    }
  }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  struct Room {
    const std::string* name = nullptr;  // the key in index_; nullptr: free
    Members members;
  };
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  [[nodiscard]] std::uint32_t make(std::string_view name);
  void drop(std::uint32_t room);
  /// The slot of the room among the memberships, or none.
  [[nodiscard]] std::size_t find_slot(const Occupant& occupant, std::uint32_t room) const;
  void remove(Occupant& occupant, std::size_t slot);

  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> index_;
  std::vector<Room> rooms_;
  std::vector<std::uint32_t> free_;
};

}  // namespace socketio::detail
