#pragma once

#include <atomic>
#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "socketio/detail/namespace_access.hpp"
#include "socketio/detail/server_core.hpp"
#include "socketio/namespace.hpp"

namespace socketio::detail {

/// Asks every shard of a namespace for its part, this one at once, and calls `done` with the parts
/// in the order of the shards, on the thread that answers last. A shard that cannot be reached has
/// an empty part. `ask` carries `bytes` of memory.
template <class Part, class Ask, class Done>
void gather(Namespace& nsp, Ask ask, Done done, std::size_t bytes = 0) {
  struct State {
    std::shared_ptr<Namespace> nsp;
    std::vector<Part> parts;
    std::atomic<std::size_t> missing;
    Ask ask;
    Done done;

    void answer(std::size_t shard, bool reached) {
      if (reached) {
        parts[shard] = ask(NamespaceAccess::shard(*nsp, shard));
      }
      if (missing.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        done(std::move(parts));
      }
    }
  };

  ServerCore& core = NamespaceAccess::core(nsp);
  const std::size_t count = core.shard_count();
  const auto state = std::shared_ptr<State>(new State{
      nsp.shared_from_this(), std::vector<Part>(count), count, std::move(ask), std::move(done)});
  const ShardContext* here = core.current();
  for (std::size_t i = 0; i < count; ++i) {
    ShardContext& context = core.context(i);
    if (&context != here && !core.post(
                                context, [state, i] { state->answer(i, true); }, bytes)) {
      state->answer(i, false);
    }
  }
  if (here != nullptr) {
    state->answer(here->shard.index(), true);
  }
}

template <class T>
[[nodiscard]] std::vector<T> flatten(std::vector<std::vector<T>> parts) {
  std::vector<T> all;
  for (auto& part : parts) {
    all.insert(all.end(), std::make_move_iterator(part.begin()),
               std::make_move_iterator(part.end()));
  }
  return all;
}

}  // namespace socketio::detail
