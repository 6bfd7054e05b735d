#include "socketio/detail/room_table.hpp"

#include <algorithm>

namespace socketio::detail {

RoomTable::Joined RoomTable::join(Occupant& occupant, std::string_view room) {
  const auto found = index_.find(room);
  if (found != index_.end() && find_slot(occupant, found->second) != none) {
    return Joined::already;
  }
  const std::uint32_t index = found != index_.end() ? found->second : make(room);
  Members& members = rooms_[index].members;
  members.push_back({&occupant, static_cast<std::uint32_t>(occupant.memberships.size())});
  occupant.memberships.push_back({index, static_cast<std::uint32_t>(members.size() - 1)});
  return members.size() == 1 ? Joined::first_member : Joined::one_more;
}

RoomTable::Left RoomTable::leave(Occupant& occupant, std::string_view room) {
  const auto found = index_.find(room);
  if (found == index_.end()) {
    return Left::was_not_in;
  }
  const std::uint32_t index = found->second;
  const std::size_t slot = find_slot(occupant, index);
  if (slot == none) {
    return Left::was_not_in;
  }
  remove(occupant, slot);
  if (!rooms_[index].members.empty()) {
    return Left::others_remain;
  }
  drop(index);
  return Left::last_member;
}

const RoomTable::Members* RoomTable::find(std::string_view room) const {
  const auto found = index_.find(room);
  return found == index_.end() ? nullptr : &rooms_[found->second].members;
}

std::uint32_t RoomTable::make(std::string_view name) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(rooms_.size()));
    rooms_.emplace_back();
  }
  const std::uint32_t room = free_.back();
  free_.pop_back();
  const auto [entry, inserted] = index_.emplace(name, room);
  rooms_[room].name = &entry->first;
  return room;
}

void RoomTable::drop(std::uint32_t room) {
  index_.erase(index_.find(*rooms_[room].name));
  rooms_[room] = Room{};
  free_.push_back(room);
}

std::size_t RoomTable::find_slot(const Occupant& occupant, std::uint32_t room) const {
  // Whichever list is shorter: neither a socket with many rooms nor a room with many sockets makes
  // this slow by itself.
  const auto& memberships = occupant.memberships;
  const Members& members = rooms_[room].members;
  if (memberships.size() <= members.size()) {
    const auto found = std::find_if(memberships.begin(), memberships.end(),
                                    [&](const Membership& m) { return m.room == room; });
    return found == memberships.end() ? none
                                      : static_cast<std::size_t>(found - memberships.begin());
  }
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const Member& m) { return m.occupant == &occupant; });
  return found == members.end() ? none : found->slot;
}

void RoomTable::remove(Occupant& occupant, std::size_t slot) {
  const Membership membership = occupant.memberships[slot];
  Members& members = rooms_[membership.room].members;

  // The last member takes the free place, the last membership the free slot.
  const Member last_member = members.back();
  members[membership.place] = last_member;
  last_member.occupant->memberships[last_member.slot].place = membership.place;
  members.pop_back();

  const Membership last_membership = occupant.memberships.back();
  occupant.memberships[slot] = last_membership;
  occupant.memberships.pop_back();
  if (slot != occupant.memberships.size()) {
    rooms_[last_membership.room].members[last_membership.place].slot =
        static_cast<std::uint32_t>(slot);
  }
}

}  // namespace socketio::detail
