#include "engineio/net/output_queue.hpp"

#include <random>
#include <string>

#include <doctest/doctest.h>

using engineio::Bytes;
using engineio::Slice;
using engineio::net::OutputQueue;

namespace {

Slice slice(std::string_view text) { return Slice::whole(Bytes::copy(text)); }

std::string content(const OutputQueue& queue) {
  std::string all;
  for (const Slice& part : queue.slices()) {
    all += part.view();
  }
  return all;
}

}  // namespace

TEST_SUITE("net output queue") {
  TEST_CASE("what is pushed is there, in order") {
    OutputQueue queue;
    CHECK(queue.empty());
    CHECK(queue.slices().empty());
    queue.push(slice("ab"));
    queue.push(slice("cde"));
    CHECK_FALSE(queue.empty());
    CHECK(queue.bytes() == 5);
    CHECK(queue.slices().size() == 2);
    CHECK(content(queue) == "abcde");
  }

  TEST_CASE("bytes are dropped in the middle and at the end of a slice") {
    OutputQueue queue;
    queue.push(slice("ab"));
    queue.push(slice("cde"));
    queue.drop(1);
    CHECK(content(queue) == "bcde");
    queue.drop(2);
    CHECK(content(queue) == "de");
    CHECK(queue.slices().size() == 1);
    queue.drop(0);
    queue.drop(2);
    CHECK(queue.empty());
    CHECK(queue.slices().empty());
    queue.push(slice("f"));
    CHECK(content(queue) == "f");
  }

  TEST_CASE("cleared, it is empty") {
    OutputQueue queue;
    queue.push(slice("ab"));
    queue.clear();
    CHECK(queue.empty());
    CHECK(queue.slices().empty());
  }

  TEST_CASE("any mixture of pushes and drops, with long queues") {
    std::mt19937 random(7);
    OutputQueue queue;
    std::string expected;
    for (int step = 0; step < 20'000; ++step) {
      if (random() % 3 != 0) {
        const std::string text(1 + random() % 20, static_cast<char>('a' + random() % 26));
        queue.push(slice(text));
        expected += text;
      } else {
        const std::size_t count = std::min<std::size_t>(expected.size(), random() % 60);
        queue.drop(count);
        expected.erase(0, count);
      }
      REQUIRE(queue.bytes() == expected.size());
    }
    CHECK(content(queue) == expected);
    queue.drop(expected.size());
    CHECK(queue.slices().empty());
  }
}
