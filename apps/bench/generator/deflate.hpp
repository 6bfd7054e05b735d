#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace bench {

/// permessage-deflate (RFC 7692) where neither side keeps a context from message to message: one
/// will do for all connections.
class Deflate {
 public:
  Deflate();
  ~Deflate();
  Deflate(const Deflate&) = delete;
  Deflate& operator=(const Deflate&) = delete;

  /// What they return is valid until the next call. Throw Failure on what is not compressed.
  [[nodiscard]] std::string_view compress(std::string_view message);
  [[nodiscard]] std::string_view decompress(std::string_view message);

  /// How many messages came compressed.
  [[nodiscard]] std::uint64_t decompressed() const { return decompressed_; }

 private:
  struct Streams;

  std::unique_ptr<Streams> streams_;
  std::string compressed_;  // with the tail that the wire leaves out
  std::string plain_;
  std::uint64_t decompressed_ = 0;
};

}  // namespace bench
