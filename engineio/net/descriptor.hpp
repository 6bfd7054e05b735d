#pragma once

#include <utility>

namespace engineio::net {

/// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() noexcept = default;
  explicit Descriptor(int number) noexcept : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { reset(); }

  [[nodiscard]] int number() const noexcept { return number_; }
  explicit operator bool() const noexcept { return number_ >= 0; }

  [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }
  void reset() noexcept;  ///< closes it

 private:
  int number_ = -1;
};

}  // namespace engineio::net
