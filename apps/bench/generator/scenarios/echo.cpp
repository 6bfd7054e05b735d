#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "apps/bench/generator/failure.hpp"
#include "apps/bench/generator/payload.hpp"
#include "apps/bench/generator/scenarios/scenario.hpp"
#include "apps/bench/generator/text.hpp"
#include "apps/bench/generator/traffic.hpp"

namespace bench {
namespace {

/// What one client has on its way: consecutive numbers, which are also the ids of its acks.
struct Lane {
  Client* client = nullptr;
  std::uint64_t next = 0;
  std::deque<Time> unanswered;

  [[nodiscard]] std::uint64_t oldest() const { return next - unanswered.size(); }
};

class Echo : public Traffic {
 public:
  Echo(Loop& loop, const Options& options, Payload::Content content)
      : Traffic(loop, options), payload_(options.size, content), in_flight_(options.in_flight) {}

  void prepare(Fleet& fleet) override {
    for (std::size_t i = 0; i < fleet.size(); ++i) {
      lanes_.push_back({.client = &fleet[i], .unanswered = {}});
    }
  }

  void start_closed_loop() override {
    for (std::size_t i = 0; i < in_flight_; ++i) {
      for (Lane& lane : lanes_) {
        send(lane, now());
      }
    }
  }

  void send_one(Time due) override { send(lanes_[turn_++ % lanes_.size()], due); }

  [[nodiscard]] bool complete() const override { return on_the_way_ == 0; }

 protected:
  /// Writes message `number` of the client and sends it.
  virtual void send_message(Client& client, std::uint64_t number) = 0;

  [[nodiscard]] std::string_view payload(const Client& client, std::uint64_t number) {
    return payload_.of(client.index(), number);
  }

  /// The number of the answer that is due for the client.
  [[nodiscard]] std::uint64_t expected_number(const Client& client) const {
    const Lane& lane = lanes_[client.index()];
    if (lane.unanswered.empty()) {
      client.fail("an answer that nobody asked for");
    }
    return lane.oldest();
  }

  void count_answer(const Client& client) {
    Lane& lane = lanes_[client.index()];
    count_arrival(lane.unanswered.front());
    lane.unanswered.pop_front();
    --on_the_way_;
    if (repeat()) {
      send(lane, now());
    }
  }

 private:
  void send(Lane& lane, Time due) {
    lane.unanswered.push_back(due);
    ++on_the_way_;
    send_message(*lane.client, lane.next++);
  }

  Payload payload_;
  std::size_t in_flight_;
  std::vector<Lane> lanes_;
  std::size_t turn_ = 0;
  std::uint64_t on_the_way_ = 0;
};

void check_equal(const Client& client, std::string_view got, std::string_view expected) {
  if (got != expected) {
    client.fail(describe_mismatch(got, expected));
  }
}

class TextEcho final : public Echo {
 public:
  TextEcho(Loop& loop, const Options& options) : Echo(loop, options, Payload::Content::letters) {}

 private:
  void send_message(Client& client, std::uint64_t number) override {
    packet_.assign("42");
    append_number(packet_, number);
    packet_.append("[\"echo\",\"").append(payload(client, number)).append("\"]");
    client.send(packet_);
  }

  void on_packet(Client& client, std::string_view packet) override {
    const std::uint64_t number = expected_number(client);
    packet_.assign("43");
    append_number(packet_, number);
    packet_.append("[\"").append(payload(client, number)).append("\"]");
    check_equal(client, packet, packet_);
    count_answer(client);
  }

  void on_binary(Client& client, std::string_view) override { client.fail("an attachment"); }

  std::string packet_;
};

class BinaryEcho final : public Echo {
 public:
  BinaryEcho(Loop& loop, const Options& options)
      : Echo(loop, options, Payload::Content::all_bytes), attachment_due_(options.connections) {}

 private:
  void send_message(Client& client, std::uint64_t number) override {
    packet_.assign("451-");
    append_number(packet_, number);
    packet_.append("[\"echo\",{\"_placeholder\":true,\"num\":0}]");
    client.send(packet_);
    client.send_binary(payload(client, number));
  }

  void on_packet(Client& client, std::string_view packet) override {
    packet_.assign("461-");
    append_number(packet_, expected_number(client));
    packet_.append("[{\"_placeholder\":true,\"num\":0}]");
    check_equal(client, packet, packet_);
    expect_attachment(client, false);
  }

  void on_binary(Client& client, std::string_view bytes) override {
    check_equal(client, bytes, payload(client, expected_number(client)));
    expect_attachment(client, true);
    count_answer(client);
  }

  void expect_attachment(const Client& client, bool expected) {
    if (attachment_due_[client.index()] != expected) {
      client.fail(expected ? "an attachment without its packet" : "an attachment is missing");
    }
    attachment_due_[client.index()] = !expected;
  }

  std::string packet_;
  std::vector<bool> attachment_due_;
};

}  // namespace

Result run_echo(Loop& loop, const Options& options) {
  TextEcho echo(loop, options);
  return run_traffic(loop, options, echo, "message");
}

Result run_binary_echo(Loop& loop, const Options& options) {
  BinaryEcho echo(loop, options);
  return run_traffic(loop, options, echo, "message");
}

}  // namespace bench
