#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "engineio/websocket/deflate.hpp"
#include "engineio/websocket/permessage_deflate.hpp"

namespace engineio::websocket {

/// zlib state for the messages of all connections of a thread that do not carry windows over.
/// What it compresses is the same for all of them that have the same window size, so a broadcast
/// needs to be compressed only once for each size.
class SharedDeflate {
 public:
  explicit SharedDeflate(const DeflateOptions& options = {}) : options_(options) {}

  [[nodiscard]] const DeflateOptions& options() const { return options_; }

  /// `window_bits`: 9 to 15.
  [[nodiscard]] Deflater& deflater(int window_bits);
  [[nodiscard]] Inflater& inflater() { return inflater_; }

 private:
  DeflateOptions options_;
  std::array<std::optional<Deflater>, 7> deflaters_;
  Inflater inflater_;
};

/// permessage-deflate on one connection. Holds windows of its own only for a direction whose
/// context takeover was agreed on.
class MessageCompression {
 public:
  /// `shared` must outlive this object and belong to the same thread.
  MessageCompression(const DeflateParameters& parameters, SharedDeflate& shared);

  /// Appends the compressed form of an outgoing message to `out`. False, with `out` unchanged: it
  /// is below the threshold, so it is to be sent as it is, without RSV1.
  [[nodiscard]] bool compress(std::string_view message, std::string& out);

  /// Appends an incoming message, decompressed, to `out`, but no more than `max_size` bytes.
  [[nodiscard]] InflateResult decompress(std::string_view data, std::size_t max_size,
                                         std::string& out);

 private:
  SharedDeflate* shared_;
  int server_window_bits_;
  std::optional<Deflater> deflater_;
  std::optional<Inflater> inflater_;
};

}  // namespace engineio::websocket
