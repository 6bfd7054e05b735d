#include <algorithm>
#include <deque>
#include <string>
#include <vector>

#include "apps/bench/generator/failure.hpp"
#include "apps/bench/generator/scenarios/rooms.hpp"
#include "apps/bench/generator/scenarios/scenario.hpp"
#include "apps/bench/generator/text.hpp"

namespace bench {
namespace {

constexpr std::size_t clients_per_sender = 20;
constexpr std::size_t clients_per_outsider = 10;  // those are in no room
constexpr std::uint64_t messages_per_question = 4;
constexpr std::string_view typing_prefix = "42[\"typing\",\"";

/// Before each of its messages a sender says that it is typing, which the server may drop on the
/// way to the others of the room, and before some it asks something that the server acknowledges.
class Mixed final : public Rooms {
 public:
  Mixed(Loop& loop, const Options& options, Shape shape)
      : Rooms(loop, options, shape), questions_(shape.senders), typed_(pairs()) {}

  [[nodiscard]] bool complete() const override {
    return Rooms::complete() &&
           std::all_of(questions_.begin(), questions_.end(), [](auto& q) { return q.empty(); });
  }

 private:
  struct Question {
    std::string answer;  // the packet
    Time sent;
  };

  void before_message(std::size_t sender, std::uint64_t number, std::string_view payload) override {
    packet_.assign("42[\"typing\",\"r");
    append_number(packet_, group_of(sender));
    packet_.append("\",\"").append(payload).append("\"]");
    fleet()[sender].send(packet_);
    if (number % messages_per_question == 0) {
      ask(sender, number, payload);
    }
  }

  void ask(std::size_t sender, std::uint64_t number, std::string_view payload) {
    packet_.assign("42");
    append_number(packet_, number);
    packet_.append("[\"echo\",\"").append(payload).append("\"]");
    fleet()[sender].send(packet_);
    packet_.assign("43");
    append_number(packet_, number);
    packet_.append("[\"").append(payload).append("\"]");
    questions_[sender].push_back({packet_, now()});
  }

  void on_packet(Client& client, std::string_view packet) override {
    if (!prepared() || packet.starts_with("42[\"room\"")) {
      return Rooms::on_packet(client, packet);
    }
    packet.starts_with("43") ? on_answer(client, packet) : on_typing(client, packet);
  }

  void on_answer(const Client& client, std::string_view packet) {
    if (client.index() >= questions_.size() || questions_[client.index()].empty()) {
      client.fail("an answer that nobody asked for: " + std::string(packet));
    }
    auto& waiting = questions_[client.index()];
    if (packet != waiting.front().answer) {
      client.fail(describe_mismatch(packet, waiting.front().answer));
    }
    count_arrival(waiting.front().sent);
    waiting.pop_front();
  }

  // Comes once, if at all, and before the message that it announces.
  void on_typing(const Client& client, std::string_view packet) {
    const std::size_t sender = sender_of(client, packet, typing_prefix);
    if (sender == client.index()) {
      client.fail("its own " + std::string(packet));
    }
    const Pending& message = next_message(client, sender);
    packet_.assign(typing_prefix).append(message.payload).append("\"]");
    if (packet != packet_) {
      client.fail(describe_mismatch(packet, packet_));
    }
    const std::size_t pair = pair_of(client, sender);
    if (typed_[pair] > next_of(pair)) {
      client.fail("twice: " + std::string(packet));
    }
    typed_[pair] = next_of(pair) + 1;
    count_arrival(message.sent);
  }

  std::vector<std::deque<Question>> questions_;  // unanswered, of each sender
  std::vector<std::uint64_t> typed_;  // one past the last message that a sender announced to one
  std::string packet_;
};

}  // namespace

Result run_mixed(Loop& loop, const Options& options) {
  const std::size_t members = options.connections - options.connections / clients_per_outsider;
  const std::size_t own_choice = std::max<std::size_t>(options.connections / clients_per_sender, 1);
  const std::size_t senders = options.senders != 0 ? options.senders : own_choice;
  Mixed mixed(loop, options,
              {.groups = options.rooms, .senders = std::min(senders, members), .members = members});
  return run_traffic(loop, options, mixed, "delivery");
}

}  // namespace bench
