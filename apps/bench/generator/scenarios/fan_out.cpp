#include "apps/bench/generator/scenarios/fan_out.hpp"

#include "apps/bench/generator/failure.hpp"

namespace bench {

FanOut::FanOut(Loop& loop, const Options& options, Shape shape, std::string_view prefix)
    : Traffic(loop, options),
      payload_(options.size),
      prefix_(prefix),
      outstanding_(options.outstanding),
      shape_(shape),
      senders_per_group_((shape.senders + shape.groups - 1) / shape.groups),
      senders_(shape.senders),
      next_(shape.members * senders_per_group_) {}

void FanOut::start_closed_loop() {
  for (std::size_t i = 0; i < outstanding_; ++i) {
    for (std::size_t sender = 0; sender < senders_.size(); ++sender) {
      send(sender, now());
    }
  }
}

void FanOut::on_packet(Client& client, std::string_view packet) {
  const std::size_t sender = sender_of(client, packet, prefix_);
  Pending& message = next_message(client, sender);
  expected_.assign(prefix_).append(message.payload).append("\"]");
  if (packet != expected_) {
    client.fail(describe_mismatch(packet, expected_));
  }
  ++next_[pair_of(client, sender)];
  count_arrival(message.sent);
  if (--message.missing == 0) {
    finish_oldest(sender);
  }
}

std::size_t FanOut::sender_of(const Client& client, std::string_view packet,
                              std::string_view prefix) const {
  const std::size_t sender =
      packet.starts_with(prefix) ? Payload::sender_of(packet.substr(prefix.size())) : SIZE_MAX;
  if (sender >= senders_.size() || !is_member(client.index()) ||
      group_of(sender) != group_of(client.index())) {
    client.fail("nobody in its room sent " + std::string(packet));
  }
  return sender;
}

std::size_t FanOut::pair_of(const Client& client, std::size_t sender) const {
  return client.index() * senders_per_group_ + sender / shape_.groups;
}

FanOut::Pending& FanOut::next_message(const Client& client, std::size_t sender) {
  Sender& state = senders_[sender];
  const std::size_t place = next_[pair_of(client, sender)] - state.oldest;
  if (place >= state.pending.size()) {
    client.fail("a message that it already has, of client " + std::to_string(sender));
  }
  return state.pending[place];
}

void FanOut::send(std::size_t sender, Time due) {
  Sender& state = senders_[sender];
  const std::uint64_t number = state.oldest + state.pending.size();
  const auto payload = payload_.of(sender, number);
  before_message(sender, number, payload);
  request_.clear();
  begin_request(request_, sender);
  request_.append(payload).append("\"]");
  state.pending.push_back(
      {.payload = std::string(payload), .sent = due, .missing = group_size(sender)});
  ++on_the_way_;
  (*fleet_)[sender].send(request_);
}

// The oldest is complete first, since each receiver gets them in order.
void FanOut::finish_oldest(std::size_t sender) {
  senders_[sender].pending.pop_front();
  ++senders_[sender].oldest;
  --on_the_way_;
  if (repeat()) {
    send(sender, now());
  }
}

std::size_t FanOut::group_size(std::size_t client) const {
  const std::size_t rest = shape_.members % shape_.groups;
  return shape_.members / shape_.groups + (group_of(client) < rest ? 1 : 0);
}

}  // namespace bench
