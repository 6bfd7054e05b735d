#pragma once

#include <utility>

#include "apps/chat/store/outcome.hpp"
#include "engineio/shard.hpp"

namespace chat {

/// A callback that may be called on any thread and runs `function` on the shard:
///
///     store.append(std::move(message), on_shard<AppendResult>(socket.shard(), [ack](auto result) {
///       …
///     }));
///
/// Where the shard takes no more tasks (Shard::post), `function` is destroyed unrun. The shard must
/// live as long as the store: stop the store before the server is destroyed.
template <class T, class Function>
[[nodiscard]] Callback<T> on_shard(engineio::Shard& shard, Function function) {
  return [&shard, function = std::move(function)](Outcome<T> outcome) mutable {
    shard.post([function = std::move(function), outcome = std::move(outcome)]() mutable {
      function(std::move(outcome));
    });
  };
}

}  // namespace chat
