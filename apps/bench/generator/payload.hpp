#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

/// The content of a message: bytes that say who sent it and as which one of its messages, so that
/// no two messages of a run are the same.
class Payload {
 public:
  static constexpr std::size_t sender_digits = 6;
  static constexpr std::size_t number_digits = 12;
  static constexpr std::size_t smallest = sender_digits + number_digits;

  enum class Content { letters, all_bytes };

  explicit Payload(std::size_t size, Content content = Content::letters);

  /// Valid until the next call.
  [[nodiscard]] std::string_view of(std::size_t sender, std::uint64_t number);

  /// The sender that a payload names; SIZE_MAX if it is not one.
  [[nodiscard]] static std::size_t sender_of(std::string_view payload);

 private:
  void write_digits(std::size_t offset, std::size_t digits, std::uint64_t value);

  std::string bytes_;
};

}  // namespace bench
