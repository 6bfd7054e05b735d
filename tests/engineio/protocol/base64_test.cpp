#include "engineio/protocol/base64.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace engineio::protocol;

namespace {

std::string encode(std::string_view bytes) {
  std::string text = "prefix";
  append_base64(text, bytes);
  return text.substr(6);
}

std::string decode(std::string text) {
  const auto bytes = decode_base64(text);
  return {bytes.data(), bytes.size()};
}

}  // namespace

TEST_CASE("base64 test vectors of RFC 4648") {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    CHECK(encode(bytes) == text);
    CHECK(decode(text) == bytes);
  }
}

TEST_CASE("the url alphabet has no padding") {
  std::string text(8, ' ');
  text.resize(encode_base64("\xfb\xff\xbf\xff", text.data(), Base64Alphabet::url));
  CHECK(text == "-_-__w");
}

TEST_CASE("base64 is decoded as leniently as Node does it") {
  const std::pair<const char*, std::string> vectors[] = {
      {"AQID=AQID", "\1\2\3"}, {"AQ==AQ==", "\1"},  {"AQ=A", "\1"},         {"A", ""},
      {"AQI", "\1\2"},         {"AQ", "\1"},        {"====", ""},           {"=AQID", ""},
      {"AQID==", "\1\2\3"},    {"AQéID", "\1\2\3"}, {"AQ-_", "\1\x0f\xbf"}, {"A Q I D", "\1\2\3"},
      {"AQ=\nID", "\1"},       {"A=QID", ""},       {"AQI=DAAA", "\1\2"},   {"AQIDB", "\1\2\3"},
      {"AQIDBA=", "\1\2\3\4"}, {"AQ!ID", "\1\2\3"}, {"A===", ""},           {"B", ""}};
  for (const auto& vector : vectors) {
    CAPTURE(vector.first);
    CHECK(decode(vector.first) == vector.second);
  }
}

TEST_CASE("base64 of random bytes comes back unchanged, line breaks or not") {
  std::mt19937 random(4);
  for (std::size_t size = 0; size < 300; ++size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) {
      byte = static_cast<char>(random());
    }
    std::string text = encode(bytes);
    CHECK(text.size() == base64_size(size));
    CHECK(decode(text) == bytes);
    text.insert(random() % (text.size() + 1), "\r\n");
    CHECK(decode(text) == bytes);
  }
}

TEST_CASE("base64 decoder survives garbage") {
  std::mt19937 random(5);
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % 50, '\0');
    for (char& c : text) {
      c = static_cast<char>(random());
    }
    CHECK(decode(text).size() <= text.size() * 3 / 4);
  }
}
