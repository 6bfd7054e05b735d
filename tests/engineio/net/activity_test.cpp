#include "engineio/activity.hpp"

#include <atomic>
#include <string>
#include <thread>

#include <doctest/doctest.h>

using engineio::Activity;
using engineio::CurrentActivity;
using engineio::MessageActivity;
using engineio::quoted;

namespace {

std::string describe_text(const void* text) { return *static_cast<const std::string*>(text); }

/// In two halves, with time for the other thread between them.
std::string describe_slowly(const void* text) {
  const auto& whole = *static_cast<const std::string*>(text);
  const std::string half = whole.substr(0, whole.size() / 2);
  std::this_thread::yield();
  return half + whole.substr(half.size());
}

}  // namespace

TEST_SUITE("activity") {
  TEST_CASE("the innermost one that is under way") {
    CurrentActivity current;
    CHECK(current.describe().empty());
    {
      const std::string text = "an event";
      const Activity outer(current, &text, describe_text);
      CHECK(current.describe() == "an event");
      {
        const Activity inner(current, "a middleware");
        CHECK(current.describe() == "a middleware");
      }
      CHECK(current.describe() == "an event");
    }
    CHECK(current.describe().empty());
  }

  TEST_CASE("messages are described in one way, and what is done for them in its own") {
    CurrentActivity current;
    current.describe_messages_with(describe_text);
    {
      const std::string text = "a message";
      const MessageActivity message(current, &text);
      CHECK(current.describe() == "a message");
      const Activity inner(current, "a middleware");
      CHECK(current.describe() == "a middleware");
    }
    CHECK(current.describe().empty());
  }

  TEST_CASE("none ends while it is read") {
    CurrentActivity current;
    current.describe_messages_with(describe_slowly);
    std::atomic<bool> over = false;
    std::atomic<bool> begun = false;
    std::thread shard([&] {
      for (std::size_t i = 0; !over; ++i) {
        std::string text(100 + i % 50, static_cast<char>('a' + i % 26));
        {
          const MessageActivity activity(current, &text);
          begun = true;
        }
        { const Activity activity(current, &text, describe_slowly); }
        text.assign(text.size(), '!');
      }
    });
    while (!begun) {
      std::this_thread::yield();
    }
    int read = 0;
    int torn = 0;
    for (int i = 0; i < 2000 || read == 0; ++i) {
      const std::string text = current.describe();
      read += text.empty() ? 0 : 1;
      torn +=
          text.find_first_not_of(text.substr(0, 1)) == text.npos && !text.starts_with('!') ? 0 : 1;
    }
    over = true;
    shard.join();
    CHECK(torn == 0);
  }

  TEST_CASE("names are cut off and cannot pass for something else") {
    CHECK(quoted("message") == "`message`");
    CHECK(quoted("") == "``");
    CHECK(quoted(std::string(64, 'x')) == "`" + std::string(64, 'x') + "`");
    CHECK(quoted(std::string(65, 'x')) == "`" + std::string(64, 'x') + "`");
    CHECK(quoted(std::string(63, 'x') + "\u00e9") == "`" + std::string(63, 'x') + "`");
    CHECK(quoted(std::string(62, 'x') + "\u00e9") == "`" + std::string(62, 'x') + "\u00e9`");
    CHECK(quoted("a\nb\x7f`c` of `/d") == "`a?b??c? of ?/d`");
    CHECK(quoted(std::string(100, '\x80')) == "``");
  }
}
