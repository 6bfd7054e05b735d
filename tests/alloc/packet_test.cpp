#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <tuple>

#include "socketio/convert.hpp"
#include "socketio/parser.hpp"
#include "tests/alloc/allocations.hpp"

using namespace socketio;
using tests::count_allocations;

namespace {

/// Receives an event with an argument, and answers with it.
class Echo {
 public:
  explicit Echo(std::unique_ptr<const Parser> parser) : parser_(std::move(parser)) {
    const std::string argument(64, 'x');
    const auto payload = [&](Writer& writer) {
      write_value(writer, std::tuple("echo", std::string_view(argument), 42, 1.5, true));
    };
    parser_->encode({.type = PacketType::event, .nsp = "/chat", .id = 17}, payload, encoded_);
    event_ = encoded_.text;
  }

  bool operator()() {
    message_.assign(event_);
    const DecodeResult result = parser_->decode(encoded_.kind, message_, partial_, scratch_);
    std::string_view argument;
    if (result.status != DecodeResult::Status::packet ||
        !read_value(result.packet.data[1], argument)) {
      return false;
    }
    const auto payload = [&](Writer& writer) {
      write_value(writer, std::tuple(argument, 42, 1.5));
    };
    parser_->encode({PacketType::ack, result.packet.nsp, result.packet.id}, payload, encoded_);
    return encoded_.text.size() > argument.size();
  }

 private:
  std::unique_ptr<const Parser> parser_;
  std::string event_;
  std::string message_;
  std::unique_ptr<PartialPacket> partial_;
  DecodeScratch scratch_;
  EncodedPacket encoded_;
};

}  // namespace

TEST_CASE("receiving an event and answering it does not allocate") {
  Echo json(make_json_parser());
  Echo msgpack(make_msgpack_parser());
  for (Echo* echo : {&json, &msgpack}) {
    REQUIRE((*echo)());  // the buffers grow
    bool ok = true;
    const std::size_t allocations = count_allocations([&] {
      for (int i = 0; i < 100; ++i) {
        ok = (*echo)() && ok;
      }
    });
    CHECK(ok);
    CHECK(allocations == 0);
  }
}
