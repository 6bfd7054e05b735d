#include "engineio/net/batch_sender.hpp"

#include <array>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engineio/net/descriptor.hpp"

using engineio::Bytes;
using engineio::Slice;
using engineio::net::BatchSender;
using engineio::net::Descriptor;
using engineio::net::IoResult;
using engineio::net::IoStatus;

namespace {

/// A socket with output, and its peer.
class Sender final : public BatchSender::Sender {
 public:
  Sender() {
    std::array<int, 2> pair{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()) == 0);
    socket = Descriptor(pair[0]);
    peer = Descriptor(pair[1]);
  }

  void on_batch_sent(IoResult result) override { results.push_back(result); }

  [[nodiscard]] std::string received() const {
    std::string bytes;
    std::array<char, 4096> part;
    for (ssize_t size = 0; (size = ::read(peer.number(), part.data(), part.size())) > 0;) {
      bytes.append(part.data(), static_cast<std::size_t>(size));
    }
    return bytes;
  }

  Descriptor socket;
  Descriptor peer;
  std::vector<Slice> slices;
  std::vector<IoResult> results;
};

Slice slice(std::string_view text) { return Slice::whole(Bytes::copy(text)); }

/// One batch for all. On a thread of its own: the end of a ring interrupts system calls of its
/// maker, and this thread has more tests to run. False where the kernel offers no ring.
bool send_in_batch(std::deque<Sender>& senders) {
  bool offered = false;
  std::thread([&] {
    const auto batch = BatchSender::make();
    offered = batch != nullptr;
    if (offered) {
      for (Sender& sender : senders) {
        batch->add(sender.socket.number(), sender.slices, sender);
      }
      batch->submit();
    }
  }).join();
  if (!offered) {
    MESSAGE("not tested: this kernel offers no io_uring");
  }
  return offered;
}

}  // namespace

TEST_SUITE("net batch sender") {
  TEST_CASE("each socket gets its bytes, and each sender is told how many") {
    std::deque<Sender> senders(300);  // more than one batch
    for (std::size_t i = 0; i < senders.size(); ++i) {
      for (std::size_t j = 0; j <= i % 7; ++j) {
        senders[i].slices.push_back(slice(std::to_string(i) + ","));
      }
    }
    if (!send_in_batch(senders)) {
      return;
    }
    for (std::size_t i = 0; i < senders.size(); ++i) {
      std::string expected;
      for (std::size_t j = 0; j <= i % 7; ++j) {
        expected += std::to_string(i) + ",";
      }
      REQUIRE(senders[i].received() == expected);
      REQUIRE(senders[i].results.size() == 1);
      CHECK(senders[i].results[0].status == IoStatus::done);
      CHECK(senders[i].results[0].bytes == expected.size());
    }
  }

  TEST_CASE("of many slices, the first ones are sent") {
    std::deque<Sender> senders(40);  // together more than the pieces of a batch
    for (Sender& sender : senders) {
      sender.slices.assign(100, slice("x"));
    }
    if (!send_in_batch(senders)) {
      return;
    }
    for (Sender& sender : senders) {
      REQUIRE(sender.results.size() == 1);
      CHECK(sender.results[0].bytes == 64);
      CHECK(sender.received() == std::string(64, 'x'));
    }
  }

  TEST_CASE("a full socket and one whose peer is gone cost the others nothing") {
    std::deque<Sender> senders(3);
    const std::string block(64 * 1024, 'b');
    while (::send(senders[0].socket.number(), block.data(), block.size(), 0) > 0) {
    }
    senders[1].peer.reset();
    for (Sender& sender : senders) {
      sender.slices.push_back(slice("hello"));
    }
    if (!send_in_batch(senders)) {
      return;
    }
    CHECK(senders[0].results.at(0).status == IoStatus::blocked);
    CHECK(senders[1].results.at(0).status == IoStatus::failed);
    CHECK(senders[2].results.at(0).status == IoStatus::done);
    CHECK(senders[2].received() == "hello");
  }

  TEST_CASE("what does not fit into the socket is the sender's to send again") {
    std::deque<Sender> senders(1);
    Sender& sender = senders[0];
    sender.slices.push_back(slice(std::string(8 * 1024 * 1024, 'x')));
    if (!send_in_batch(senders)) {
      return;
    }
    REQUIRE(sender.results.size() == 1);
    CHECK(sender.results[0].status == IoStatus::done);
    CHECK(sender.results[0].bytes < sender.slices[0].size);
    CHECK(sender.received().size() == sender.results[0].bytes);
  }
}
