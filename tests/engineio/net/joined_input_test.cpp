#include "engineio/net/joined_input.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

using engineio::net::JoinedInput;

namespace {

constexpr std::size_t headroom = 8;

/// What `kept` and `fresh` look like together, and what is kept of their last `rest` bytes.
struct Join {
  Join(const std::string& kept, std::string_view fresh, std::size_t rest) {
    std::string buffer(headroom, '.');
    buffer += fresh;
    JoinedInput input(kept, std::span(buffer).subspan(headroom), headroom);
    all.assign(input.bytes().begin(), input.bytes().end());
    in_place = input.bytes().data() + kept.size() == buffer.data() + headroom;
    left = input.keep(rest);
  }

  std::string all;
  std::string left;
  bool in_place;
};

}  // namespace

TEST_SUITE("net joined input") {
  TEST_CASE("fresh bytes alone") {
    const Join join("", "fresh", 2);
    CHECK(join.all == "fresh");
    CHECK(join.in_place);
    CHECK(join.left == "sh");
  }

  TEST_CASE("a remainder that just fits in front") {
    const Join join("12345678", "fresh", 7);
    CHECK(join.all == "12345678fresh");
    CHECK(join.in_place);
    CHECK(join.left == "78fresh");
  }

  TEST_CASE("one that is a byte too long") {
    for (const std::size_t rest : {0U, 1U, 8U, 9U, 14U}) {
      const Join join("123456789", "fresh", rest);
      CHECK(join.all == "123456789fresh");
      CHECK_FALSE(join.in_place);
      CHECK(join.left == std::string("123456789fresh").substr(14 - rest));
    }
  }

  TEST_CASE("no fresh bytes: what was kept is presented again") {
    CHECK(Join("kept", "", 4).left == "kept");
    CHECK(Join("a long one that was kept", "", 11).left == "at was kept");
    CHECK(Join("a long one that was kept", "", 24).left == "a long one that was kept");
  }
}
