#include "apps/bench/generator/deflate.hpp"

#include <zlib.h>

#include "apps/bench/generator/failure.hpp"

namespace bench {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view tail = "\x00\x00\xff\xff"sv;
constexpr int raw = -15;  // the largest window, and no header around it
constexpr int memory_level = 8;
constexpr std::size_t step_bytes = 64 * 1024;

// Lets `run` (deflate or inflate) turn `in` into `out`.
template <class Run>
void transform(z_stream& stream, std::string_view in, std::string& out, Run&& run) {
  out.clear();
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
  stream.avail_in = static_cast<uInt>(in.size());
  do {
    const std::size_t size = out.size();
    out.resize(size + step_bytes);
    stream.next_out = reinterpret_cast<Bytef*>(&out[size]);
    stream.avail_out = step_bytes;
    const int result = run(&stream, Z_SYNC_FLUSH);
    if (result != Z_OK && result != Z_BUF_ERROR) {
      throw Failure("a message that is not compressed as it should be");
    }
    out.resize(out.size() - stream.avail_out);
  } while (stream.avail_out == 0);
}

}  // namespace

struct Deflate::Streams {
  z_stream out{};
  z_stream in{};
};

Deflate::Deflate() : streams_(std::make_unique<Streams>()) {
  if (deflateInit2(&streams_->out, Z_BEST_SPEED, Z_DEFLATED, raw, memory_level,
                   Z_DEFAULT_STRATEGY) != Z_OK ||
      inflateInit2(&streams_->in, raw) != Z_OK) {
    throw Failure("zlib does not start");
  }
}

Deflate::~Deflate() {
  deflateEnd(&streams_->out);
  inflateEnd(&streams_->in);
}

std::string_view Deflate::compress(std::string_view message) {
  deflateReset(&streams_->out);
  transform(streams_->out, message, compressed_, deflate);
  return std::string_view(compressed_).substr(0, compressed_.size() - tail.size());
}

std::string_view Deflate::decompress(std::string_view message) {
  inflateReset(&streams_->in);
  compressed_.assign(message).append(tail);
  transform(streams_->in, compressed_, plain_, inflate);
  ++decompressed_;
  return plain_;
}

}  // namespace bench
