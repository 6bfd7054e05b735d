#include "adapters/streams/base64.hpp"

#include <doctest/doctest.h>

using namespace adapters::streams;

TEST_CASE("base64 of RFC 4648, 10") {
  CHECK(to_base64("") == "");
  CHECK(to_base64("f") == "Zg==");
  CHECK(to_base64("fo") == "Zm8=");
  CHECK(to_base64("foo") == "Zm9v");
  CHECK(to_base64("foobar") == "Zm9vYmFy");
  CHECK(to_base64("\xff\xfe\xfd") == "//79");
  for (const char* bytes : {"", "f", "fo", "foo", "foob", "fooba", "foobar"}) {
    CHECK(from_base64(to_base64(bytes)) == bytes);
  }
}

TEST_CASE("base64 of others") {
  CHECK(from_base64("Zm8") == "fo");
  CHECK(from_base64("__79") == "\xff\xfe\xfd");
  CHECK_FALSE(from_base64("Zm 8").has_value());
  CHECK_FALSE(from_base64("Zm=8").has_value());
  CHECK_FALSE(from_base64("\x80").has_value());
}
