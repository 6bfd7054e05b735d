#include <doctest/doctest.h>

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "socketio/codec.hpp"
#include "tests/socketio/notation.hpp"
#include "tests/support/vectors.hpp"

using namespace socketio;
using tests::UndefinedMembers;

namespace {

struct Package {
  std::string name;
  MsgpackDialect dialect;
};

const std::array<Package, 3> packages = {{{"notepack2", MsgpackDialect::notepack2},
                                          {"notepack3", MsgpackDialect::notepack3},
                                          {"msgpack28", MsgpackDialect::msgpack2}}};

std::string encode(const Value& value, MsgpackDialect dialect) {
  std::string bytes;
  write_msgpack([&](Writer& writer) { value.write_to(writer); }, dialect, bytes);
  return bytes;
}

std::optional<Value> decode(const std::string& bytes, MsgpackDialect dialect,
                            std::size_t max_depth = 256) {
  Tape tape;
  return read_msgpack(bytes, dialect, tape, max_depth)
             ? std::optional(ValueView(tape.root()).to_value())
             : std::nullopt;
}

/// Values that C++ does not have, or has as a string or as Binary, where JavaScript has more types.
const std::set<std::string, std::less<>> not_ours = {"encode/undefined",
                                                     "encode/undefined-in-array",
                                                     "encode/array-sparse",
                                                     "encode/function-in-map",
                                                     "encode/function-in-array",
                                                     "encode/date-whole-second",
                                                     "encode/date-ms",
                                                     "encode/date-negative",
                                                     "encode/date-year-2600",
                                                     "encode/date-invalid",
                                                     "encode/tojson",
                                                     "encode/map-object",
                                                     "encode/set-object",
                                                     "encode/error-object",
                                                     "encode/bigint",
                                                     "encode/symbol",
                                                     "encode/uint8array",
                                                     "encode/uint8array-view",
                                                     "encode/uint16array",
                                                     "encode/float32array",
                                                     "encode/dataview",
                                                     "encode/arraybuffer",
                                                     "encode/arraybuffer-256"};

/// What the packages write wrongly: integral numbers of 2^64 and more, lone surrogates (notepack).
/// The values are the bytes here.
const std::map<std::string, std::string, std::less<>> corrected_notepack = {
    {"encode/int-2^64", "cb43f0000000000000"},
    {"encode/int-1e20", "cb4415af1d78b58c40"},
    {"encode/int-1e300", "cb7e37e43c8800759c"},
    {"encode/float-max", "cb7fefffffffffffff"},
    {"encode/str-lone-surrogate-short", "a561efbfbd62"},
    {"encode/str-lone-low-surrogate", "a4efbfbd7a"},
};

void check_encoding(const std::string& name, const rapidjson::Value& vector,
                    const Package& package) {
  const auto members = package.dialect == MsgpackDialect::msgpack2 ? UndefinedMembers::null
                                                                   : UndefinedMembers::dropped;
  if (name == "encode/undefined-in-map" && package.dialect == MsgpackDialect::notepack2) {
    return;  // is written as an extension there
  }
  const std::string bytes =
      tests::to_hex(encode(tests::from_notation(vector["value"], members), package.dialect));
  const auto corrected = corrected_notepack.find(name);
  if (corrected != corrected_notepack.end() && package.dialect != MsgpackDialect::msgpack2) {
    CHECK(bytes == corrected->second);
  } else {
    CHECK(bytes == tests::string_of(vector[package.name.c_str()], "bytes"));
  }
}

/// Where we read other than the packages.
const std::map<std::string, Value, std::less<>> corrected_value = {
    {"decode/map-proto-key", Object{{"__proto__", Object{{"1", "x"}}}}},
    {"decode/str-invalid-utf8", "\xef\xbf\xbd("},  // as notepack
    {"decode/uint64-2^53+1", 9007199254740993},    // not rounded to a double
    {"decode/uint64-max", 18446744073709551615U},
};

void check_decoding(const std::string& name, const std::string& bytes,
                    const rapidjson::Value& expected, const Package& package) {
  const std::optional<Value> value = decode(bytes, package.dialect);
  REQUIRE(value.has_value());
  const auto corrected = corrected_value.find(name);
  if (corrected != corrected_value.end()) {
    CHECK(*value == corrected->second);
  } else {
    CHECK(*value == tests::from_notation(expected, UndefinedMembers::null));
  }
}

}  // namespace

TEST_CASE("values are written as the three packages do") {
  tests::for_each_vector("msgpack_codecs.json", "encode", [](const rapidjson::Value& vector) {
    const std::string name = tests::string_of(vector, "name");
    if (not_ours.contains(name)) {
      return;
    }
    for (const Package& package : packages) {
      CAPTURE(package.name);
      if (vector[package.name.c_str()].HasMember("bytes")) {
        check_encoding(name, vector, package);
      }
    }
  });
}

TEST_CASE("what the three packages write is read as they read it") {
  int read = 0;
  tests::for_each_vector("msgpack_codecs.json", "encode", [&](const rapidjson::Value& vector) {
    for (const Package& package : packages) {
      CAPTURE(package.name);
      const auto& coded = vector[package.name.c_str()];
      const std::string name = tests::string_of(vector, "name");
      if (!coded.HasMember("bytes") || name == "encode/float-nan" ||
          name.find("surrogate") != std::string::npos) {
        continue;  // NaN is not equal to itself; surrogates are checked below
      }
      check_decoding(name, tests::bytes_of(coded), coded["redecoded"], package);
      ++read;
    }
  });
  CHECK(read > 200);
}

TEST_CASE("odd input is read as the three packages do") {
  tests::for_each_vector("msgpack_codecs.json", "decode", [](const rapidjson::Value& vector) {
    const std::string name = tests::string_of(vector, "name");
    const std::string bytes = tests::bytes_of(vector);
    for (const Package& package : packages) {
      CAPTURE(package.name);
      const auto& expected = vector[package.name.c_str()];
      if (expected.HasMember("value") || corrected_value.contains(name)) {
        check_decoding(name, bytes, expected.HasMember("value") ? expected["value"] : expected,
                       package);
      } else {
        CHECK_FALSE(decode(bytes, package.dialect).has_value());
      }
    }
  });
}

TEST_CASE("surrogates are kept where the package keeps them") {
  const std::string surrogate = "a\xed\xa0\x80z";
  CHECK(encode(surrogate, MsgpackDialect::msgpack2) == "\xa5" + surrogate);
  CHECK(encode(surrogate, MsgpackDialect::notepack3) ==
        "\xa5"
        "a\xef\xbf\xbdz");
  CHECK(*decode("\xa5" + surrogate, MsgpackDialect::msgpack2) == surrogate);
  CHECK(encode("\xff", MsgpackDialect::msgpack2) == "\xa3\xef\xbf\xbd");
}

TEST_CASE("dates that a calendar does not have are null") {
  for (const char* hex : {"c70cff000000007fffffffffffffff", "c70cff00000000ffff000000000000",
                          "d7007fffffffffffffff"}) {
    CAPTURE(hex);
    CHECK(decode(tests::from_hex(hex), MsgpackDialect::notepack3) == Value());
  }
}

TEST_CASE("nanoseconds of dates are rounded as JavaScript does it") {
  const auto date = [](const char* hex) {
    return decode(tests::from_hex(hex), MsgpackDialect::notepack3);
  };
  CHECK(date("c70cff3b8b877affffffffffffffff") == "1969-12-31T23:59:59.999Z");
  CHECK(date("c70cff076416ff000000006553f100") == "2023-11-14T22:13:20.124Z");
  CHECK(date("c70cff075e0000000000006553f100") == "2023-11-14T22:13:20.123Z");
}

TEST_CASE("keys are what JavaScript makes of them") {
  const std::map<std::string, std::string, std::less<>> numbers = {
      {"07", "7"},
      {"ff", "-1"},
      {"cf0020000000000001", "9007199254740992"},
      {"cb3ff8000000000000", "1.5"},
      {"cb8000000000000000", "0"},
      {"ca7fc00000", "NaN"},
      {"caff800000", "-Infinity"},
  };
  for (const auto& [hex, key] : numbers) {
    CAPTURE(hex);
    const Value expected = Object{{key, nullptr}};
    for (const Package& package : packages) {
      CHECK(decode(tests::from_hex("81" + hex + "c0"), package.dialect) == expected);
    }
  }
  CHECK(decode("\x81\xc3\xc0", MsgpackDialect::notepack3) == Value(Object{{"true", nullptr}}));
  CHECK_FALSE(decode("\x81\xc3\xc0", MsgpackDialect::msgpack2).has_value());
  CHECK_FALSE(decode("\x81\x90\xc0", MsgpackDialect::notepack3).has_value());
}

TEST_CASE("lengths are not believed") {
  for (const char* hex : {"dd7fffffff", "ddffffffff0000", "df7fffffff", "dfffffffff", "db7fffffff",
                          "c6ffffffff00", "c9ffffffff0000", "c9ffffffff", "dc0002c0", "de0001a161",
                          "c7ff00", "d8ff00", "d4", "d400", "c1", "91", "81", "81a161"}) {
    CAPTURE(hex);
    CHECK_FALSE(decode(tests::from_hex(hex), MsgpackDialect::notepack3).has_value());
  }
}

TEST_CASE("values nest as deeply as the limit, and no deeper") {
  const auto arrays = [](std::size_t depth) { return std::string(depth - 1, '\x91') + '\x90'; };
  CHECK(decode(arrays(256), MsgpackDialect::notepack3).has_value());
  CHECK_FALSE(decode(arrays(257), MsgpackDialect::notepack3).has_value());
  CHECK(decode("\x81\xa1"
               "a\x80",
               MsgpackDialect::notepack3, 2)
            .has_value());
  CHECK_FALSE(decode("\x81\xa1"
                     "a\x81\xa1"
                     "a\x80",
                     MsgpackDialect::notepack3, 2)
                  .has_value());
  CHECK_FALSE(decode(arrays(1'000'000), MsgpackDialect::notepack3).has_value());
  for (const auto dialect : {MsgpackDialect::notepack3, MsgpackDialect::msgpack2}) {
    const std::string extension = tests::from_hex("d57061ff");  // read as an array or an object
    CHECK(decode("\x91" + extension, dialect, 2).has_value());
    CHECK_FALSE(decode("\x91" + extension, dialect, 1).has_value());
  }
}

TEST_CASE("strings and containers of every width survive") {
  for (const std::size_t size : {0U, 15U, 16U, 31U, 32U, 255U, 256U, 65535U, 65536U}) {
    CAPTURE(size);
    const Value value =
        Array{std::string(size, 'x'), Binary(std::string(size, '\1')), Array(size, Value(1))};
    for (const Package& package : packages) {
      CHECK(decode(encode(value, package.dialect), package.dialect) == value);
    }
  }
}
