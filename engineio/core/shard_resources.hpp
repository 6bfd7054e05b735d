#pragma once

#include "engineio/http/compression.hpp"
#include "engineio/options.hpp"
#include "engineio/websocket/message_compression.hpp"

namespace engineio::core {

/// What the connections of one shard share because it is too large to have for each.
struct ShardResources {
  explicit ShardResources(const Options& options);

  http::Compressor http_compressor;
  websocket::SharedDeflate deflate;
};

}  // namespace engineio::core
