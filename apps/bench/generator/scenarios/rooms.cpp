#include "apps/bench/generator/scenarios/rooms.hpp"

#include "apps/bench/generator/failure.hpp"
#include "apps/bench/generator/scenarios/scenario.hpp"
#include "apps/bench/generator/text.hpp"

namespace bench {

Rooms::Rooms(Loop& loop, const Options& options, Shape shape)
    : FanOut(loop, options, shape, "42[\"room\",\""),
      members_(shape.members),
      outside_(shape.members) {}

void Rooms::on_joined(Client& client, std::string_view) {
  if (is_member(client.index())) {
    client.send(join_request(group_of(client.index())));
  }
}

void Rooms::on_packet(Client& client, std::string_view packet) {
  if (prepared()) {
    return FanOut::on_packet(client, packet);
  }
  if (packet != join_answer) {
    client.fail("the answer to a join: " + describe_mismatch(packet, join_answer));
  }
  --outside_;
}

void Rooms::begin_request(std::string& packet, std::size_t sender) const {
  packet.append("42[\"room\",\"r");
  append_number(packet, group_of(sender));
  packet.append("\",\"");
}

Result run_rooms(Loop& loop, const Options& options) {
  const std::size_t senders = options.senders != 0 ? options.senders : options.connections;
  Rooms rooms(loop, options,
              {.groups = options.rooms, .senders = senders, .members = options.connections});
  return run_traffic(loop, options, rooms, "delivery");
}

}  // namespace bench
