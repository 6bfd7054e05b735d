#include "adapters/redis/reply_reader.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "adapters/redis/resp.hpp"

using adapters::redis::append_command;
using adapters::redis::Reply;
using adapters::redis::ReplyReader;

namespace {

/// The replies in `bytes`, which are fed in pieces of `piece`.
std::vector<Reply> read_all(ReplyReader& reader, std::string_view bytes, std::size_t piece) {
  std::vector<Reply> replies;
  while (!bytes.empty() && !reader.failed()) {
    std::span<const char> part(bytes.substr(0, piece));
    bytes.remove_prefix(part.size());
    while (!part.empty()) {
      reader.feed(part);
      while (const Reply* reply = reader.next()) {
        replies.push_back(*reply);
      }
    }
  }
  return replies;
}

std::string nested(int depth) {
  std::string bytes;
  for (int i = 0; i < depth; ++i) {
    bytes += "*1\r\n";
  }
  return bytes + ":1\r\n";
}

}  // namespace

TEST_CASE("resp: commands") {
  std::string bytes;
  append_command(bytes, {"PUBLISH", std::string_view("a\0b", 3), ""});
  CHECK(bytes == "*3\r\n$7\r\nPUBLISH\r\n$3\r\na" + std::string(1, '\0') + "b\r\n$0\r\n\r\n");
  append_command(bytes, std::vector<std::string>{"PING"});
  CHECK(bytes.ends_with("*1\r\n$4\r\nPING\r\n"));
}

TEST_CASE("reply reader: every type, wherever the bytes are cut") {
  const std::string bytes =
      "+OK\r\n-ERR no\r\n:-42\r\n$5\r\na\r\nbc\r\n$-1\r\n*-1\r\n*0\r\n$0\r\n\r\n"
      "*3\r\n$7\r\nmessage\r\n*2\r\n:1\r\n$-1\r\n+x\r\n";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    CAPTURE(piece);
    ReplyReader reader;
    const std::vector<Reply> replies = read_all(reader, bytes, piece);
    REQUIRE(replies.size() == 9);
    CHECK(replies[0].type == Reply::Type::status);
    CHECK(replies[0].text == "OK");
    CHECK(replies[1].type == Reply::Type::error);
    CHECK(replies[1].text == "ERR no");
    CHECK(replies[2].integer == -42);
    CHECK(replies[3].type == Reply::Type::string);
    CHECK(replies[3].text == "a\r\nbc");
    CHECK(replies[4].type == Reply::Type::nil);
    CHECK(replies[5].type == Reply::Type::nil);
    CHECK(replies[6].type == Reply::Type::array);
    CHECK(replies[6].elements.empty());
    CHECK(replies[7].type == Reply::Type::string);
    CHECK(replies[7].text.empty());
    REQUIRE(replies[8].elements.size() == 3);
    CHECK(replies[8].elements[0].text == "message");
    REQUIRE(replies[8].elements[1].elements.size() == 2);
    CHECK(replies[8].elements[1].elements[0].integer == 1);
    CHECK(replies[8].elements[1].elements[1].type == Reply::Type::nil);
    CHECK(replies[8].elements[2].type == Reply::Type::status);
  }
}

TEST_CASE("reply reader: a reply leaves nothing behind in the next one") {
  ReplyReader reader;
  const std::vector<Reply> replies =
      read_all(reader, "*2\r\n*1\r\n:7\r\n$1\r\na\r\n*2\r\n$1\r\nb\r\n$-1\r\n:3\r\n", 1000);
  REQUIRE(replies.size() == 3);
  CHECK(replies[1].elements[0].elements.empty());
  CHECK(replies[1].elements[0].integer == 0);
  CHECK(replies[1].elements[1].text.empty());
  CHECK(replies[2].elements.empty());
}

TEST_CASE("reply reader: more elements than it reserves at once") {
  ReplyReader reader;
  std::string bytes = "*5000\r\n";
  for (int i = 0; i < 5000; ++i) {
    bytes += "*1\r\n:" + std::to_string(i) + "\r\n";
  }
  const std::vector<Reply> replies = read_all(reader, bytes, 777);
  REQUIRE(replies.size() == 1);
  REQUIRE(replies[0].elements.size() == 5000);
  for (int i = 0; i < 5000; ++i) {
    REQUIRE(replies[0].elements[static_cast<std::size_t>(i)].elements.at(0).integer == i);
  }
}

TEST_CASE("reply reader: elements at the limit and one past it") {
  for (const bool past : {false, true}) {
    ReplyReader reader({.reply_bytes = 1000, .reply_elements = 4});
    const std::string bytes =
        past ? "*2\r\n*1\r\n:1\r\n*2\r\n:1\r\n:2\r\n" : "*2\r\n*1\r\n:1\r\n*1\r\n:1\r\n";
    CHECK(read_all(reader, bytes, 3).size() == (past ? 0 : 1));
    CHECK(reader.failed() == past);
    // The count begins anew with each reply.
    CHECK(read_all(reader, "*4\r\n:1\r\n:1\r\n:1\r\n:1\r\n", 3).size() == (past ? 0 : 1));
  }
  ReplyReader reader;
  CHECK(read_all(reader, "*1000001\r\n", 100).empty());
  CHECK(reader.failed());
}

TEST_CASE("reply reader: bytes at the limit and one past it") {
  for (const std::size_t size : {100'000, 100'001}) {
    ReplyReader reader({.reply_bytes = 100'000, .reply_elements = 10});
    const std::string half(size - 50'000, 'x');
    const std::string bytes = "*2\r\n$50000\r\n" + std::string(50'000, 'y') + "\r\n$" +
                              std::to_string(half.size()) + "\r\n" + half + "\r\n";
    CHECK(read_all(reader, bytes, 1000).size() == (size == 100'000 ? 1 : 0));
    CHECK(reader.failed() == (size != 100'000));
  }
  // All of them in one string, of which the last byte is missing for a while.
  ReplyReader whole({.reply_bytes = 100'000, .reply_elements = 10});
  CHECK(read_all(whole, "$100000\r\n" + std::string(100'000, 'x') + "\r\n", 1).size() == 1);
  CHECK_FALSE(whole.failed());
  // Not even what is announced is waited for.
  ReplyReader reader({.reply_bytes = 100'000, .reply_elements = 10});
  read_all(reader, "$99999999\r\n" + std::string(200'000, 'x'), 10'000);
  CHECK(reader.failed());
}

TEST_CASE("reply reader: depth") {
  ReplyReader seven;
  CHECK(read_all(seven, nested(7), 1000).size() == 1);
  ReplyReader many;
  CHECK(read_all(many, nested(100'000), 1000).empty());
  CHECK(many.failed());
}

TEST_CASE("reply reader: what is no RESP") {
  for (const char* bytes : {"HTTP/1.1 400 Bad Request\r\n\r\n", "$x\r\n", "$-2\r\n", "*-2\r\n",
                            "*99999999999999999999\r\n", "$99999999999999999999\r\n", "\r\n",
                            "%1\r\n+a\r\n:1\r\n", ":1x\r\n"}) {
    CAPTURE(bytes);
    ReplyReader reader;
    const auto replies = read_all(reader, bytes, 1000);
    CHECK(replies.empty());
    CHECK(reader.failed());
    CHECK_FALSE(reader.error().empty());
  }
}

TEST_CASE("reply reader: a line that does not end") {
  for (const std::string start : {"+", "-", ":", "*", "$", "*1\r\n+", "*1\r\n$"}) {
    CAPTURE(start);
    ReplyReader reader;
    read_all(reader, start + std::string(60'000, '1'), 10'000);
    CHECK_FALSE(reader.failed());
    read_all(reader, std::string(10'000, '1'), 10'000);
    CHECK(reader.failed());
  }
}
