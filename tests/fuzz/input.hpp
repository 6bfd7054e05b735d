#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace fuzz {

/// A property that does not hold for an input.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

inline void require(bool holds, const char* property) {
  if (!holds) {
    throw Failure(property);
  }
}

/// What follows from bytes is the same wherever they are cut: `whole` from all of them at once,
/// `pieces` from one after the other. Shows what surrounds the first difference.
inline void require_same(std::string_view whole, std::string_view pieces) {
  if (whole == pieces) {
    return;
  }
  const auto first = std::mismatch(whole.begin(), whole.end(), pieces.begin(), pieces.end()).first;
  const auto at = static_cast<std::size_t>(first - whole.begin());
  const std::size_t begin = at - std::min<std::size_t>(at, 100);
  throw Failure("it depends on where bytes are cut\n--- at once\n" +
                std::string(whole.substr(begin, 300)) + "\n--- in pieces\n" +
                std::string(pieces.substr(begin, 300)));
}

/// A copy in a heap block of exactly its size, so that AddressSanitizer sees who reads past it.
class Copy {
 public:
  explicit Copy(std::string_view bytes) : bytes_(new char[bytes.size()]), size_(bytes.size()) {
    std::copy(bytes.begin(), bytes.end(), bytes_.get());
  }

  [[nodiscard]] std::span<char> span() { return {bytes_.get(), size_}; }
  [[nodiscard]] std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_;
};

/// Takes the first byte off the input: a choice. 0 if there is none.
inline std::uint8_t take_byte(std::string_view& input) {
  if (input.empty()) {
    return 0;
  }
  const auto byte = static_cast<std::uint8_t>(input.front());
  input.remove_prefix(1);
  return byte;
}

/// Takes the bytes up to the next `separator` off the input, and the separator.
inline std::string_view take_record(std::string_view& input, char separator) {
  const std::string_view record = input.substr(0, input.find(separator));
  input.remove_prefix(std::min(record.size() + 1, input.size()));
  return record;
}

/// Cuts bytes into pieces, as a network may: single bytes where `how` is below 4, else pieces of
/// any size up to 1 + how / 4.
inline std::vector<std::string_view> cut(std::string_view bytes, std::uint8_t how) {
  std::vector<std::string_view> pieces;
  std::uint32_t state = how;
  while (!bytes.empty()) {
    state = state * 1664525 + 1013904223;
    const std::size_t size = 1 + (state >> 24) % (1 + how / 4U);
    pieces.push_back(bytes.substr(0, size));
    bytes.remove_prefix(std::min(size, bytes.size()));
  }
  return pieces;
}

/// Hands all of the bytes to a receiver, cut into pieces.
template <class Receiver>
void deliver(Receiver& receiver, std::string_view bytes, std::uint8_t how) {
  for (const std::string_view piece : cut(bytes, how)) {
    receiver.receive(piece);
  }
}

}  // namespace fuzz
