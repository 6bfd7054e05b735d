#include "engineio/websocket/frame_decoder.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/engineio/websocket/client_frames.hpp"
#include "tests/support/vectors.hpp"

using namespace engineio::websocket;
using tests::ClientFrame;
using tests::encode;
using Kind = Event::Kind;

namespace {

/// An event with data of its own.
struct Seen {
  Kind kind;
  std::string payload;
  CloseCode code = close_code::none;
  bool compressed = false;

  bool operator==(const Seen&) const = default;
};

const DecoderLimits default_limits;

/// Feeds `bytes` in pieces whose sizes `next_size` chooses.
std::vector<Seen> decode_in_pieces(std::string bytes, const std::function<std::size_t()>& next_size,
                                   const DecoderLimits& limits, bool compression) {
  FrameDecoder decoder(limits, compression);
  std::vector<Seen> events;
  std::span<char> rest = bytes;
  while (!rest.empty()) {
    std::string piece(rest.data(), std::min(next_size(), rest.size()));
    rest = rest.subspan(piece.size());
    std::span<char> input = piece;
    for (auto event = decoder.next(input); event.kind != Kind::none; event = decoder.next(input)) {
      events.push_back({event.kind, std::string(event.text()), event.code, event.compressed});
      CHECK(event.error.empty() == (event.kind != Kind::error));
    }
    CHECK(input.empty());
  }
  return events;
}

std::vector<Seen> decode(const std::string& bytes, const DecoderLimits& limits = default_limits,
                         bool compression = false) {
  const auto whole = [&] { return bytes.size(); };
  return decode_in_pieces(bytes, whole, limits, compression);
}

/// Checks the events of `bytes` as a whole, byte by byte, and cut in two at every place.
void check(const std::string& bytes, const std::vector<Seen>& expected, bool compression = false,
           const DecoderLimits& limits = default_limits) {
  CAPTURE(tests::to_hex(bytes));
  CHECK(decode(bytes, limits, compression) == expected);
  const auto one = [] { return std::size_t{1}; };
  CHECK(decode_in_pieces(bytes, one, limits, compression) == expected);
  for (std::size_t cut = 1; cut < bytes.size() && cut < 400; ++cut) {
    bool first = true;
    const auto size = [&] { return std::exchange(first, false) ? cut : bytes.size(); };
    CHECK(decode_in_pieces(bytes, size, limits, compression) == expected);
  }
}

void check_error(const std::string& bytes, CloseCode code, bool compression = false,
                 const DecoderLimits& limits = default_limits) {
  check(bytes, {{Kind::error, "", code}}, compression, limits);
}

Seen text(std::string payload) { return {Kind::text, std::move(payload)}; }

Seen binary(std::string payload) { return {Kind::binary, std::move(payload)}; }

std::string text_frame(std::string_view payload) { return encode({Opcode::text, payload}); }

std::string fragment(Opcode opcode, std::string_view payload, bool fin = false) {
  return encode({opcode, payload, fin});
}

std::string close_payload(CloseCode code, std::string_view reason = {}) {
  return std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)}.append(reason);
}

}  // namespace

TEST_CASE("an idle decoder is small and holds no memory") {
  CHECK(sizeof(FrameDecoder) <= 48);
  std::string bytes = encode({Opcode::text, "4hello"});
  FrameDecoder decoder(default_limits);
  std::span<char> input(bytes.data(), 3);
  CHECK(decoder.next(input).kind == Kind::none);
  CHECK(decoder.holds_memory());
  input = std::span(bytes).subspan(3);
  CHECK(decoder.next(input).text() == "4hello");
  CHECK(decoder.next(input).kind == Kind::none);
  CHECK_FALSE(decoder.holds_memory());
}

TEST_CASE("whole messages are delivered where they lie") {
  std::string bytes = text_frame("hello") + encode({Opcode::binary, "\x01\x02"});
  FrameDecoder decoder(default_limits);
  std::span<char> input = bytes;
  const auto first = decoder.next(input);
  CHECK(first.kind == Kind::text);
  CHECK(first.payload.data() == bytes.data() + 6);
  const auto second = decoder.next(input);
  CHECK(second.kind == Kind::binary);
  CHECK(second.payload.data() == bytes.data() + 17);
  CHECK(input.empty());
  CHECK_FALSE(decoder.holds_memory());
}

TEST_CASE("messages of every form of length") {
  for (const std::size_t size : {0u, 1u, 125u, 126u, 65'535u, 65'536u}) {
    const std::string payload(size, 'x');
    CHECK(decode(text_frame(payload)) == std::vector{text(payload)});
  }
  check(text_frame("") + text_frame("é") + encode({Opcode::binary, "\xff"}),
        {text(""), text("é"), binary("\xff")});
}

TEST_CASE("lengths need not be the shortest, as in ws") {
  check(tests::from_hex("81fe0001"
                        "00000000"
                        "61"),
        {text("a")});
  check(tests::from_hex("81ff0000000000000001"
                        "00000000"
                        "61"),
        {text("a")});
}

TEST_CASE("fragments are joined, with control frames in between") {
  check(fragment(Opcode::text, "a") + encode({Opcode::ping, "p"}) +
            fragment(Opcode::continuation, "b") + encode({Opcode::pong, "q"}) +
            fragment(Opcode::continuation, "c", true) + text_frame("d"),
        {{Kind::ping, "p"}, {Kind::pong, "q"}, text("abc"), text("d")});
  check(fragment(Opcode::binary, "") + fragment(Opcode::continuation, "") +
            fragment(Opcode::continuation, "", true),
        {binary("")});
}

TEST_CASE("control frames carry up to 125 bytes") {
  const std::string longest(max_control_size, 'x');
  check(encode({Opcode::ping, longest}), {{Kind::ping, longest}});
  check_error(encode({Opcode::ping, longest + "x"}), close_code::protocol_error);
  check_error(tests::from_hex("89fe0001"
                              "00000000"
                              "61"),
              close_code::protocol_error);
}

TEST_CASE("control frames are not fragmented") {
  check_error(fragment(Opcode::ping, "a"), close_code::protocol_error);
  check_error(fragment(Opcode::close, ""), close_code::protocol_error);
}

TEST_CASE("frames of a client must be masked, those of a server must not") {
  check_error(encode({.payload = "a", .masked = false}), close_code::protocol_error);
  std::string bytes = encode({.payload = "a", .masked = false}) + text_frame("b");
  FrameDecoder client(default_limits, false, FrameDecoder::Role::client);
  std::span<char> input = bytes;
  CHECK(client.next(input).text() == "a");
  CHECK(client.next(input).code == close_code::protocol_error);
}

TEST_CASE("reserved bits and opcodes are refused") {
  check_error(tests::from_hex("a180"
                              "00000000"),
              close_code::protocol_error);
  check_error(tests::from_hex("9180"
                              "00000000"),
              close_code::protocol_error);
  check_error(tests::from_hex("c180"
                              "00000000"),
              close_code::protocol_error);
  for (const char* opcode : {"83", "84", "85", "86", "87", "8b", "8c", "8d", "8e", "8f"}) {
    check_error(tests::from_hex(opcode + std::string("80"
                                                     "00000000")),
                close_code::protocol_error);
  }
}

TEST_CASE("continuation frames and new messages come in turn") {
  check_error(fragment(Opcode::continuation, "a", true), close_code::protocol_error);
  check_error(fragment(Opcode::text, "a") + text_frame("b"), close_code::protocol_error);
  check(text_frame("a") + fragment(Opcode::continuation, "b"),
        {text("a"), {Kind::error, "", close_code::protocol_error}});
}

TEST_CASE("RSV1 marks the first frame of a compressed message") {
  check(encode({.payload = "\xff", .rsv1 = true}), {{Kind::text, "\xff", close_code::none, true}},
        true);
  check(encode({Opcode::binary, "a", false, true}) + fragment(Opcode::continuation, "b", true) +
            encode({Opcode::binary, "c"}),
        {{Kind::binary, "ab", close_code::none, true}, binary("c")}, true);
  check_error(fragment(Opcode::binary, "a") + encode({Opcode::continuation, "b", true, true}),
              close_code::protocol_error, true);
  check_error(encode({Opcode::ping, "a", true, true}), close_code::protocol_error, true);
}

TEST_CASE("close frames") {
  check(encode({Opcode::close, ""}), {{Kind::close, ""}});
  check(encode({Opcode::close, close_payload(1000)}), {{Kind::close, "", 1000}});
  check(encode({Opcode::close, close_payload(4000, "é")}), {{Kind::close, "é", 4000}});
  check_error(encode({Opcode::close, "\x03"}), close_code::protocol_error);
  check_error(encode({Opcode::close, close_payload(1005)}), close_code::protocol_error);
  check_error(encode({Opcode::close, close_payload(999)}), close_code::protocol_error);
  check_error(encode({Opcode::close, close_payload(5000)}), close_code::protocol_error);
  check_error(encode({Opcode::close, close_payload(1000, "\xff")}), close_code::invalid_data);
}

TEST_CASE("nothing is read behind a close or an error") {
  check(encode({Opcode::close, ""}) + text_frame("a"), {{Kind::close, ""}});
  check_error(fragment(Opcode::continuation, "") + text_frame("a"), close_code::protocol_error);
}

TEST_CASE("text must be UTF-8, over fragments too") {
  check_error(text_frame("\xc3"), close_code::invalid_data);
  check_error(text_frame("a\xff"), close_code::invalid_data);
  check(fragment(Opcode::text, "\xe2\x82") + fragment(Opcode::continuation, "\xac", true),
        {text("€")});
  check_error(fragment(Opcode::text, "\xe2\x82") + fragment(Opcode::continuation, "", true),
              close_code::invalid_data);
  check_error(fragment(Opcode::text, "\xe2\x82") + fragment(Opcode::continuation, "a", true),
              close_code::invalid_data);
}

TEST_CASE("invalid UTF-8 is reported before the frame is complete") {
  std::string bytes = text_frame("a\xff" + std::string(100, 'x'));
  FrameDecoder decoder(default_limits);
  std::span<char> input(bytes.data(), 8);
  CHECK(decoder.next(input).code == close_code::invalid_data);
  CHECK_FALSE(decoder.holds_memory());
}

TEST_CASE("the size of a message is limited, at the limit and one past it") {
  const DecoderLimits limits{.max_message_size = 10};
  check(text_frame("0123456789"), {text("0123456789")}, false, limits);
  check_error(text_frame("0123456789a"), close_code::too_big, false, limits);
  const auto start = fragment(Opcode::text, "01234");
  check(start + fragment(Opcode::continuation, "56789", true), {text("0123456789")}, false, limits);
  check_error(start + fragment(Opcode::continuation, "56789a", true), close_code::too_big, false,
              limits);
  check(text_frame("0123456789") + text_frame("0123456789"),
        {text("0123456789"), text("0123456789")}, false, limits);
  check(encode({Opcode::ping, "0123456789a"}), {{Kind::ping, "0123456789a"}}, false, limits);
}

TEST_CASE("the default limit of a message is a million bytes") {
  const std::string largest(1'000'000, 'x');
  CHECK(decode(text_frame(largest)) == std::vector{text(largest)});
  CHECK(decode(text_frame(largest + "x")) ==
        std::vector{Seen{Kind::error, "", close_code::too_big}});
}

TEST_CASE("an excessive length is refused from the header alone") {
  for (const char* header : {"82ff00000000000f4241"
                             "00000000",
                             "82ffffffffffffffffff"
                             "00000000",
                             "82ff7fffffffffffffff"
                             "00000000"}) {
    std::string bytes = tests::from_hex(header);
    FrameDecoder decoder(default_limits);
    std::span<char> input = bytes;
    CHECK(decoder.next(input).code == close_code::too_big);
    CHECK_FALSE(decoder.holds_memory());
  }
}

TEST_CASE("the number of frames of a message is limited, empty ones included") {
  const DecoderLimits limits{.max_frames = 3};
  const std::string two = fragment(Opcode::text, "") + fragment(Opcode::continuation, "");
  const std::string last = fragment(Opcode::continuation, "", true);
  check(two + last + two + last, {text(""), text("")}, false, limits);
  check_error(two + fragment(Opcode::continuation, "") + last, close_code::policy_violation, false,
              limits);
  CHECK(DecoderLimits{}.max_frames == 16'384);
}

TEST_CASE("a message in pieces of one byte costs its own size") {
  const std::string payload(100'000, 'x');
  CHECK(decode_in_pieces(
            text_frame(payload), [] { return std::size_t{1}; }, default_limits, false) ==
        std::vector{text(payload)});
}

TEST_CASE("random sessions give the same events however they are cut") {
  std::mt19937 random(9);
  const std::vector<std::string> payloads = {
      "", "a", "é€😀", std::string(125, 'x'), std::string(300, 'y'), "\xff"};
  for (int round = 0; round < 300; ++round) {
    std::string bytes;
    bool open = false;
    for (std::size_t count = random() % 12; count > 0; --count) {
      const bool control = random() % 4 == 0;
      const bool fin = control || random() % 2 == 0;
      Opcode opcode = open ? Opcode::continuation : static_cast<Opcode>(1 + random() % 2);
      opcode = control ? static_cast<Opcode>(9 + random() % 2) : opcode;
      open = control ? open : !fin;
      bytes += encode({opcode, payloads[random() % (control ? 4 : payloads.size())], fin});
    }
    const auto expected = decode(bytes);
    for (int cuts = 0; cuts < 10; ++cuts) {
      const auto size = [&] { return 1 + random() % 40; };
      CHECK(decode_in_pieces(bytes, size, default_limits, false) == expected);
    }
  }
}

TEST_CASE("decoder survives garbage, and cutting it changes nothing") {
  std::mt19937 random(10);
  const DecoderLimits limits{.max_message_size = 1000, .max_frames = 5};
  constexpr std::string_view heads{"\x81\x82\x01\x02\x80\x00\x89\x8a\x88\xc1\x41", 11};
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes;
    for (std::size_t frames = 1 + random() % 5; frames > 0; --frames) {
      bytes += heads[random() % heads.size()];
      bytes += static_cast<char>(0x80 | random() % 8);
      for (std::size_t size = random() % 16; size > 0; --size) {
        bytes += static_cast<char>(random() % 3 == 0 ? 0 : random());
      }
    }
    const auto expected = decode(bytes, limits, true);
    const auto size = [&] { return 1 + random() % 5; };
    CHECK(decode_in_pieces(bytes, size, limits, true) == expected);
  }
}
