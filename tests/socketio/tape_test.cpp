#include "socketio/tape.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>

using namespace socketio;

TEST_CASE("a value leads to the next one") {
  Tape tape;
  const std::size_t array = tape.begin(ValueKind::array);
  tape.integer(1);
  const std::size_t object = tape.begin(ValueKind::object);
  tape.string("key");
  tape.null();
  tape.end(object, 1);
  tape.boolean(true);
  tape.end(array, 3);

  const Node* const root = tape.root();
  CHECK(root->size == 3);
  CHECK(root->next() == root + tape.size());
  const Node* const inner = (root + 1)->next();
  CHECK(inner->kind == ValueKind::object);
  CHECK(inner->size == 1);
  CHECK(inner->next()->boolean);
}

TEST_CASE("every integer has one form") {
  Tape tape;
  tape.unsigned_integer(std::numeric_limits<std::int64_t>::max());
  CHECK(tape.root()[0].kind == ValueKind::int64);
  tape.unsigned_integer(std::uint64_t{1} << 63U);
  CHECK(tape.root()[1].kind == ValueKind::uint64);
}

TEST_CASE("kept strings stay where they are") {
  Tape tape;
  const std::string_view kept = tape.keep("short");
  for (int i = 0; i < 100; ++i) {
    (void)tape.keep(std::to_string(i));
  }
  CHECK(kept == "short");
}

TEST_CASE("a tape is used again, and gives back the memory of an unusually large packet") {
  Tape tape;
  tape.null();
  const Node* const before = tape.root();
  tape.clear();
  CHECK(tape.empty());
  tape.null();
  CHECK(tape.root() == before);

  for (int i = 0; i < 100'000; ++i) {
    tape.null();
  }
  tape.clear();
  CHECK(tape.root() == nullptr);
}

TEST_CASE("values behind a place are forgotten") {
  Tape tape;
  tape.integer(1);
  tape.integer(2);
  tape.truncate(1);
  CHECK(tape.size() == 1);
  CHECK(tape.root()->int64 == 1);
}
