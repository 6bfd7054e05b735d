#include "engineio/http/compression.hpp"

#include <zlib.h>

#include <charconv>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <tuple>

#include "engineio/http/text.hpp"

namespace engineio::http {

namespace {

/// Scratch memory above this is given back after use.
constexpr std::size_t kept_scratch_bytes = 1024 * 1024;

/// How much a client wants a coding: by quality, then by name over `*`, then by its order.
struct Preference {
  double quality = 0;
  bool named = false;
  int position = -1;

  [[nodiscard]] bool over(const Preference& other) const noexcept {
    return std::tuple(quality, named, -position) >
           std::tuple(other.quality, other.named, -other.position);
  }
};

/// `q` of `gzip;q=0.5`; 1 without one. 0 if it is not a number.
double parse_quality(std::string_view parameters) {
  while (!parameters.empty()) {
    auto value = next_part(parameters, ';');
    const auto name = next_part(value, '=');
    if (equal_ignoring_case(name, "q")) {
      double quality = 0;
      const auto result = std::from_chars(value.data(), value.data() + value.size(), quality);
      return result.ec == std::errc{} ? quality : 0;
    }
  }
  return 1;
}

struct Preferences {
  Preference gzip;
  Preference deflate;

  void add(std::string_view element, int position) {
    const auto name = next_part(element, ';');
    const Preference preference{parse_quality(element), name != "*", position};
    const bool any = name == "*";
    if (any || equal_ignoring_case(name, "gzip")) {
      prefer(gzip, preference);
    }
    if (any || equal_ignoring_case(name, "deflate")) {
      prefer(deflate, preference);
    }
  }

  /// A coding's own element counts, even `q=0`, before that of `*`.
  static void prefer(Preference& present, const Preference& other) {
    if (present.position < 0 || (other.named && !present.named) ||
        (other.named == present.named && other.over(present))) {
      present = other;
    }
  }
};

}  // namespace

std::string_view content_coding_name(ContentCoding coding) noexcept {
  switch (coding) {
    case ContentCoding::gzip:
      return "gzip";
    case ContentCoding::deflate:
      return "deflate";
    case ContentCoding::identity:
      break;
  }
  return "identity";
}

ContentCoding negotiate_content_coding(const HttpHeaders& request_headers) {
  Preferences preferences;
  int position = 0;
  request_headers.for_each([&](std::string_view name, std::string_view value) {
    if (equal_ignoring_case(name, "Accept-Encoding")) {
      while (!value.empty()) {
        preferences.add(next_part(value, ','), position++);
      }
    }
  });
  const bool gzip = preferences.gzip.quality > 0;
  const bool deflate = preferences.deflate.quality > 0;
  if (gzip && !(deflate && preferences.deflate.over(preferences.gzip))) {
    return ContentCoding::gzip;
  }
  return deflate ? ContentCoding::deflate : ContentCoding::identity;
}

namespace {

class Deflater {
 public:
  /// `window_bits`: zlib's way to choose the format.
  Deflater(int level, int window_bits) {
    constexpr int default_memory_level = 8;
    ready_ = deflateInit2(&stream_, level, Z_DEFLATED, window_bits, default_memory_level,
                          Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~Deflater() {
    if (ready_) {
      deflateEnd(&stream_);
    }
  }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  /// Fills `out`; false if that fails.
  bool run(std::string_view body, std::string& out) {
    if (!ready_ || deflateReset(&stream_) != Z_OK ||
        body.size() > std::numeric_limits<uInt>::max() / 2) {
      return false;
    }
    out.resize(deflateBound(&stream_, static_cast<uLong>(body.size())));
    // zlib's declaration lacks a const: deflate() only reads the input.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
    stream_.avail_in = static_cast<uInt>(body.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    const bool complete = ::deflate(&stream_, Z_FINISH) == Z_STREAM_END;
    out.resize(stream_.total_out);
    return complete;
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

constexpr int zlib_format = 15;
constexpr int gzip_format = 15 + 16;

}  // namespace

struct Compressor::State {
  int level;
  std::optional<Deflater> gzip{};
  std::optional<Deflater> deflate{};
  std::string scratch{};

  Deflater& deflater(ContentCoding coding) {
    const bool is_gzip = coding == ContentCoding::gzip;
    auto& found = is_gzip ? gzip : deflate;
    return found ? *found : found.emplace(level, is_gzip ? gzip_format : zlib_format);
  }
};

Compressor::Compressor(int level) : state_(new State{level}) {}

Compressor::~Compressor() = default;

std::string_view Compressor::compress(ContentCoding coding, std::string_view body) {
  auto& scratch = state_->scratch;
  if (scratch.capacity() > kept_scratch_bytes) {
    scratch = {};
  }
  const bool complete = state_->deflater(coding).run(body, scratch);
  return complete ? std::string_view(scratch) : std::string_view{};
}

}  // namespace engineio::http
