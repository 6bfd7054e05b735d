#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct z_stream_s;

namespace engineio::websocket {

/// What happens to the window after a message (RFC 7692 section 7.1.1).
enum class ContextTakeover : bool {
  no,   ///< the next message starts anew, and may belong to another connection
  yes,  ///< the next message refers back to this one
};

/// Compresses messages as permessage-deflate does (RFC 7692 section 7.2.1). Its memory, 256 kB for
/// a window of 15 bits, is allocated by the first message.
class Deflater {
 public:
  /// `window_bits`: 9 to 15; `level`: 0 to 9, or -1 for zlib's default.
  explicit Deflater(int window_bits = 15, int level = -1);

  /// Appends the compressed form of `message` to `out`. False, with `out` unchanged: there is no
  /// memory for a window or the message has 4 GiB or more, so it is to be sent as it is.
  [[nodiscard]] bool compress(std::string_view message, ContextTakeover takeover, std::string& out);

 private:
  struct End {
    void operator()(z_stream_s* stream) const;
  };

  int window_bits_;
  int level_;
  std::unique_ptr<z_stream_s, End> stream_;
};

enum class InflateResult {
  ok,
  too_big,  ///< more than the limit: close code 1009
  corrupt,  ///< not deflated data, or no memory for a window: close code 1007
};

/// Decompresses messages (RFC 7692 section 7.2.2). Its memory, 40 kB for a window of 15 bits, is
/// allocated by the first message.
class Inflater {
 public:
  /// `window_bits`: that of the compressor or more, 8 to 15.
  explicit Inflater(int window_bits = 15);

  /// Appends the decompressed form of the whole message `data` to `out`, but no more than
  /// `max_size` bytes. After anything but `ok` the connection has to be closed.
  [[nodiscard]] InflateResult decompress(std::string_view data, std::size_t max_size,
                                         ContextTakeover takeover, std::string& out);

 private:
  struct End {
    void operator()(z_stream_s* stream) const;
  };

  bool start();

  int window_bits_;
  std::unique_ptr<z_stream_s, End> stream_;
};

}  // namespace engineio::websocket
