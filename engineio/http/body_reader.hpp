#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "engineio/function.hpp"

namespace engineio::http {

enum class BodyEnd : std::uint8_t {
  complete,
  too_large,  ///< more bytes than the limit
};

/// Puts a body together from its pieces, without copying one that comes in one piece. `done` may
/// destroy the reader.
class BodyReader {
 public:
  using Done = Function<void(BodyEnd, std::span<char>)>;

  BodyReader(std::size_t limit, Done done) : limit_(limit), done_(std::move(done)) {}

  /// The next piece, which stays valid until keep() is called. Calls `done` when it is too much.
  void add(std::span<char> piece);

  /// The pieces seen so far become invalid: copies what is needed of them.
  void keep();

  /// The body is complete. Calls `done`, unless it was too large.
  void finish();

  /// Whether `done` has been called.
  [[nodiscard]] bool is_done() const noexcept { return !done_; }

 private:
  void call(BodyEnd end, std::span<char> body);

  std::size_t limit_;
  Done done_;
  std::span<char> in_place_;  ///< the only piece so far, or empty
  std::string buffer_;
};

}  // namespace engineio::http
