#include "engineio/websocket/deflate.hpp"

#include <string>

#include "tests/fuzz/input.hpp"
#include "tests/fuzz/targets.hpp"

// What permessage-deflate inflates and deflates. The first byte says which, and with which window,
// the second how long the first of the two messages is.

namespace fuzz {

using namespace engineio::websocket;

namespace {

constexpr std::size_t max_size = 3000;

struct Inflated {
  InflateResult result;
  std::string data;
  bool operator==(const Inflated&) const = default;
};

Inflated inflate(Inflater& inflater, std::string_view bytes, ContextTakeover takeover) {
  const Copy copy(bytes);
  Inflated inflated;
  inflated.data = "what was there";
  inflated.result = inflater.decompress(copy.view(), max_size, takeover, inflated.data);
  require(inflated.data.starts_with("what was there"), "what was there stays");
  inflated.data.erase(0, std::string_view("what was there").size());
  require(inflated.data.size() <= max_size, "no more than the limit is inflated");
  return inflated;
}

/// A shared inflater serves many connections: none sees what another has sent.
void check_inflater(std::string_view first, std::string_view second, int window_bits) {
  Inflater shared(window_bits);
  (void)inflate(shared, first, ContextTakeover::no);
  const Inflated after = inflate(shared, second, ContextTakeover::no);
  Inflater fresh(window_bits);
  require(inflate(fresh, second, ContextTakeover::no) == after,
          "without takeover nothing of another message is left");

  Inflater own(window_bits);
  if (inflate(own, first, ContextTakeover::yes).result == InflateResult::ok) {
    (void)inflate(own, second, ContextTakeover::yes);
  }
}

void check_deflater(std::string_view first, std::string_view second, int window_bits,
                    ContextTakeover takeover) {
  Deflater deflater(window_bits);
  Inflater inflater(window_bits);
  for (const std::string_view message : {first, second, first}) {
    std::string bytes = "what was there";
    require(deflater.compress(message, takeover, bytes), "there is memory for a window");
    bytes.erase(0, std::string_view("what was there").size());
    const Inflated again = inflate(inflater, bytes, takeover);
    if (message.size() <= max_size) {
      require(again.result == InflateResult::ok && again.data == message,
              "what was deflated is inflated to the same");
    } else {
      require(again.result == InflateResult::too_big, "more than the limit is refused");
      return;
    }
  }
}

}  // namespace

void deflate(std::string_view input) {
  const std::uint8_t choices = take_byte(input);
  const std::size_t first_size = take_byte(input);
  const std::string_view first = input.substr(0, first_size);
  const std::string_view second = input.substr(first.size());
  const int window_bits = 9 + choices / 4 % 7;
  if (choices % 2 == 0) {
    check_inflater(first, second, window_bits);
  } else {
    check_deflater(first, second, window_bits,
                   (choices & 2) != 0 ? ContextTakeover::yes : ContextTakeover::no);
  }
}

}  // namespace fuzz
