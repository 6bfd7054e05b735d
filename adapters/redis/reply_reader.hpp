#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "adapters/redis_reply.hpp"

struct redisReader;

namespace adapters::redis {

/// Bytes of a server to replies. What it keeps is bounded whatever the server sends.
class ReplyReader {
 public:
  struct Limits {
    std::size_t reply_bytes = 512 * 1024 * 1024;  ///< of all strings of a reply together
    std::size_t reply_elements = 1'000'000;       ///< of all arrays of a reply together
  };
  // Arrays may be nested seven deep: that is hiredis' limit.

  ReplyReader() : ReplyReader(Limits()) {}
  explicit ReplyReader(Limits limits);
  ~ReplyReader();
  ReplyReader(const ReplyReader&) = delete;
  ReplyReader& operator=(const ReplyReader&) = delete;

  /// Takes bytes from the front of `received` and removes them. Call next() until it returns
  /// nullptr before the next call.
  void feed(std::span<const char>& received);

  /// The next whole reply, valid until the next call, or nullptr. It may be moved from or changed;
  /// one that is left alone lends its memory to the next reply.
  [[nodiscard]] Reply* next();

  /// The server does not speak RESP2, or exceeded a limit: nothing more will come.
  [[nodiscard]] bool failed() const noexcept { return !error_.empty(); }
  [[nodiscard]] const std::string& error() const noexcept { return error_; }

 private:
  friend struct ReplyBuilder;
  struct Free {
    void operator()(redisReader* reader) const noexcept;
  };

  [[nodiscard]] bool within_limits() const noexcept;

  const Limits limits_;
  std::unique_ptr<redisReader, Free> reader_;
  Reply reply_;
  std::size_t elements_ = 0;    // of reply_, as announced
  std::size_t text_bytes_ = 0;  // of reply_
  std::string error_;
};

}  // namespace adapters::redis
