#include "engineio/bytes.hpp"

#include <cstring>
#include <limits>
#include <new>
#include <stdexcept>

namespace engineio {

Bytes Bytes::allocate(std::size_t size) {
  if (size > std::numeric_limits<std::uint32_t>::max()) {
    throw std::length_error("Bytes: 4 GiB or more");
  }
  Bytes bytes;
  bytes.block_ = static_cast<Block*>(::operator new(sizeof(Block) + size));
  bytes.block_->references = 1;
  bytes.block_->size = static_cast<std::uint32_t>(size);
  return bytes;
}

Bytes Bytes::copy(std::string_view source) {
  Bytes bytes = allocate(source.size());
  if (!source.empty()) {
    std::memcpy(bytes.data(), source.data(), source.size());
  }
  return bytes;
}

void Bytes::release() noexcept {
  if (block_ != nullptr && --block_->references == 0) {
    ::operator delete(block_);
  }
}

}  // namespace engineio
