#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "socketio/value_view.hpp"

namespace chat {

/// The number of characters (code points) of a text in UTF-8.
[[nodiscard]] std::size_t character_count(std::string_view utf8) noexcept;

/// Reads the members of an event's payload and remembers what was wrong with the first bad one, in
/// the words of class-validator: `message must be a string`, `message should not be empty`,
/// `message must be shorter than or equal to 500 characters`.
///
///     PayloadReader read(payload);
///     const std::string_view room = read.text("room", 128);
///     const std::optional<std::string_view> nonce = read.optional_text("nonce", 64);
///     if (!read.valid()) return Failure{read.error()};
///
/// A member that is bad reads as empty, false or 0. Views live as long as the payload.
class PayloadReader {
 public:
  /// A payload that is no object is wrong already: `the payload must be an object`.
  explicit PayloadReader(socketio::ValueView payload);

  /// 1 to `most` characters. A text of nothing but white space is empty.
  [[nodiscard]] std::string_view text(std::string_view name, std::size_t most);
  /// The same, where it may be missing or null.
  [[nodiscard]] std::optional<std::string_view> optional_text(std::string_view name,
                                                              std::size_t most);
  [[nodiscard]] bool flag(std::string_view name);
  [[nodiscard]] std::optional<std::int64_t> optional_integer(std::string_view name,
                                                             std::int64_t least, std::int64_t most);
  /// Binary of 1 to `most_bytes`, where it may be missing or null.
  [[nodiscard]] std::optional<std::span<const std::byte>> optional_bytes(std::string_view name,
                                                                         std::size_t most_bytes);
  /// A list of 1 to `most` texts of up to `most_characters` each.
  [[nodiscard]] std::vector<std::string_view> texts(std::string_view name, std::size_t most,
                                                    std::size_t most_characters);

  /// Makes the payload wrong for a reason of the caller's, unless it was wrong before.
  void reject(std::string reason);

  [[nodiscard]] bool valid() const noexcept { return error_.empty(); }
  [[nodiscard]] const std::string& error() const noexcept { return error_; }

 private:
  [[nodiscard]] std::string_view checked_text(std::string_view name, socketio::ValueView value,
                                              std::size_t most);

  socketio::ValueView payload_;
  std::string error_;
};

}  // namespace chat
