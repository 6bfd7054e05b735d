#include "engineio/core/shard_resources.hpp"

namespace engineio::core {

namespace {

websocket::DeflateOptions to_deflate_options(const Options& options) {
  const PerMessageDeflate deflate = options.per_message_deflate.value_or(PerMessageDeflate{});
  return {.threshold = deflate.threshold,
          .server_no_context_takeover = deflate.server_no_context_takeover,
          .client_no_context_takeover = deflate.client_no_context_takeover,
          .server_max_window_bits = deflate.server_max_window_bits,
          .level = deflate.level};
}

}  // namespace

ShardResources::ShardResources(const Options& options)
    : http_compressor(options.http_compression.value_or(HttpCompression{}).level),
      deflate(to_deflate_options(options)) {}

}  // namespace engineio::core
