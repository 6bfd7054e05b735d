#include "engineio/websocket/message_compression.hpp"

#include <cassert>

namespace engineio::websocket {

Deflater& SharedDeflate::deflater(int window_bits) {
  constexpr int min_window_bits = 9;
  const auto index = static_cast<std::size_t>(window_bits - min_window_bits);
  assert(window_bits >= min_window_bits && index < deflaters_.size());
  auto& deflater = deflaters_[index];
  return deflater ? *deflater : deflater.emplace(window_bits, options_.level);
}

MessageCompression::MessageCompression(const DeflateParameters& parameters, SharedDeflate& shared)
    : shared_(&shared), server_window_bits_(parameters.server_window_bits) {
  if (!parameters.server_no_context_takeover) {
    deflater_.emplace(parameters.server_window_bits, shared.options().level);
  }
  if (!parameters.client_no_context_takeover) {
    inflater_.emplace(parameters.client_window_bits);
  }
}

bool MessageCompression::compress(std::string_view message, std::string& out) {
  if (deflater_) {
    return deflater_->compress(message, ContextTakeover::yes, out);
  }
  return message.size() >= shared_->options().threshold &&
         shared_->deflater(server_window_bits_).compress(message, ContextTakeover::no, out);
}

InflateResult MessageCompression::decompress(std::string_view data, std::size_t max_size,
                                             std::string& out) {
  return inflater_ ? inflater_->decompress(data, max_size, ContextTakeover::yes, out)
                   : shared_->inflater().decompress(data, max_size, ContextTakeover::no, out);
}

}  // namespace engineio::websocket
