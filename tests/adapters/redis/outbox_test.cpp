#include "adapters/redis/outbox.hpp"

#include <doctest/doctest.h>

#include <string>

using adapters::redis::CommandBatch;
using adapters::redis::Outbox;
using adapters::redis::Result;
using adapters::redis::ResultCallback;

namespace {

Outbox::Put put(Outbox& outbox, std::string_view bytes, ResultCallback callback = {}) {
  return outbox.put({}, callback, [&](std::string& into) { into.append(bytes); });
}

}  // namespace

TEST_CASE("outbox: the first wakes, all are taken in order") {
  Outbox outbox(10, 100);
  CHECK(put(outbox, "a") == Outbox::Put::first);
  CHECK(put(outbox, "bc", [](Result) {}) == Outbox::Put::waiting);
  const CommandBatch batch = outbox.take();
  CHECK(batch.bytes == "abc");
  REQUIRE(batch.headers.size() == 2);
  CHECK(batch.headers[1].size == 2);
  CHECK(batch.headers[1].has_callback);
  CHECK_FALSE(batch.headers[0].has_callback);
  CHECK(batch.callbacks.size() == 1);
  CHECK(put(outbox, "d") == Outbox::Put::first);
}

TEST_CASE("outbox: commands at the limit and one past it, until they are released") {
  Outbox outbox(2, 100);
  CHECK(put(outbox, "a") == Outbox::Put::first);
  CHECK(put(outbox, "b") == Outbox::Put::waiting);
  static_cast<void>(outbox.take());
  CHECK(put(outbox, "c") == Outbox::Put::refused);
  outbox.release(1, 1);
  CHECK(put(outbox, "d") == Outbox::Put::first);
  CHECK(put(outbox, "e") == Outbox::Put::refused);
  CHECK(outbox.take().bytes == "d");
  CHECK(outbox.accepted() == 3);
  CHECK(outbox.refused() == 2);
}

TEST_CASE("outbox: bytes at the limit and one past it") {
  Outbox outbox(10, 5);
  CHECK(put(outbox, "123456") == Outbox::Put::refused);
  CHECK(put(outbox, "123") == Outbox::Put::first);
  CHECK(put(outbox, "456") == Outbox::Put::refused);
  CHECK(put(outbox, "45") == Outbox::Put::waiting);
  CHECK(outbox.take().bytes == "12345");
  CHECK(put(outbox, "6") == Outbox::Put::refused);
  outbox.release(2, 5);
  CHECK(put(outbox, "6") == Outbox::Put::first);
}

TEST_CASE("outbox: closed") {
  Outbox outbox(10, 100);
  CHECK(put(outbox, "a") == Outbox::Put::first);
  CHECK(outbox.close().bytes == "a");
  CHECK(put(outbox, "b") == Outbox::Put::ended);
}
