#include <algorithm>
#include <cstdint>
#include <queue>
#include <random>
#include <string>
#include <vector>

#include "apps/bench/generator/failure.hpp"
#include "apps/bench/generator/fleet.hpp"
#include "apps/bench/generator/pacer.hpp"
#include "apps/bench/generator/payload.hpp"
#include "apps/bench/generator/scenarios/scenario.hpp"
#include "apps/bench/generator/text.hpp"
#include "apps/bench/generator/wait_for.hpp"

namespace bench {
namespace {

using std::chrono::milliseconds;

constexpr double usual_rate = 2;  // events per second
constexpr std::chrono::seconds patience{10};
// After so long the usual client comes back.
constexpr milliseconds shortest_absence{500};
constexpr milliseconds longest_absence{1'500};

constexpr std::string_view event_prefix = "42[\"room\",\"";

/// What is to happen to a client.
struct Appointment {
  Time when;
  std::size_t client;

  bool operator>(const Appointment& other) const { return when > other.when; }
};

/// A client in the room.
struct Receiver {
  std::string sid;
  std::string pid;           // what it shows to be recovered
  std::string offset;        // of the last event that it got
  std::uint64_t next = 0;    // the number of the event that it has to get next
  bool away = false;         // or on its way back
  bool catching_up = false;  // until it has all up to `missed`
  std::uint64_t missed = 0;  // the first event that was not sent yet when it began to come back
  Time began{};              // of coming back
};

/// One client, the publisher, sends numbered events to a room with all the others.
class Jitter final : public Listener {
 public:
  Jitter(Loop& loop, const Options& options)
      : loop_(loop),
        cut_every_(options.cut_every),
        rate_(options.rate > 0 ? options.rate : usual_rate),
        events_(std::max<std::uint64_t>(
            static_cast<std::uint64_t>(to_seconds(options.duration) * rate_), 1)),
        payload_(options.size),
        receivers_(options.connections),
        fleet_(loop, options, *this) {}

  void open() {
    fleet_.open(receivers_.size() + 1);
    wait_for(
        loop_, [&] { return in_room_ == receivers_.size(); }, "not all got into the room");
  }

  /// Until everybody is back and has everything; less is for result() to say.
  void run() {
    Pacer pacer(rate_);
    pacer.take();
    publish();
    wait_for(
        loop_, [&] { return delivered_ == receivers_.size(); }, "the first event was lost");
    for (std::size_t i = 0; i < receivers_.size(); ++i) {
      schedule_.push({loop_.now() + up_to(cut_every_), i});
    }
    while (published_ < events_) {
      act(pacer);
      loop_.turn(next_action(pacer.next()));
    }
    const Time end = Clock::now() + patience;
    while (!complete() && Clock::now() < end) {
      act(pacer);
      loop_.turn(next_action(end));
    }
    if (away_ != 0) {
      throw Failure(std::to_string(away_) + " clients did not come back");
    }
  }

  [[nodiscard]] Result result() const {
    const auto due = static_cast<double>(events_ * receivers_.size());
    return {.unit = "delivery",
            .count = delivered_,
            .latency = absences_,
            .delivered_share = static_cast<double>(delivered_) / due};
  }

 private:
  [[nodiscard]] bool complete() const {
    return delivered_ == events_ * receivers_.size() && away_ == 0;
  }

  [[nodiscard]] nanoseconds up_to(nanoseconds duration) {
    return nanoseconds(std::uniform_int_distribution<std::int64_t>(0, duration.count())(random_));
  }

  [[nodiscard]] Time next_action(Time other) const {
    return schedule_.empty() ? other : std::min(other, schedule_.top().when);
  }

  void act(Pacer& pacer) {
    const Time now = Clock::now();
    while (published_ < events_ && pacer.next() <= now) {
      pacer.take();
      publish();
    }
    while (!schedule_.empty() && schedule_.top().when <= now) {
      const std::size_t client = schedule_.top().client;
      schedule_.pop();
      receivers_[client].away ? come_back(client) : cut(client);
    }
  }

  void publish() {
    packet_.assign("42[\"room\",\"r0\",\"").append(payload_.of(0, published_++)).append("\"]");
    fleet_[receivers_.size()].send(packet_);
  }

  // Who has not caught up is left alone, and so are all when the last event is out.
  void cut(std::size_t client) {
    Receiver& receiver = receivers_[client];
    if (published_ == events_) {
      return;
    }
    if (receiver.catching_up) {
      return schedule_.push({Clock::now() + shortest_absence, client});
    }
    fleet_[client].cut();
    receiver.away = true;
    ++away_;
    const nanoseconds absence = shortest_absence + up_to(longest_absence - shortest_absence);
    schedule_.push({Clock::now() + absence, client});
  }

  void come_back(std::size_t client) {
    Receiver& receiver = receivers_[client];
    receiver.catching_up = true;
    receiver.missed = published_;
    receiver.began = Clock::now();
    const std::string auth =
        R"({"pid":")" + receiver.pid + R"(","offset":")" + receiver.offset + "\"}";
    fleet_[client].connect([] {}, auth);
  }

  void on_joined(Client& client, std::string_view answer) override {
    if (client.index() == receivers_.size()) {
      return;
    }
    Receiver& receiver = receivers_[client.index()];
    if (!receiver.away) {
      receiver.sid = field_of(answer, "sid");
      receiver.pid = field_of(answer, "pid");
      return client.send(join_request(0));
    }
    if (field_of(answer, "sid") != receiver.sid) {
      client.fail("its session was not recovered");
    }
    receiver.away = false;
    --away_;
    schedule_.push({Clock::now() + cut_every_ / 2 + up_to(cut_every_), client.index()});
    note_progress(receiver);
  }

  void on_packet(Client& client, std::string_view packet) override {
    if (client.index() == receivers_.size()) {
      client.fail("the publisher is not in the room: " + std::string(packet));
    }
    if (in_room_ < receivers_.size()) {
      if (packet != join_answer) {
        client.fail("the answer to a join: " + describe_mismatch(packet, join_answer));
      }
      ++in_room_;
      return;
    }
    on_event(client, packet);
  }

  // With recovery on, an event's last argument is its offset.
  void on_event(const Client& client, std::string_view packet) {
    Receiver& receiver = receivers_[client.index()];
    packet_.assign(event_prefix).append(payload_.of(0, receiver.next)).append("\",\"");
    if (receiver.next == published_ || !packet.starts_with(packet_) || !packet.ends_with("\"]")) {
      client.fail(describe_mismatch(packet, packet_));
    }
    const std::string_view rest = packet.substr(packet_.size());
    receiver.offset = rest.substr(0, rest.size() - 2);
    if (receiver.offset.empty() || receiver.offset.find('"') != std::string::npos) {
      client.fail("no offset in " + std::string(packet));
    }
    ++receiver.next;
    ++delivered_;
    note_progress(receiver);
  }

  void on_binary(Client& client, std::string_view) override { client.fail("an attachment"); }

  void note_progress(Receiver& receiver) {
    if (receiver.catching_up && !receiver.away && receiver.next >= receiver.missed) {
      receiver.catching_up = false;
      absences_.add(loop_.now() - receiver.began);
    }
  }

  Loop& loop_;
  nanoseconds cut_every_;
  double rate_;
  std::uint64_t events_;
  std::uint64_t published_ = 0;
  std::uint64_t delivered_ = 0;
  std::size_t in_room_ = 0;
  std::size_t away_ = 0;
  Payload payload_;
  std::string packet_;
  std::vector<Receiver> receivers_;
  std::priority_queue<Appointment, std::vector<Appointment>, std::greater<>> schedule_;
  std::minstd_rand random_;
  Histogram absences_;  // from the begin of coming back to the last event that was missed
  Fleet fleet_;
};

}  // namespace

Result run_jitter(Loop& loop, const Options& options) {
  Jitter jitter(loop, options);
  jitter.open();
  loop.run_for(options.warmup);
  const Meter meter(options);
  jitter.run();
  Result result = jitter.result();
  meter.stop(result);
  loop.run_for(time_for_doubles);
  return result;
}

}  // namespace bench
