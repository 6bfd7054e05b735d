#include <doctest/doctest.h>

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "socketio/codec.hpp"
#include "socketio/parser.hpp"
#include "tests/socketio/notation.hpp"
#include "tests/support/vectors.hpp"

// Messages that are almost packets. What is looked for here are crashes under the sanitizers, and
// packets that break their promises. SIO_MUTATIONS sets the number of messages.

using namespace socketio;
using engineio::MessageKind;

namespace {

struct Message {
  MessageKind kind;
  std::string bytes;
};

int number_of_messages() {
  const char* number = std::getenv("SIO_MUTATIONS");
  return number != nullptr ? std::atoi(number) : 20000;
}

std::vector<Message> json_messages() {
  std::vector<Message> messages;
  for (const char* kind : {"encode", "decode"}) {
    tests::for_each_vector("socketio_v5.json", kind, [&](const rapidjson::Value& vector) {
      if (vector.HasMember("frames")) {
        for (const auto& frame : vector["frames"].GetArray()) {
          const bool text = tests::string_of(frame, "type") == "text";
          messages.push_back(
              {text ? MessageKind::text : MessageKind::binary, tests::bytes_of(frame)});
        }
      }
    });
  }
  return messages;
}

std::vector<Message> msgpack_messages() {
  std::vector<Message> messages;
  for (const char* kind : {"encode", "decode"}) {
    tests::for_each_vector("socketio_msgpack.json", kind, [&](const rapidjson::Value& vector) {
      if (vector.HasMember("bytes")) {
        messages.push_back({MessageKind::binary, tests::bytes_of(vector)});
      }
    });
  }
  return messages;
}

class Mutator {
 public:
  explicit Mutator(std::vector<Message> messages) : messages_(std::move(messages)) {}

  Message next() {
    Message message = messages_[below(messages_.size())];
    for (std::size_t i = below(4); i > 0; --i) {
      mutate(message.bytes);
    }
    return message;
  }

 private:
  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }

  void mutate(std::string& bytes) {
    const std::size_t at = below(bytes.size() + 1);
    switch (below(5)) {
      case 0:
        bytes.insert(at, 1, static_cast<char>(below(256)));
        break;
      case 1:
        bytes.erase(at, 1 + below(4));
        break;
      case 2:
        bytes.resize(at);
        break;
      case 3:
        bytes.insert(at, messages_[below(messages_.size())].bytes);
        break;
      default:
        if (at < bytes.size()) {
          bytes[at] = static_cast<char>(below(256));
        }
    }
  }

  std::vector<Message> messages_;
  std::mt19937 random_{4711};  // NOLINT: the same messages each time
};

/// A packet keeps its promises, and its data can be sent on as JSON.
void check_promises(const Packet& packet) {
  CHECK(packet.type <= PacketType::connect_error);
  // An event of the msgpack parser may have any name, or none.
  CHECK((is_valid_data(packet.type, packet.data) ||
         (packet.type == PacketType::event && packet.data.is_array())));
  if (!packet.data.exists()) {
    return;
  }
  std::string json;
  write_json([&](Writer& writer) { packet.data.write_to(writer); }, json);
  CHECK(Document::from_json(json, 1024).has_value());
  std::string msgpack;
  write_msgpack([&](Writer& writer) { packet.data.write_to(writer); }, MsgpackDialect::notepack3,
                msgpack);
  CHECK(Document::from_msgpack(msgpack, MsgpackDialect::notepack3, 1024).has_value());
  (void)packet.data.to_value();
}

/// Returns how many packets there were.
int decode_mutations(const Parser& parser, Mutator mutator) {
  std::unique_ptr<PartialPacket> partial;
  DecodeScratch scratch;
  int packets = 0;
  for (int i = number_of_messages(); i > 0; --i) {
    const Message message = mutator.next();
    // A buffer of exactly this size, so that the address sanitizer sees its end.
    const std::unique_ptr<char[]> bytes(new char[message.bytes.size()]);
    message.bytes.copy(bytes.get(), message.bytes.size());
    const DecodeResult result =
        parser.decode(message.kind, {bytes.get(), message.bytes.size()}, partial, scratch);
    CHECK((result.status == DecodeResult::Status::error) == !result.error.empty());
    CHECK((result.status == DecodeResult::Status::incomplete) == (partial != nullptr));
    if (result.status == DecodeResult::Status::packet) {
      check_promises(result.packet);
      ++packets;
    }
  }
  return packets;
}

}  // namespace

TEST_CASE("mutated packets") {
  CHECK(decode_mutations(*make_json_parser(), Mutator(json_messages())) > 1000);
}

TEST_CASE("mutated msgpack packets") {
  CHECK(decode_mutations(*make_msgpack_parser(), Mutator(msgpack_messages())) > 1000);
}
