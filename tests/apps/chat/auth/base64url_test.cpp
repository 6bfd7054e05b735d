#include "apps/chat/auth/base64url.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace chat;

TEST_CASE("the texts of RFC 4648, without padding") {
  const std::pair<std::string, std::string> pairs[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff\xfe", "-__-"},
  };
  for (const auto& [bytes, text] : pairs) {
    CHECK(encode_base64url(bytes) == text);
    CHECK(decode_base64url(text) == bytes);
    CHECK(is_base64url(text));
  }
}

TEST_CASE("every byte survives") {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    bytes += static_cast<char>(i);
    CHECK(decode_base64url(encode_base64url(bytes)) == bytes);
  }
}

TEST_CASE("superfluous bits are dropped") {
  CHECK(decode_base64url("Zm9vY") == "foo");
  CHECK(decode_base64url("Zh") == "f");
  CHECK(decode_base64url("A").empty());
}

TEST_CASE("other characters are not of the alphabet") {
  for (const char* text : {"a+b", "a/b", "Zg==", "a b", "a\n", "\xc3\xa4"}) {
    CHECK_FALSE(is_base64url(text));
  }
  CHECK_FALSE(is_base64url(std::string(1, '\0')));
}
