#include "engineio/protocol/utf8.hpp"

#include <doctest/doctest.h>

#include <random>
#include <vector>

using namespace engineio::protocol;

namespace {

bool validate_in_two(std::string_view text, std::size_t cut) {
  Utf8Validator validator;
  return validator.feed(text.substr(0, cut)) && validator.feed(text.substr(cut)) &&
         validator.complete();
}

std::string sanitize(std::string text) {
  sanitize_utf8(text);
  return text;
}

const std::vector<std::string> valid_texts = {
    "",
    "ascii",
    "é€😀",
    "\x7f\xc2\x80",
    "\xdf\xbf\xe0\xa0\x80",
    "\xed\x9f\xbf\xee\x80\x80",
    "\xef\xbf\xbf\xf0\x90\x80\x80",
    "\xf4\x8f\xbf\xbf",
    "0123456789abcdef0123456789abcdef\xc3\xa9 0123456789abcdef"};

const std::vector<std::string> invalid_texts = {"\x80",              // continuation without a start
                                                "\xc0\xaf",          // overlong
                                                "\xc1\xbf",          // overlong
                                                "\xe0\x9f\xbf",      // overlong
                                                "\xf0\x8f\xbf\xbf",  // overlong
                                                "\xed\xa0\x80",      // surrogate
                                                "\xed\xbf\xbf",      // surrogate
                                                "\xf4\x90\x80\x80",  // beyond U+10FFFF
                                                "\xf5\x80\x80\x80",
                                                "\xff",
                                                "\xc3",  // cut off
                                                "\xe2\x82",
                                                "\xf0\x9f\x98",
                                                "\xc3(",
                                                "0123456789abcdef0123456789abcde\xe9"};

}  // namespace

TEST_CASE("valid and invalid UTF-8 is told apart wherever it is cut") {
  for (const auto& text : valid_texts) {
    CHECK(is_valid_utf8(text));
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      CHECK(validate_in_two(text, cut));
    }
  }
  for (const auto& text : invalid_texts) {
    CAPTURE(text);
    CHECK_FALSE(is_valid_utf8(text));
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      CHECK_FALSE(validate_in_two(text, cut));
    }
  }
}

TEST_CASE("a byte that starts no character is invalid however much follows") {
  for (const unsigned byte : {0x80U, 0xbfU, 0xc0U, 0xc1U, 0xf5U, 0xffU}) {
    for (const std::size_t behind : {3U, 254U, 255U, 256U, 300U}) {
      std::string text(1, static_cast<char>(byte));
      text += "\x80\x80\x80" + std::string(behind - 3, 'a');
      CAPTURE(byte);
      CAPTURE(behind);
      CHECK_FALSE(is_valid_utf8(text));
      CHECK_FALSE(validate_in_two(text, 0));
      CHECK(is_valid_utf8(sanitize(text)));
    }
  }
}

TEST_CASE("the validator fails at the first byte that cannot be right, and for good") {
  Utf8Validator validator;
  CHECK(validator.feed("\xf4"));
  CHECK_FALSE(validator.feed("\x90"));
  CHECK_FALSE(validator.feed("a"));
  CHECK_FALSE(validator.complete());
  validator.reset();
  CHECK(validator.feed("a"));
  CHECK(validator.complete());
}

TEST_CASE("every code point but the surrogates is valid, and its UTF-16 length is right") {
  for (unsigned code = 0x80; code <= 0x10ffff; code += code < 0x11000 ? 1 : 97) {
    std::string text;
    const auto put = [&](unsigned byte) { text += static_cast<char>(byte); };
    if (code < 0x800) {
      put(0xc0 | code >> 6);
    } else {
      if (code < 0x10000) {
        put(0xe0 | code >> 12);
      } else {
        put(0xf0 | code >> 18);
        put(0x80 | (code >> 12 & 63));
      }
      put(0x80 | (code >> 6 & 63));
    }
    put(0x80 | (code & 63));
    const bool valid = code < 0xd800 || code > 0xdfff;
    if (is_valid_utf8(text) != valid || utf16_length(text) != (code < 0x10000 ? 1 : 2)) {
      FAIL_CHECK("wrong for code point ", code);
    }
  }
}

TEST_CASE("a prefix of so many UTF-16 code units ends between characters") {
  const std::string text = "aé😀b";
  const std::optional<std::size_t> expected[] = {0, 1, 3, std::nullopt, 7, 8, std::nullopt};
  for (std::size_t units = 0; units < std::size(expected); ++units) {
    CAPTURE(units);
    CHECK(utf16_prefix(text, units) == expected[units]);
  }
  CHECK(utf16_length(text) == 5);
}

TEST_CASE("invalid parts are replaced as Node replaces them") {
  const std::string r = "\xef\xbf\xbd";
  for (const auto& text : valid_texts) {
    CHECK(sanitize(text) == text);
  }
  CHECK(sanitize("a\x80z") == "a" + r + "z");
  CHECK(sanitize("\xc0\xaf") == r + r);
  CHECK(sanitize("\xe2\x82(") == r + "(");
  CHECK(sanitize("\xe2\x82") == r);
  CHECK(sanitize("\xf0\x9f\x98\xf0\x9f\x98\x80") == r + "😀");
  CHECK(sanitize("\xed\xa0\x80") == r + r + r);
  CHECK(sanitize("\xf4\x90\x80\x80") == r + r + r + r);
}

TEST_CASE("sanitized garbage is valid") {
  std::mt19937 random(6);
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % 40, '\0');
    for (char& c : text) {
      c = static_cast<char>(random() % 3 == 0 ? 'a' : random());
    }
    bool in_pieces = true;
    Utf8Validator validator;
    for (std::size_t i = 0; i < text.size();) {
      const std::size_t size = 1 + random() % 9;
      in_pieces = validator.feed(std::string_view(text).substr(i, size)) && in_pieces;
      i += size;
    }
    CHECK(is_valid_utf8(text) == (in_pieces && validator.complete()));
    CHECK(is_valid_utf8(sanitize(text)));
    CHECK(utf16_prefix(text, random() % 40).value_or(0) <= text.size());
  }
}
