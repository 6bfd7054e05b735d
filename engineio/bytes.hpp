#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace engineio {

/// Immutable bytes with a reference count: one allocation, any number of holders.
///
/// The count is a plain integer, so all holders of one block must live on the same thread. Bytes
/// that go to another shard are copied there once (`Bytes::copy`), or moved while nobody else
/// holds them.
class Bytes {
 public:
  Bytes() noexcept = default;

  /// A block of `size` bytes for the caller to fill through `data()` before it is shared. Throws
  /// std::length_error for 4 GiB or more.
  [[nodiscard]] static Bytes allocate(std::size_t size);
  [[nodiscard]] static Bytes copy(std::string_view bytes);

  Bytes(const Bytes& other) noexcept : block_(other.block_) {
    if (block_ != nullptr) {
      ++block_->references;
    }
  }
  Bytes(Bytes&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Bytes& operator=(Bytes other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Bytes() { release(); }

  [[nodiscard]] char* data() noexcept { return reinterpret_cast<char*>(block_ + 1); }
  [[nodiscard]] const char* data() const noexcept {
    return reinterpret_cast<const char*>(block_ + 1);
  }
  [[nodiscard]] std::size_t size() const noexcept { return block_ == nullptr ? 0 : block_->size; }
  [[nodiscard]] std::string_view view() const noexcept {
    return block_ == nullptr ? std::string_view{} : std::string_view{data(), size()};
  }
  explicit operator bool() const noexcept { return block_ != nullptr; }

 private:
  struct Block {
    std::uint32_t references;
    std::uint32_t size;
  };

  void release() noexcept;

  Block* block_ = nullptr;
};

/// A part of shared bytes: what one entry of an output queue holds.
struct Slice {
  Bytes bytes;
  std::uint32_t offset = 0;
  std::uint32_t size = 0;

  [[nodiscard]] static Slice whole(Bytes bytes) {
    const auto size = static_cast<std::uint32_t>(bytes.size());
    return {std::move(bytes), 0, size};
  }
  [[nodiscard]] std::string_view view() const noexcept { return bytes.view().substr(offset, size); }
};

}  // namespace engineio
