#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "engineio/protocol/payload.hpp"
#include "tests/instructions/benchmark.hpp"

using namespace engineio::protocol;

namespace instructions {
namespace {

constexpr int packets = 10;

/// Packets of one kind and the polling payload that holds them.
struct Sample {
  Sample(bool binary, std::size_t size) : data(size, 'x') {
    packet = {.type = PacketType::message, .binary = binary, .data = data};
    for (int i = 0; i < packets; ++i) {
      append_packet(body, packet);
    }
  }

  std::string data;
  Packet packet;
  std::string body;
};

class DecodePayload final : public Benchmark {
 public:
  DecodePayload(bool binary, std::size_t size) : sample_(binary, size) {}

  void prepare() override {
    body_ = sample_.body;
    bytes_ = 0;
  }
  void run() override {
    PayloadDecoder decoder(body_);
    while (const auto packet = decoder.next()) {
      bytes_ += packet->data.size();
    }
  }
  [[nodiscard]] bool succeeded() const override { return bytes_ == packets * sample_.data.size(); }

 private:
  Sample sample_;
  std::string body_;
  std::size_t bytes_ = 0;
};

class EncodePayload final : public Benchmark {
 public:
  EncodePayload(bool binary, std::size_t size) : sample_(binary, size) {}

  void prepare() override { body_.clear(); }
  void run() override {
    for (int i = 0; i < packets; ++i) {
      append_packet(body_, sample_.packet);
    }
  }
  [[nodiscard]] bool succeeded() const override { return body_ == sample_.body; }

 private:
  Sample sample_;
  std::string body_;
};

template <class PayloadBenchmark, bool binary, std::size_t size>
std::unique_ptr<Benchmark> make() {
  return std::make_unique<PayloadBenchmark>(binary, size);
}

}  // namespace

std::vector<Entry> payload_benchmarks() {
  return {{"decode_payload", make<DecodePayload, false, 64>},
          {"decode_payload_binary", make<DecodePayload, true, 1024>},
          {"encode_payload", make<EncodePayload, false, 64>},
          {"encode_payload_binary", make<EncodePayload, true, 1024>}};
}

}  // namespace instructions
