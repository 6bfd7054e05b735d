#include "adapters/redis/backend.hpp"

#include <utility>

#include "adapters/redis/resp.hpp"

namespace adapters::redis {

CommandBatch make_count_command(ChannelKind kind, std::string_view channel,
                                CountCallback callback) {
  std::string bytes;
  append_command(bytes,
                 {"PUBSUB", kind == ChannelKind::sharded ? "SHARDNUMSUB" : "NUMSUB", channel});
  CommandBatch batch;
  batch.add({}, bytes, [callback = std::move(callback)](Result result) mutable {
    const auto& parts = result.reply.elements;  // channel, number
    const bool counted =
        parts.size() == 2 && parts[1].type == Reply::Type::integer && parts[1].integer >= 0;
    callback(counted ? std::optional(static_cast<std::size_t>(parts[1].integer)) : std::nullopt);
  });
  return batch;
}

}  // namespace adapters::redis
