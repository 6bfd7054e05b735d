#include "engineio/protocol/form.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace engineio::protocol;

namespace {

std::string decode(std::string_view encoded) {
  std::string out = ">";
  append_form_decoded(out, encoded);
  return out.substr(1);
}

std::vector<std::pair<std::string, std::string>> fields(std::string_view form) {
  std::vector<std::pair<std::string, std::string>> result;
  FormReader reader(form);
  while (const auto field = reader.next()) {
    result.emplace_back(field->key, field->value);
  }
  return result;
}

}  // namespace

TEST_CASE("a form is split into fields") {
  using Fields = std::vector<std::pair<std::string, std::string>>;
  CHECK(fields("") == Fields{});
  CHECK(fields("&&") == Fields{});
  CHECK(fields("a=1&b=2") == Fields{{"a", "1"}, {"b", "2"}});
  CHECK(fields("a&&b=&=c&") == Fields{{"a", ""}, {"b", ""}, {"", "c"}});
  CHECK(fields("a=b=c") == Fields{{"a", "b=c"}});
}

TEST_CASE("escapes and plus signs are decoded, invalid escapes stay") {
  CHECK(decode("a+b%20c%2B") == "a b c+");
  CHECK(decode("EI%4f%4F") == "EIOO");
  CHECK(decode("%") == "%");
  CHECK(decode("%4") == "%4");
  CHECK(decode("%zz%4g%+1") == "%zz%4g% 1");
  CHECK(decode("%e2%82%ac") == "€");
  CHECK(decode(std::string_view("%00", 3)) == std::string(1, '\0'));
}

TEST_CASE("what is not UTF-8 becomes U+FFFD") {
  CHECK(decode("a%ffb") ==
        "a\xef\xbf\xbd"
        "b");
  CHECK(decode("%e2%82") == "\xef\xbf\xbd");
  CHECK(decode("\xff\xff") == "\xef\xbf\xbd\xef\xbf\xbd");
}
