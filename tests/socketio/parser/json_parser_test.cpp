#include <doctest/doctest.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "socketio/parser.hpp"
#include "tests/socketio/notation.hpp"
#include "tests/support/vectors.hpp"

using namespace socketio;
using engineio::MessageKind;
using Status = DecodeResult::Status;
using tests::NotedPacket;
using tests::UndefinedMembers;

namespace {

struct Frame {
  MessageKind kind;
  std::string bytes;
};

std::vector<Frame> frames_of(const rapidjson::Value& vector) {
  std::vector<Frame> frames;
  for (const auto& frame : vector["frames"].GetArray()) {
    const bool text = tests::string_of(frame, "type") == "text";
    frames.push_back({text ? MessageKind::text : MessageKind::binary, tests::bytes_of(frame)});
  }
  return frames;
}

/// One connection's decoder.
struct Decoder {
  explicit Decoder(const ParserLimits& limits = {}) : parser(make_json_parser(limits)) {}

  DecodeResult text(std::string_view bytes) { return decode(MessageKind::text, bytes); }
  DecodeResult binary(std::string_view bytes) { return decode(MessageKind::binary, bytes); }

  DecodeResult decode(MessageKind kind, std::string_view bytes) {
    message = bytes;
    return parser->decode(kind, message, partial, scratch);
  }

  std::unique_ptr<const Parser> parser;
  std::string message;
  std::unique_ptr<PartialPacket> partial;
  DecodeScratch scratch;
};

std::string_view error_of(std::string_view text) { return Decoder().text(text).error; }

/// Decodes the frames of a vector and compares with its `decoded`, `throws`, `at_frame` and
/// `waiting_for_attachments`, which are in `expected`.
void check_decoding(const std::vector<Frame>& frames, const rapidjson::Value& expected,
                    const ParserLimits& limits) {
  Decoder decoder(limits);
  const auto& packets = expected["decoded"];
  rapidjson::SizeType next = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const DecodeResult result = decoder.decode(frames[i].kind, frames[i].bytes);
    if (result.status == Status::packet) {
      REQUIRE(next < packets.Size());
      check_packet(result.packet, tests::noted_packet(packets[next++], UndefinedMembers::null));
    }
    const bool must_fail = expected.HasMember("throws") && expected["at_frame"].GetUint() == i;
    CHECK(result.error == (must_fail ? expected["throws"].GetString() : ""));
    CHECK((result.status == Status::error) == must_fail);
    if (must_fail) {
      break;
    }
  }
  CHECK(next == packets.Size());
  CHECK((decoder.partial != nullptr) == expected.HasMember("waiting_for_attachments"));
}

ParserLimits limits_of(const rapidjson::Value& vector) {
  ParserLimits limits;
  if (vector.HasMember("options")) {
    limits.max_attachments = vector["options"]["maxAttachments"].GetUint();
  }
  return limits;
}

/// Where we differ from Node: JavaScript's Number() is not our idea of digits, an id must fit 64
/// bits, a placeholder's number must be an integer, nesting is limited. The values are the errors.
const std::map<std::string, std::string_view, std::less<>> stricter = {
    {"decode/space", "unknown packet type NaN"},
    {"decode/connect-trailing-space", "invalid payload"},
    {"decode/event-id-20-digits", "invalid payload"},
    {"decode/event-id-400-digits", "invalid payload"},
    {"decode/event-id-space", "invalid payload"},
    {"decode/binary-event-num-float", "illegal attachments"},
    {"decode/binary-event-count-1.0", "Illegal attachments"},
    {"decode/binary-event-count-space", "Illegal attachments"},
    {"decode/binary-event-count-hex", "Illegal attachments"},
    {"decode/binary-event-count-1e0", "Illegal attachments"},
};

/// Accepted here as there, but not read as the same.
const std::map<std::string, std::string_view, std::less<>> different = {
    {"decode/event-id-large", "an id is not rounded to a double"},
    {"decode/event-space-before-json", "the space is not an id 0"},
    {"decode/event-newline-before-json", "the space is not an id 0"},
    {"decode/event-proto-key", "__proto__ is a key like any other"},
    {"decode/event-deep", "the notation of the vectors stops at a depth"},
};

void check_last_error(const std::vector<Frame>& frames, std::string_view error) {
  Decoder decoder;
  DecodeResult result;
  for (const Frame& frame : frames) {
    result = decoder.decode(frame.kind, frame.bytes);
    if (result.status == Status::error) {
      break;
    }
  }
  CHECK(result.status == Status::error);
  CHECK(result.error == error);
}

}  // namespace

TEST_CASE("packets are encoded and decoded as the official package does") {
  const auto parser = make_json_parser();
  EncodedPacket encoded;
  tests::for_each_vector("socketio_v5.json", "encode", [&](const rapidjson::Value& vector) {
    if (tests::string_of(vector, "name") == "encode-v4/event-with-buffer") {
      return;  // the encoder of protocol 4 left it to its caller to look for binary
    }
    const std::vector<Frame> frames = frames_of(vector);
    tests::encode(*parser, tests::noted_packet(vector["packet"], UndefinedMembers::dropped),
                  encoded);
    CHECK(encoded.kind == MessageKind::text);
    CHECK(encoded.text == frames[0].bytes);
    REQUIRE(encoded.attachments.size() == frames.size() - 1);
    for (std::size_t i = 1; i < frames.size(); ++i) {
      CHECK(encoded.attachments[i - 1] == frames[i].bytes);
    }
    const bool protocol_4 = vector["protocol"].GetInt() == 4;
    check_decoding(frames, protocol_4 ? vector["decoded_by_protocol_5"] : vector, {});
  });
}

TEST_CASE("messages are decoded as the official package does") {
  tests::for_each_vector("socketio_v5.json", "decode", [&](const rapidjson::Value& vector) {
    const std::string name = tests::string_of(vector, "name");
    // Protocol 4 are the decoders of the clients, "input" is no message.
    if (vector["protocol"].GetInt() == 4 || vector.HasMember("input") || different.contains(name)) {
      return;
    }
    if (const auto found = stricter.find(name); found != stricter.end()) {
      check_last_error(frames_of(vector), found->second);
    } else {
      check_decoding(frames_of(vector), vector, limits_of(vector));
    }
  });
}

TEST_CASE("what is accepted but read differently") {
  Decoder decoder;
  CHECK(decoder.text(R"(29007199254740993["a"])").packet.id == 9007199254740993);
  CHECK_FALSE(decoder.text(R"(2 ["a"])").packet.id);
  CHECK_FALSE(decoder.text("2\n[\"a\"]").packet.id);
  const DecodeResult result = decoder.text(R"(2["a",{"__proto__":{"x":1}}])");
  REQUIRE(result.status == Status::packet);
  CHECK(result.packet.data[1]["__proto__"]["x"].as_int64() == 1);
}

namespace {

/// What the server sent in a session, without the Engine.IO packet types.
std::vector<Frame> frames_of_server(const rapidjson::Value& session) {
  std::vector<Frame> frames;
  for (const auto& step : session["steps"].GetArray()) {
    const std::string type = tests::string_of(step, "type");
    if (tests::string_of(step, "dir") != "s2c" || (type != "text" && type != "binary")) {
      continue;
    }
    const std::string bytes = tests::bytes_of(step);
    if (type == "binary") {
      frames.push_back({MessageKind::binary, bytes});
    } else if (step.HasMember("engine_message")) {
      frames.push_back({MessageKind::text, bytes});
    } else if (bytes.starts_with('4')) {
      frames.push_back({MessageKind::text, bytes.substr(1)});
    }
  }
  return frames;
}

}  // namespace

TEST_CASE("packets of real sessions survive decoding and encoding") {
  EncodedPacket encoded;
  int packets = 0;
  tests::for_each_vector("socketio_v5.json", "session", [&](const rapidjson::Value& vector) {
    Decoder decoder;
    std::string text;
    for (const Frame& frame : frames_of_server(vector)) {
      text = frame.kind == MessageKind::text ? frame.bytes : text;
      const DecodeResult result = decoder.decode(frame.kind, frame.bytes);
      REQUIRE(result.status != Status::error);
      if (result.status == Status::packet) {
        tests::encode(*decoder.parser, tests::copy_of(result.packet), encoded);
        CHECK(encoded.text == text);
        ++packets;
      }
    }
  });
  CHECK(packets > 100);
}

TEST_CASE("acknowledgement ids are as large as 64 bits") {
  const DecodeResult result = Decoder().text(R"(318446744073709551615["ok"])");
  REQUIRE(result.status == Status::packet);
  CHECK(result.packet.id == 18446744073709551615U);
  CHECK(error_of(R"(318446744073709551616["ok"])") == "invalid payload");
  CHECK(Decoder().text(R"(300000000000000000000000000000012[])").packet.id == 12);
}

TEST_CASE("a packet has as many attachments as the limit, and no more") {
  CHECK(Decoder().text(R"(510-["a"])").status == Status::incomplete);
  CHECK(error_of(R"(511-["a"])") == "too many attachments");
  CHECK(error_of(R"(5999999999999999999999999-["a"])") == "too many attachments");
  CHECK(Decoder({.max_attachments = 1}).text(R"(51-["a"])").status == Status::incomplete);
  CHECK(Decoder({.max_attachments = 1}).text(R"(52-["a"])").error == "too many attachments");
}

TEST_CASE("attachments have as many bytes as the limit, and no more") {
  const std::string text = R"(52-["a",{"_placeholder":true,"num":0}])";
  Decoder fits({.max_attachment_bytes = 10});
  REQUIRE(fits.text(text).status == Status::incomplete);
  REQUIRE(fits.binary("12345").status == Status::incomplete);
  CHECK(fits.binary("67890").status == Status::packet);

  Decoder exceeds({.max_attachment_bytes = 10});
  REQUIRE(exceeds.text(text).status == Status::incomplete);
  REQUIRE(exceeds.binary("12345").status == Status::incomplete);
  CHECK(exceeds.binary("678901").status == Status::error);
  CHECK(exceeds.partial == nullptr);
}

TEST_CASE("arrays and objects nest as deeply as the limit, and no deeper") {
  const auto nested = [](std::size_t depth) {  // with the arguments' own array
    return "2[\"a\"," + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "]";
  };
  CHECK(Decoder().text(nested(1024)).status == Status::packet);
  CHECK(error_of(nested(1025)) == "invalid payload");
  CHECK(Decoder({.max_depth = 2}).text(R"(2["a",{}])").status == Status::packet);
  CHECK(Decoder({.max_depth = 2}).text(R"(2["a",[{}]])").error == "invalid payload");
  CHECK(Decoder().text(nested(1024)).packet.data.to_value().size() == 2);
}

TEST_CASE("placeholders of every wrong kind are illegal attachments") {
  for (const char* num : {"1", "-1", "0.5", "1e400", "18446744073709551616", "null", "true",
                          "\"0\"", "\"splice\"", "[0]", "{}", "{\"valueOf\":0}"}) {
    CAPTURE(num);
    Decoder decoder;
    const std::string placeholder = R"({"_placeholder":true,"num":)" + std::string(num) + "}";
    REQUIRE(decoder.text(R"(51-["a",)" + placeholder + "]").status == Status::incomplete);
    CHECK(decoder.binary("x").error == "illegal attachments");
    CHECK(decoder.partial == nullptr);
  }
}

TEST_CASE("placeholders whose number is an integer in another form are bound") {
  for (const char* num : {"0", "-0", "0.0", "0e5"}) {
    CAPTURE(num);
    Decoder decoder;
    const std::string placeholder = R"({"_placeholder":true,"num":)" + std::string(num) + "}";
    REQUIRE(decoder.text(R"(51-["a",)" + placeholder + "]").status == Status::incomplete);
    CHECK(decoder.binary("x").packet.data[1].to_value() == Binary(std::string("x")));
  }
}

TEST_CASE("the last of duplicate keys decides what a placeholder is") {
  Decoder decoder;
  REQUIRE(decoder.text(R"(52-["a",{"num":7,"_placeholder":false,"_placeholder":true,"num":1}])")
              .status == Status::incomplete);
  REQUIRE(decoder.binary("x").status == Status::incomplete);
  CHECK(decoder.binary("y").packet.data[1].to_value() == Binary(std::string("y")));
}

TEST_CASE("attachments are bound wherever they are in the data") {
  Decoder decoder;
  REQUIRE(decoder
              .text(R"(52-/chat,7["a",{"x":[{"_placeholder":true,"num":1}],"y":2},)"
                    R"({"_placeholder":true,"num":0},"z"])")
              .status == Status::incomplete);
  REQUIRE(decoder.binary(std::string("\0\1", 2)).status == Status::incomplete);
  const DecodeResult result = decoder.binary("");
  REQUIRE(result.status == Status::packet);
  CHECK(result.packet.type == PacketType::event);
  CHECK(result.packet.nsp == "/chat");
  CHECK(result.packet.id == 7);
  CHECK(result.packet.data.to_value() ==
        Array{"a", Object{{"x", Array{Binary()}}, {"y", 2}}, Binary(std::string("\0\1", 2)), "z"});
}

TEST_CASE("a binary packet without data waits for its attachments, too") {
  Decoder decoder;
  REQUIRE(decoder.text("51-").status == Status::incomplete);
  const DecodeResult result = decoder.binary("x");
  REQUIRE(result.status == Status::packet);
  CHECK_FALSE(result.packet.data.exists());
}

TEST_CASE("nothing is kept after a packet or an error") {
  Decoder decoder;
  REQUIRE(decoder.text(R"(51-["a"])").status == Status::incomplete);
  CHECK(decoder.text(R"(2["b"])").error == "got plaintext data when reconstructing a packet");
  CHECK(decoder.partial == nullptr);
  REQUIRE(decoder.text(R"(51-["a"])").status == Status::incomplete);
  REQUIRE(decoder.binary("x").status == Status::packet);
  CHECK(decoder.partial == nullptr);
  CHECK(decoder.binary("x").error == "got binary data when not reconstructing a packet");
}

TEST_CASE("binary in other packets than events and acks is JSON, as in Node") {
  const auto parser = make_json_parser();
  EncodedPacket encoded;
  parser->encode(
      {.type = PacketType::connect_error},
      [](Writer& writer) {
        Value(Object{{"x", Binary(std::string("\1\2"))}}).write_to(writer);
      },
      encoded);
  CHECK(encoded.text == R"(4{"x":{"type":"Buffer","data":[1,2]}})");
  CHECK(encoded.attachments.empty());
}

TEST_CASE("an encoded packet can be used again") {
  const auto parser = make_json_parser();
  EncodedPacket encoded;
  parser->encode(
      {.type = PacketType::event, .nsp = "/a", .id = 1},
      [](Writer& writer) {
        Value(Array{"x", Binary()}).write_to(writer);
      },
      encoded);
  CHECK(encoded.text == R"(51-/a,1["x",{"_placeholder":true,"num":0}])");
  parser->encode(
      {.type = PacketType::ack, .id = 2}, [](Writer& writer) { Value(Array{}).write_to(writer); },
      encoded);
  CHECK(encoded.text == "32[]");
  CHECK(encoded.attachments.empty());
  parser->encode({.type = PacketType::disconnect, .nsp = "/a"}, nullptr, encoded);
  CHECK(encoded.text == "1/a,");
}
