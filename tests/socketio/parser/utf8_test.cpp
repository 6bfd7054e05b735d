#include "socketio/parser/utf8.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace socketio::parser;

namespace {

const char* end_of(std::string_view text) { return text.data() + text.size(); }

std::ptrdiff_t plain_prefix(std::string_view text) {
  return skip_plain(text.data(), end_of(text)) - text.data();
}

}  // namespace

TEST_CASE("plain characters are all but quotes, backslashes, controls and what is not ASCII") {
  for (int c = 0; c < 256; ++c) {
    CAPTURE(c);
    const bool plain = c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
    for (std::size_t at = 0; at < 24; ++at) {
      std::string text(24, '~');
      text[at] = static_cast<char>(c);
      CHECK(plain_prefix(text) == static_cast<std::ptrdiff_t>(plain ? 24 : at));
    }
  }
  CHECK(plain_prefix("") == 0);
}

TEST_CASE("valid UTF-8, WTF-8 and neither") {
  for (const char* text :
       {"", "a", "\u00e9", "\u20ac", "\U0001f600", "\U0010ffff", "\xed\x9f\xbf\xee\x80\x80",
        "plain text of more than eight bytes \u00e9 and more"}) {
    CAPTURE(text);
    CHECK(is_valid_utf8(text));
    CHECK(is_valid_wtf8(text));
    CHECK(sanitized_utf8(text, false) == text);
  }
  CHECK_FALSE(is_valid_utf8("a\xed\xa0\x80"));
  CHECK(is_valid_wtf8("a\xed\xa0\x80"));
  for (const char* text : {"\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xc3", "\xe0\x80\x80",
                           "\xe2\x82", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf8", "\xff"}) {
    CAPTURE(text);
    CHECK_FALSE(is_valid_utf8(text));
    CHECK_FALSE(is_valid_wtf8(text));
  }
}

TEST_CASE("each invalid part becomes one replacement character") {
  CHECK(sanitized_utf8("a\xff"
                       "b",
                       false) ==
        "a\ufffd"
        "b");
  CHECK(sanitized_utf8("\xe2\x82"
                       "b",
                       false) ==
        "\ufffd"
        "b");
  CHECK(sanitized_utf8("\xf0\x9f\x98", false) == "\ufffd");
  CHECK(sanitized_utf8("\xc0\x80", false) == "\ufffd\ufffd");
  CHECK(sanitized_utf8("\xed\xa0", true) == "\ufffd\ufffd");
  CHECK(sanitized_utf8("\xed\xa0\x80", true) == "\xed\xa0\x80");
  CHECK(sanitized_utf8("\xed\xa0\x80", false) == "\ufffd");
}

TEST_CASE("surrogates are decoded") {
  CHECK(decode_surrogate("\xed\xa0\x80") == 0xd800);
  CHECK(decode_surrogate("\xed\xaf\xbf") == 0xdbff);
  CHECK(decode_surrogate("\xed\xb0\x80") == 0xdc00);
  CHECK(decode_surrogate("\xed\xbf\xbf") == 0xdfff);
}
