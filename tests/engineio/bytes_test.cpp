#include "engineio/bytes.hpp"

#include <cstring>
#include <stdexcept>
#include <utility>

#include <doctest/doctest.h>

using engineio::Bytes;
using engineio::Slice;

TEST_SUITE("bytes") {
  TEST_CASE("no bytes at all") {
    const Bytes none;
    CHECK_FALSE(none);
    CHECK(none.size() == 0);
    CHECK(none.view().empty());
    CHECK(Slice{}.view().empty());
  }

  TEST_CASE("an empty block is a block") {
    const Bytes empty = Bytes::copy("");
    CHECK(empty);
    CHECK(empty.size() == 0);
    CHECK(empty.view().empty());
  }

  TEST_CASE("a block is filled once and then shared") {
    Bytes bytes = Bytes::allocate(5);
    std::memcpy(bytes.data(), "hello", 5);
    const Bytes shared = bytes;
    CHECK(shared.view() == "hello");
    CHECK(shared.view().data() == bytes.data());
  }

  TEST_CASE("the last holder releases the block, whoever that is") {  // AddressSanitizer looks
    Bytes survivor;
    {
      const Bytes first = Bytes::copy("kept");
      const Bytes second = first;
      survivor = second;
    }
    CHECK(survivor.view() == "kept");
    survivor = Bytes::copy("another");
    CHECK(survivor.view() == "another");
  }

  TEST_CASE("moving leaves nothing behind") {
    Bytes from = Bytes::copy("moved");
    const char* const data = from.data();
    Bytes to = std::move(from);
    CHECK_FALSE(from);  // NOLINT: that is the point
    CHECK(to.data() == data);
    from = std::move(to);
    CHECK(from.view() == "moved");
  }

  TEST_CASE("assignment to itself changes nothing") {
    Bytes bytes = Bytes::copy("same");
    Bytes& alias = bytes;
    bytes = alias;
    CHECK(bytes.view() == "same");
    bytes = std::move(alias);
    CHECK(bytes.view() == "same");
  }

  TEST_CASE("a copy may contain zeros") {
    const std::string_view zeros("a\0b", 3);
    CHECK(Bytes::copy(zeros).view() == zeros);
  }

  TEST_CASE("a block of 4 GiB is refused") {
    CHECK_THROWS_AS(static_cast<void>(Bytes::allocate(std::size_t{1} << 32)), std::length_error);
  }

  TEST_CASE("a slice is a part of a block that it keeps alive") {
    Slice slice{Bytes::copy("0123456789"), 2, 3};
    CHECK(slice.view() == "234");
    const Slice whole = Slice::whole(slice.bytes);
    CHECK(whole.view() == "0123456789");
    slice = {};
    CHECK(whole.view() == "0123456789");
  }
}
