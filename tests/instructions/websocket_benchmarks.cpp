#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engineio/message.hpp"
#include "engineio/websocket/frame_decoder.hpp"
#include "tests/engineio/websocket/client_frames.hpp"
#include "tests/instructions/benchmark.hpp"

using namespace engineio;

namespace instructions {
namespace {

/// Decodes what one client has sent, as it comes out of reads of at most `read_size` bytes.
class DecodeFrames final : public Benchmark {
 public:
  DecodeFrames(std::size_t frames, std::size_t payload_size, std::size_t read_size)
      : read_size_(read_size), expected_bytes_(frames * payload_size) {
    const std::string payload(payload_size, 'x');
    for (std::size_t i = 0; i < frames; ++i) {
      sent_ += tests::encode({.payload = payload});
    }
  }

  void prepare() override {
    buffer_ = sent_;
    bytes_ = 0;
  }
  void run() override {
    for (std::span<char> rest = buffer_; !rest.empty();) {
      std::span<char> read = rest.first(std::min(rest.size(), read_size_));
      rest = rest.subspan(read.size());
      for (auto event = decoder_.next(read); event.kind != websocket::Event::Kind::none;
           event = decoder_.next(read)) {
        bytes_ += event.payload.size();
      }
    }
  }
  [[nodiscard]] bool succeeded() const override { return bytes_ == expected_bytes_; }

 private:
  const std::size_t read_size_;
  const std::size_t expected_bytes_;
  std::string sent_;
  std::string buffer_;
  std::size_t bytes_ = 0;
  websocket::DecoderLimits limits_{.max_message_size = 1'000'000};
  websocket::FrameDecoder decoder_{limits_};
};

/// A message for a client: its frame is made with it, once for all receivers.
class EncodeFrame final : public Benchmark {
 public:
  explicit EncodeFrame(std::size_t payload_size) : payload_(payload_size, 'x') {}

  void run() override { frame_ = Message::text(payload_).frame(); }
  [[nodiscard]] bool succeeded() const override { return frame_.view().ends_with(payload_); }

 private:
  std::string payload_;
  Slice frame_;
};

constexpr std::size_t one_read = 64 * 1024;

template <class FrameBenchmark, std::size_t... numbers>
std::unique_ptr<Benchmark> make() {
  return std::make_unique<FrameBenchmark>(numbers...);
}

}  // namespace

std::vector<Entry> websocket_benchmarks() {
  return {{"decode_frame", make<DecodeFrames, 1, 64, one_read>},
          {"decode_100_frames", make<DecodeFrames, 100, 64, one_read>},
          {"decode_large_frame", make<DecodeFrames, 1, 60'000, one_read>},
          {"decode_frame_in_pieces", make<DecodeFrames, 1, 60'000, 1460>},
          {"encode_frame", make<EncodeFrame, 64>},
          {"encode_large_frame", make<EncodeFrame, 60'000>}};
}

}  // namespace instructions
