#include "engineio/websocket/deflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace engineio::websocket {
namespace {

constexpr int min_window_bits = 9;  // zlib writes no smaller raw windows and fails on reading them
constexpr int max_window_bits = 15;
constexpr int default_memory_level = 8;
constexpr std::size_t chunk_size = 16 * 1024;
constexpr std::size_t max_input = std::numeric_limits<uInt>::max();

/// What a sync flush leaves at the end, which is not transmitted.
constexpr std::string_view flush_tail{"\x00\x00\xff\xff", 4};

void set_input(z_stream& stream, std::string_view input) {
  // zlib does not write through next_in; the type is that of its oldest interface.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
  stream.avail_in = static_cast<uInt>(input.size());
}

void set_output(z_stream& stream, char* chunk, std::size_t size) {
  stream.next_out = reinterpret_cast<Bytef*>(chunk);
  stream.avail_out = static_cast<uInt>(size);
}

enum class Progress { input_used, stream_ended, too_big, corrupt };

/// Appends up to `room` bytes, which are taken off it.
Progress inflate_all(z_stream& stream, std::string_view input, std::size_t& room,
                     std::string& out) {
  char chunk[chunk_size];
  set_input(stream, input);
  while (true) {
    // The one byte beyond the limit tells a message that reaches it from one that exceeds it.
    const std::size_t size = room < chunk_size ? room + 1 : chunk_size;
    set_output(stream, chunk, size);
    const int status = inflate(&stream, Z_SYNC_FLUSH);
    const std::size_t produced = size - stream.avail_out;
    if (produced > room) {
      return Progress::too_big;
    }
    room -= produced;
    out.append(chunk, produced);
    if (status == Z_STREAM_END) {
      return Progress::stream_ended;
    }
    if (status != Z_OK && status != Z_BUF_ERROR) {
      return Progress::corrupt;
    }
    if (stream.avail_out > 0) {
      return Progress::input_used;
    }
  }
}

}  // namespace

void Deflater::End::operator()(z_stream* stream) const {
  deflateEnd(stream);
  delete stream;
}

Deflater::Deflater(int window_bits, int level)
    : window_bits_(std::clamp(window_bits, min_window_bits, max_window_bits)), level_(level) {}

bool Deflater::compress(std::string_view message, ContextTakeover takeover, std::string& out) {
  if (message.size() > max_input) {
    return false;
  }
  if (message.empty()) {
    out += '\0';  // zlib gives nothing for a second flush without input
    return true;
  }
  if (stream_ == nullptr) {
    auto stream = std::make_unique<z_stream>();
    if (deflateInit2(stream.get(), level_, Z_DEFLATED, -window_bits_, default_memory_level,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      return false;
    }
    stream_.reset(stream.release());
  }
  char chunk[chunk_size];
  set_input(*stream_, message);
  do {
    set_output(*stream_, chunk, chunk_size);
    deflate(stream_.get(), Z_SYNC_FLUSH);
    out.append(chunk, chunk_size - stream_->avail_out);
  } while (stream_->avail_out == 0);
  out.resize(out.size() - flush_tail.size());
  if (takeover == ContextTakeover::no) {
    deflateReset(stream_.get());
  }
  return true;
}

void Inflater::End::operator()(z_stream* stream) const {
  inflateEnd(stream);
  delete stream;
}

Inflater::Inflater(int window_bits)
    : window_bits_(std::clamp(window_bits, min_window_bits, max_window_bits)) {}

bool Inflater::start() {
  if (stream_ == nullptr) {
    auto stream = std::make_unique<z_stream>();
    if (inflateInit2(stream.get(), -window_bits_) != Z_OK) {
      return false;
    }
    stream_.reset(stream.release());
  }
  return true;
}

InflateResult Inflater::decompress(std::string_view data, std::size_t max_size,
                                   ContextTakeover takeover, std::string& out) {
  if (data.size() > max_input) {
    return InflateResult::too_big;
  }
  if (!start()) {
    return InflateResult::corrupt;
  }
  Progress progress = inflate_all(*stream_, data, max_size, out);
  if (progress == Progress::input_used) {
    progress = inflate_all(*stream_, flush_tail, max_size, out);
  }
  // A peer may end its stream with a message; the next message then starts a new one.
  if (progress != Progress::input_used || takeover == ContextTakeover::no) {
    inflateReset(stream_.get());
  }
  switch (progress) {
    case Progress::input_used:
    case Progress::stream_ended:
      return InflateResult::ok;
    case Progress::too_big:
      return InflateResult::too_big;
    case Progress::corrupt:
      break;
  }
  return InflateResult::corrupt;
}

}  // namespace engineio::websocket
