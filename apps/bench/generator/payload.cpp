#include "apps/bench/generator/payload.hpp"

#include <charconv>

#include "apps/bench/generator/failure.hpp"

namespace bench {
namespace {

// Prime, so that bytes that have moved are not mistaken for those that belong there.
constexpr std::size_t period = 251;

char filler(std::size_t i, Payload::Content content) {
  const std::size_t step = i % period;
  return static_cast<char>(content == Payload::Content::letters ? 'a' + step % 26 : step);
}

}  // namespace

Payload::Payload(std::size_t size, Content content) {
  if (size < smallest) {
    throw Failure("--size takes at least " + std::to_string(smallest) + " bytes");
  }
  for (std::size_t i = 0; i < size; ++i) {
    bytes_ += filler(i, content);
  }
}

std::string_view Payload::of(std::size_t sender, std::uint64_t number) {
  write_digits(0, sender_digits, sender);
  write_digits(sender_digits, number_digits, number);
  return bytes_;
}

std::size_t Payload::sender_of(std::string_view payload) {
  std::size_t sender = SIZE_MAX;
  const std::string_view digits = payload.substr(0, sender_digits);
  std::from_chars(digits.data(), digits.data() + digits.size(), sender);
  return sender;
}

void Payload::write_digits(std::size_t offset, std::size_t digits, std::uint64_t value) {
  for (std::size_t i = offset + digits; i-- > offset; value /= 10) {
    bytes_[i] = static_cast<char>('0' + value % 10);
  }
}

}  // namespace bench
