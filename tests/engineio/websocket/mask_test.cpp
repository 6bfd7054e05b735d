#include "engineio/websocket/mask.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace engineio::websocket;

namespace {

constexpr MaskKey key{'\x01', '\x20', '\xff', '\x7a'};

std::string masked_one_by_one(std::string bytes, std::size_t offset) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(bytes[i] ^ key[(i + offset) % 4]);
  }
  return bytes;
}

}  // namespace

TEST_CASE("masking works for every size, offset and alignment") {
  for (std::size_t size = 0; size < 80; ++size) {
    for (std::size_t offset = 0; offset < 5; ++offset) {
      for (std::size_t skip = 0; skip < 8; ++skip) {
        std::string bytes(skip + size, 'x');
        apply_mask(std::span(bytes).subspan(skip), key, offset);
        if (bytes.substr(skip) != masked_one_by_one(std::string(size, 'x'), offset)) {
          FAIL_CHECK("size ", size, " offset ", offset, " skip ", skip);
        }
      }
    }
  }
}
