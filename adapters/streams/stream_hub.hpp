#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "adapters/bus_statistics.hpp"
#include "adapters/redis_client.hpp"
#include "adapters/streams/stream_reader.hpp"
#include "adapters/streams_adapter.hpp"

namespace adapters::streams {

/// The streams of a server: each is read once, as long as a namespace is in it. On the client's
/// thread, but for the options.
class StreamHub {
 public:
  /// `options.monitor` is set.
  StreamHub(redis::Client& client, StreamsAdapterOptions options)
      : client_(client), options_(std::move(options)) {}

  [[nodiscard]] const StreamsAdapterOptions& options() const noexcept { return options_; }

  /// The reader of `stream` hands the entries of the namespace to `listener`.
  std::shared_ptr<StreamReader> attach(const std::string& stream, const std::string& nsp,
                                       const std::shared_ptr<EntryListener>& listener);
  void detach(const std::string& stream, const std::string& nsp, const EntryListener& listener);

 private:
  redis::Client& client_;
  const StreamsAdapterOptions options_;
  std::unordered_map<std::string, std::shared_ptr<StreamReader>> readers_;
};

}  // namespace adapters::streams
