#include <doctest/doctest.h>
#include <rapidjson/document.h>
#include <rapidjson/memorystream.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "socketio/codec.hpp"
#include "tests/socketio/notation.hpp"

// Our JSON reader against RapidJSON, on texts that are almost JSON.

using namespace socketio;

namespace {

constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseFullPrecisionFlag |
                           rapidjson::kParseValidateEncodingFlag;

/// Whether RapidJSON has a verdict: it takes NUL for the end, knows neither lone surrogates nor
/// numbers that are infinite, and reads 0e43 as 2.4e24.
enum class Verdict { accepted, refused, unknown };

Verdict ask(const std::string& text, rapidjson::Document& document) {
  for (const std::string_view unknown : {std::string_view("\0", 1), {"0e"}, {"0E"}}) {
    if (text.find(unknown) != std::string::npos) {
      return Verdict::unknown;
    }
  }
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> input(stream);
  document.ParseStream<flags>(input);
  if (!document.HasParseError()) {
    return Verdict::accepted;
  }
  const auto error = document.GetParseError();
  return error == rapidjson::kParseErrorStringUnicodeSurrogateInvalid ||
                 error == rapidjson::kParseErrorNumberTooBig
             ? Verdict::unknown
             : Verdict::refused;
}

Value exact_value(const rapidjson::Value& value) {
  switch (value.GetType()) {
    case rapidjson::kNumberType:
      return value.IsInt64()    ? Value(value.GetInt64())
             : value.IsUint64() ? Value(value.GetUint64())
                                : Value(value.GetDouble());
    case rapidjson::kArrayType: {
      Array array;
      for (const auto& element : value.GetArray()) {
        array.push_back(exact_value(element));
      }
      return array;
    }
    case rapidjson::kObjectType: {
      Object object;
      for (const auto& member : value.GetObject()) {
        object.append({member.name.GetString(), member.name.GetStringLength()},
                      exact_value(member.value));
      }
      return object;
    }
    case rapidjson::kStringType:
      return std::string(value.GetString(), value.GetStringLength());
    case rapidjson::kNullType:
      return {};
    default:
      return value.GetBool();
  }
}

class Generator {
 public:
  std::string text() {
    std::string result = value(0);
    for (unsigned i = below(4); i > 0; --i) {
      mutate(result);
    }
    return result;
  }

 private:
  unsigned below(unsigned limit) { return std::uniform_int_distribution(0U, limit - 1)(random_); }

  std::string value(int depth) {
    static const std::vector<std::string> scalars = {
        "null",
        "true",
        "false",
        "0",
        "-0",
        "1",
        "-17",
        "3.25",
        "1e5",
        "12345678901234567890",
        "-9223372036854775808",
        "0.1e-3",
        "2E+2",
        "1e-400",
        "99999999999999999999",
        "\"\"",
        "\"a\"",
        "\"h\\u00e9llo\\n\\\"\"",
        "\"\\ud83d\\ude00\"",
        "\"\u20ac\U0001f600\"",
        "\"a longer string, of more than eight bytes\""};
    const unsigned kind = depth < 4 ? below(4) : 2;
    if (kind >= 2) {
      return scalars[below(static_cast<unsigned>(scalars.size()))];
    }
    std::string result = kind == 0 ? "[" : "{";
    const unsigned size = below(4);
    for (unsigned i = 0; i < size; ++i) {
      result += i > 0 ? ", " : "";
      result += kind == 1 ? "\"k" + std::to_string(below(3)) + "\" :" : "";
      result += value(depth + 1);
    }
    return result + (kind == 0 ? "]" : "}");
  }

  void mutate(std::string& text) {
    static const std::string bytes =
        "[]{}\",:\\u0123456789abcdefDE+-. \t\n/ntr\x7f\x80\xc3\xa9\xed\x1f";
    const char byte = bytes[below(static_cast<unsigned>(bytes.size()))];
    const std::size_t at = below(static_cast<unsigned>(text.size()) + 1);
    switch (below(3)) {
      case 0:
        text.insert(at, 1, byte);
        break;
      case 1:
        text.erase(at, 1 + below(2));
        break;
      default:
        if (at < text.size()) {
          text[at] = byte;
        }
    }
  }

  std::mt19937 random_{20261121};  // NOLINT: the same texts each time
};

}  // namespace

TEST_CASE("the JSON reader and RapidJSON agree") {
  Generator generator;
  Tape tape;
  int accepted = 0;
  int refused = 0;
  for (int i = 0; i < 30000; ++i) {
    const std::string text = generator.text();
    CAPTURE(text);
    rapidjson::Document document;
    const Verdict verdict = ask(text, document);
    std::string copy = text;
    const bool ours = read_json(copy, tape);
    if (verdict == Verdict::refused) {
      CHECK_FALSE(ours);
      ++refused;
    } else if (verdict == Verdict::accepted) {
      REQUIRE(ours);
      CHECK(ValueView(tape.root()).to_value() == exact_value(document));
      ++accepted;
    }
  }
  CHECK(accepted > 5000);
  CHECK(refused > 5000);
}
