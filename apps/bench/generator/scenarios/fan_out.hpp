#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "apps/bench/generator/payload.hpp"
#include "apps/bench/generator/traffic.hpp"

namespace bench {

/// The first `members` clients are divided into groups, the first `senders` of them send; a message
/// goes to all clients of its sender's group. Each receiver must get each sender's messages in
/// order.
class FanOut : public Traffic {
 public:
  struct Shape {
    std::size_t groups;
    std::size_t senders;
    std::size_t members;
  };

  void prepare(Fleet& fleet) override { fleet_ = &fleet; }
  void start_closed_loop() override;
  void send_one(Time due) override { send(turn_++ % senders_.size(), due); }
  [[nodiscard]] bool complete() const override { return on_the_way_ == 0; }

 protected:
  /// A message on its way to all the clients of a group.
  struct Pending {
    std::string payload;
    Time sent;
    std::size_t missing;  // receivers that do not have it
  };

  /// What receivers get is `prefix`, a payload and `"]`.
  FanOut(Loop& loop, const Options& options, Shape shape, std::string_view prefix);

  [[nodiscard]] std::size_t group_of(std::size_t client) const { return client % shape_.groups; }
  [[nodiscard]] bool is_member(std::size_t client) const { return client < shape_.members; }
  [[nodiscard]] Fleet& fleet() { return *fleet_; }

  /// Appends what comes before the payload in the packet of a sender.
  virtual void begin_request(std::string& packet, std::size_t sender) const = 0;
  /// Message `number` of the sender, with this payload, is about to be sent.
  virtual void before_message(std::size_t /*sender*/, std::uint64_t /*number*/,
                              std::string_view /*payload*/) {}

  void on_packet(Client& client, std::string_view packet) override;
  void on_binary(Client& client, std::string_view) override { client.fail("an attachment"); }

  /// Who sent a packet to the client: `prefix`, then a payload.
  [[nodiscard]] std::size_t sender_of(const Client& client, std::string_view packet,
                                      std::string_view prefix) const;
  /// Where the state of this receiver and this sender of its group is in a table of all pairs.
  [[nodiscard]] std::size_t pair_of(const Client& client, std::size_t sender) const;
  [[nodiscard]] std::size_t pairs() const { return next_.size(); }
  /// The number of the message that the receiver of the pair is to get next.
  [[nodiscard]] std::uint64_t next_of(std::size_t pair) const { return next_[pair]; }
  /// That message. Fails if the client has all there are.
  [[nodiscard]] Pending& next_message(const Client& client, std::size_t sender);

 private:
  struct Sender {
    std::uint64_t oldest = 0;  // the number of the first pending message
    std::deque<Pending> pending;
  };

  void send(std::size_t sender, Time due);
  void finish_oldest(std::size_t sender);
  [[nodiscard]] std::size_t group_size(std::size_t client) const;

  Payload payload_;
  std::string prefix_;
  std::string expected_;
  std::string request_;
  std::size_t outstanding_;
  Shape shape_;
  std::size_t senders_per_group_;
  std::vector<Sender> senders_;
  std::vector<std::uint64_t> next_;
  std::size_t turn_ = 0;
  std::uint64_t on_the_way_ = 0;
  Fleet* fleet_ = nullptr;
};

}  // namespace bench
