#include "socketio/parser/packet_header.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace socketio;
using parser::append_packet_header;
using parser::insert_attachment_count;
using parser::scan_packet_header;
using parser::ScannedHeader;

namespace {

ScannedHeader scan(std::string_view text) { return scan_packet_header(text, 10); }

std::string header_text(const PacketHeader& header) {
  std::string text;
  append_packet_header(text, header);
  return text;
}

}  // namespace

TEST_CASE("all parts of a header are found") {
  const ScannedHeader header = scan("53-/chat,42[\"a\"]");
  CHECK(header.error.empty());
  CHECK(header.type == PacketType::binary_event);
  CHECK(header.attachments == 3);
  CHECK(header.nsp == "/chat");
  CHECK(header.id == 42);
  CHECK(header.size == 11);
}

TEST_CASE("what is left out has its default") {
  const ScannedHeader header = scan("2[\"a\"]");
  CHECK(header.error.empty());
  CHECK(header.type == PacketType::event);
  CHECK(header.attachments == 0);
  CHECK(header.nsp == "/");
  CHECK_FALSE(header.id);
  CHECK(header.size == 1);
}

TEST_CASE("a namespace ends at the first comma or with the text") {
  CHECK(scan("0/a").nsp == "/a");
  CHECK(scan("0/a").size == 3);
  CHECK(scan("0/a,").size == 4);
  CHECK(scan("0/a?b=[1],2{}").nsp == "/a?b=[1]");
  CHECK(scan("0/a?b=[1],2{}").id == 2);
  CHECK(scan("0/,").nsp == "/");
  CHECK(scan("0/").nsp == "/");
}

TEST_CASE("headers that are not well-formed") {
  CHECK(scan("7").error == "unknown packet type 7");
  CHECK(scan("8").error == "unknown packet type 8");
  CHECK(scan("9").error == "unknown packet type 9");
  CHECK(scan("x").error == "unknown packet type NaN");
  CHECK(scan("5").error == "Illegal attachments");
  CHECK(scan("5-").error == "Illegal attachments");
  CHECK(scan("50-").error == "Illegal attachments");
  CHECK(scan("51").error == "Illegal attachments");
  CHECK(scan("6007-").error.empty());
  CHECK(scan("610-").error.empty());
  CHECK(scan("611-").error == "too many attachments");
  CHECK(scan("2" + std::string(400, '9')).error == "invalid payload");
}

TEST_CASE("headers are written without what is left out") {
  CHECK(header_text({.type = PacketType::connect}) == "0");
  CHECK(header_text({.type = PacketType::ack, .nsp = "/a", .id = 0}) == "3/a,0");
  CHECK(header_text({.type = PacketType::event, .id = 18446744073709551615U}) ==
        "218446744073709551615");
}

TEST_CASE("the number of attachments makes a packet binary") {
  std::string event = "2/a,[]";
  insert_attachment_count(event, 1);
  CHECK(event == "51-/a,[]");
  std::string ack = "31[]";
  insert_attachment_count(ack, 12);
  CHECK(ack == "612-1[]");
}
