#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "socketio/arguments.hpp"
#include "socketio/parser.hpp"
#include "tests/instructions/benchmark.hpp"

using namespace socketio;

namespace instructions {
namespace {

constexpr PacketHeader header{.type = PacketType::event, .nsp = "/", .id = 17};

/// What the benchmark of the server sends.
void write_short_event(Writer& writer) {
  static const std::string text(64, 'x');
  write_event(writer, "echo", std::string_view(text));
}

/// What an application sends: an object with text that has to be looked at closely.
void write_object_event(Writer& writer) {
  static const Value message =
      Object{{"room", "lobby"},
             {"user", Object{{"id", 4711}, {"name", "Åsa Öberg"}, {"admin", false}}},
             {"text", "She said \"see you at the café\",\nand left. 👋"},
             {"at", 1'700'000'000'123},
             {"position", Array{59.3293, 18.0686}},
             {"mentions", Array{"ada", "grace", "edsger"}},
             {"reply_to", nullptr}};
  write_event(writer, "message", message);
}

/// An event with an attachment of 1 kB.
void write_binary_event(Writer& writer) {
  static const std::vector<std::byte> bytes(1024, std::byte{0xa5});
  write_event(writer, "file", std::span<const std::byte>(bytes));
}

using Payload = void (*)(Writer&);

class DecodeEvent final : public Benchmark {
 public:
  DecodeEvent(std::unique_ptr<const Parser> parser, Payload payload) : parser_(std::move(parser)) {
    parser_->encode(header, payload, sent_);
  }

  void prepare() override {
    text_ = sent_.text;
    attachments_ = sent_.attachments;
  }
  void run() override {
    result_ = parser_->decode(sent_.kind, text_, partial_, scratch_);
    for (std::string& attachment : attachments_) {
      result_ = parser_->decode(engineio::MessageKind::binary, attachment, partial_, scratch_);
    }
  }
  [[nodiscard]] bool succeeded() const override {
    return result_.status == DecodeResult::Status::packet && result_.packet.id == header.id &&
           result_.packet.data.size() == 2;
  }

 private:
  std::unique_ptr<const Parser> parser_;
  EncodedPacket sent_;
  std::string text_;
  std::vector<std::string> attachments_;
  std::unique_ptr<PartialPacket> partial_;
  DecodeScratch scratch_;
  DecodeResult result_;
};

class EncodeEvent final : public Benchmark {
 public:
  EncodeEvent(std::unique_ptr<const Parser> parser, Payload payload)
      : parser_(std::move(parser)), payload_(payload) {
    parser_->encode(header, payload_, expected_);
  }

  void run() override { parser_->encode(header, payload_, encoded_); }
  [[nodiscard]] bool succeeded() const override {
    return encoded_.text == expected_.text && encoded_.attachments == expected_.attachments;
  }

 private:
  std::unique_ptr<const Parser> parser_;
  Payload payload_;
  EncodedPacket expected_;
  EncodedPacket encoded_;
};

template <class EventBenchmark, auto make_parser, Payload payload>
std::unique_ptr<Benchmark> make() {
  return std::make_unique<EventBenchmark>(make_parser({}), payload);
}

}  // namespace

std::vector<Entry> parser_benchmarks() {
  return {{"decode_event", make<DecodeEvent, make_json_parser, write_short_event>},
          {"decode_event_object", make<DecodeEvent, make_json_parser, write_object_event>},
          {"decode_event_binary", make<DecodeEvent, make_json_parser, write_binary_event>},
          {"decode_event_msgpack", make<DecodeEvent, make_msgpack_parser, write_object_event>},
          {"encode_event", make<EncodeEvent, make_json_parser, write_short_event>},
          {"encode_event_object", make<EncodeEvent, make_json_parser, write_object_event>},
          {"encode_event_binary", make<EncodeEvent, make_json_parser, write_binary_event>},
          {"encode_event_msgpack", make<EncodeEvent, make_msgpack_parser, write_object_event>}};
}

}  // namespace instructions
