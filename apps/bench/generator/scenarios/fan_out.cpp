#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "apps/bench/generator/failure.hpp"
#include "apps/bench/generator/payload.hpp"
#include "apps/bench/generator/scenarios/scenario.hpp"
#include "apps/bench/generator/text.hpp"
#include "apps/bench/generator/traffic.hpp"

namespace bench {
namespace {

/// A message on its way to all the clients of a group.
struct Pending {
  std::string packet;  // as the receivers get it
  Time sent;
  std::size_t missing;  // receivers that do not have it
};

struct Sender {
  std::uint64_t oldest = 0;  // the number of the first pending message
  std::deque<Pending> pending;
};

/// Clients are divided into groups; a message goes to all clients of its sender's group. Each
/// receiver must get each sender's messages in order.
class FanOut : public Traffic {
 public:
  void prepare(Fleet& fleet) override {
    fleet_ = &fleet;
    next_.resize(fleet.size() * senders_per_group_);
  }

  void start_closed_loop() override {
    for (std::size_t i = 0; i < outstanding_; ++i) {
      for (std::size_t sender = 0; sender < senders_.size(); ++sender) {
        send(sender, now());
      }
    }
  }

  void send_one(Time due) override { send(turn_++ % senders_.size(), due); }

  [[nodiscard]] bool complete() const override { return on_the_way_ == 0; }

 protected:
  /// The first `senders` clients send. What receivers get is `prefix`, a payload and `"]`.
  FanOut(Loop& loop, const Options& options, std::size_t groups, std::size_t senders,
         std::string_view prefix)
      : Traffic(loop, options),
        payload_(options.size),
        prefix_(prefix),
        outstanding_(options.outstanding),
        groups_(groups),
        senders_per_group_((senders + groups - 1) / groups),
        senders_(senders) {}

  [[nodiscard]] std::size_t group_of(std::size_t client) const { return client % groups_; }
  [[nodiscard]] Fleet& fleet() { return *fleet_; }

  /// Appends what comes before the payload in the packet of a sender.
  virtual void begin_request(std::string& packet, std::size_t sender) const = 0;

  void on_packet(Client& client, std::string_view packet) override {
    const std::size_t sender = find_sender(client, packet);
    std::uint64_t& next = next_[client.index() * senders_per_group_ + sender / groups_];
    const std::size_t place = next - senders_[sender].oldest;
    if (place >= senders_[sender].pending.size()) {
      client.fail("a message that it already has: " + std::string(packet));
    }
    Pending& pending = senders_[sender].pending[place];
    if (packet != pending.packet) {
      client.fail(describe_mismatch(packet, pending.packet));
    }
    ++next;
    count_arrival(pending.sent);
    if (--pending.missing == 0) {
      finish_oldest(sender);
    }
  }

  void on_binary(Client& client, std::string_view) override { client.fail("an attachment"); }

 private:
  std::size_t find_sender(const Client& client, std::string_view packet) const {
    const std::size_t sender = packet.size() < prefix_.size()
                                   ? SIZE_MAX
                                   : Payload::sender_of(packet.substr(prefix_.size()));
    if (sender >= senders_.size() || group_of(sender) != group_of(client.index())) {
      client.fail("nobody in its room sent " + std::string(packet));
    }
    return sender;
  }

  void send(std::size_t sender, Time due) {
    Sender& state = senders_[sender];
    const auto payload = payload_.of(sender, state.oldest + state.pending.size());
    request_.clear();
    begin_request(request_, sender);
    request_.append(payload).append("\"]");
    state.pending.push_back({.packet = prefix_, .sent = due, .missing = group_size(sender)});
    state.pending.back().packet.append(payload).append("\"]");
    ++on_the_way_;
    (*fleet_)[sender].send(request_);
  }

  // The oldest is complete first, since each receiver gets them in order.
  void finish_oldest(std::size_t sender) {
    senders_[sender].pending.pop_front();
    ++senders_[sender].oldest;
    --on_the_way_;
    if (repeat()) {
      send(sender, now());
    }
  }

  [[nodiscard]] std::size_t group_size(std::size_t client) const {
    const std::size_t rest = fleet_->size() % groups_;
    return fleet_->size() / groups_ + (group_of(client) < rest ? 1 : 0);
  }

  Payload payload_;
  std::string prefix_;
  std::string request_;
  std::size_t outstanding_;
  std::size_t groups_;
  std::size_t senders_per_group_;
  std::vector<Sender> senders_;
  std::vector<std::uint64_t> next_;  // that a receiver expects from a sender of its group
  std::size_t turn_ = 0;
  std::uint64_t on_the_way_ = 0;
  Fleet* fleet_ = nullptr;
};

class Broadcast final : public FanOut {
 public:
  Broadcast(Loop& loop, const Options& options) : FanOut(loop, options, 1, 1, prefix) {}

 private:
  static constexpr std::string_view prefix = "42[\"broadcast\",\"";

  void begin_request(std::string& packet, std::size_t) const override { packet.append(prefix); }
};

class Rooms final : public FanOut {
 public:
  Rooms(Loop& loop, const Options& options)
      : FanOut(loop, options, options.rooms, options.connections, "42[\"room\",\"") {}

  void prepare(Fleet& fleet) override {
    FanOut::prepare(fleet);
    unjoined_ = fleet.size();
    for (std::size_t i = 0; i < fleet.size(); ++i) {
      fleet[i].send("420[\"join\",\"" + room_of(i) + "\"]");
    }
  }

  [[nodiscard]] bool prepared() const override { return unjoined_ == 0; }

 private:
  [[nodiscard]] std::string room_of(std::size_t client) const {
    return "r" + std::to_string(group_of(client));
  }

  void begin_request(std::string& packet, std::size_t sender) const override {
    packet.append("42[\"room\",\"r");
    append_number(packet, group_of(sender));
    packet.append("\",\"");
  }

  void on_packet(Client& client, std::string_view packet) override {
    if (prepared()) {
      return FanOut::on_packet(client, packet);
    }
    if (packet != "430[]") {
      client.fail("the answer to a join: " + describe_mismatch(packet, "430[]"));
    }
    --unjoined_;
  }

  std::size_t unjoined_ = SIZE_MAX;
};

Result run(Loop& loop, const Options& options, Traffic& traffic) {
  Result result = run_traffic(loop, options, traffic);
  result.unit = "delivery";
  return result;
}

}  // namespace

Result run_broadcast(Loop& loop, const Options& options) {
  Broadcast broadcast(loop, options);
  return run(loop, options, broadcast);
}

Result run_rooms(Loop& loop, const Options& options) {
  Rooms rooms(loop, options);
  return run(loop, options, rooms);
}

}  // namespace bench
