#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "apps/chat/store/outcome.hpp"

namespace chat {

/// Compares what a request brings with limits, and keeps the first sentence of complaint.
class LimitCheck {
 public:
  /// The size in bytes.
  void text(const char* what, std::string_view text, std::size_t least, std::size_t most) {
    size(what, text.size(), least, most, "bytes");
  }

  void size(const char* what, std::size_t size, std::size_t least, std::size_t most,
            const char* unit) {
    if (size < least) {
      fail(std::string(what) + " must not be empty");
    } else if (size > most) {
      fail(std::string(what) + " has " + std::to_string(size) + ' ' + unit + ", at most " +
           std::to_string(most) + " are allowed");
    }
  }

  void fail(std::string complaint) {
    if (complaint_.empty()) {
      complaint_ = std::move(complaint);
    }
  }

  [[nodiscard]] bool failed() const noexcept { return !complaint_.empty(); }

  /// Of the request that failed.
  template <class T>
  [[nodiscard]] Outcome<T> outcome() const {
    return {.failure = Failure::invalid, .error = complaint_, .value = {}};
  }

 private:
  std::string complaint_;
};

/// Calls a callback, which may be empty.
template <class T>
void answer(Callback<T>& callback, Outcome<T> outcome) {
  if (callback) {
    callback(std::move(outcome));
  }
}

}  // namespace chat
