#include "engineio/websocket/frame.hpp"

#include <doctest/doctest.h>

#include "tests/support/vectors.hpp"

using namespace engineio::websocket;

namespace {

std::string header(Opcode opcode, bool fin, bool rsv1, std::uint64_t length) {
  char bytes[max_header_size];
  return tests::to_hex({bytes, encode_header(opcode, fin, rsv1, length, bytes)});
}

std::string close_frame(CloseCode code, std::string_view reason) {
  std::string bytes = "x";
  append_close_frame(bytes, code, reason);
  return bytes.substr(1);
}

}  // namespace

TEST_CASE("headers have the shortest length, at both ends of each form") {
  CHECK(header(Opcode::text, true, false, 0) == "8100");
  CHECK(header(Opcode::binary, true, false, 125) == "827d");
  CHECK(header(Opcode::text, true, false, 126) == "817e007e");
  CHECK(header(Opcode::text, true, false, 0xffff) == "817effff");
  CHECK(header(Opcode::text, true, false, 0x10000) == "817f0000000000010000");
  CHECK(header(Opcode::text, true, false, 0x123456789abcdef) == "817f0123456789abcdef");
}

TEST_CASE("headers carry opcode, FIN and RSV1") {
  CHECK(header(Opcode::continuation, false, false, 1) == "0001");
  CHECK(header(Opcode::text, true, true, 1) == "c101");
  CHECK(header(Opcode::binary, false, true, 1) == "4201");
  CHECK(header(Opcode::ping, true, false, 0) == "8900");
}

TEST_CASE("whole frames are appended") {
  std::string bytes = "x";
  append_frame(bytes, Opcode::text, "hello");
  CHECK(bytes == "x\x81\x05hello");
}

TEST_CASE("close frames have a code or are empty") {
  CHECK(tests::to_hex(close_frame(close_code::none, "ignored")) == "8800");
  CHECK(close_frame(close_code::protocol_error, "bad") == std::string("\x88\x05\x03\xea") + "bad");
}

TEST_CASE("a reason is cut where a character ends") {
  const std::string fits(123, 'a');
  CHECK(close_frame(1000, fits).substr(4) == fits);
  CHECK(close_frame(1000, fits + "a").substr(4) == fits);
  CHECK(close_frame(1000, std::string(122, 'a') + "é").substr(4) == std::string(122, 'a'));
  CHECK(close_frame(1000, std::string(121, 'a') + "éz").substr(4) == std::string(121, 'a') + "é");
}

TEST_CASE("close codes that may be sent") {
  for (const int code : {1000, 1001, 1003, 1007, 1011, 1014, 3000, 4999}) {
    CHECK(is_valid_close_code(static_cast<CloseCode>(code)));
  }
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535}) {
    CHECK_FALSE(is_valid_close_code(static_cast<CloseCode>(code)));
  }
}
