#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "apps/chat/store/limit_check.hpp"
#include "apps/chat/store/message_store.hpp"

namespace chat {

/// StoreStatistics as they are counted. They outlive their store, whose requests may be under way.
struct StoreCounters {
  std::atomic<std::uint64_t> stored = 0;
  std::atomic<std::uint64_t> repeated = 0;
  std::atomic<std::uint64_t> refused = 0;
  std::atomic<std::uint64_t> failed = 0;
  std::atomic<std::uint64_t> batches = 0;
  std::atomic<std::uint64_t> written = 0;
  std::atomic<std::uint64_t> recovered = 0;
  std::atomic<std::uint64_t> expired = 0;

  template <class T>
  void count(const Outcome<T>& outcome) {
    refused += outcome.failure == Failure::overloaded ? 1 : 0;
    failed += outcome.failure == Failure::unavailable ? 1 : 0;
    if constexpr (std::is_same_v<T, AppendResult>) {
      stored += outcome && !outcome.value.repeated ? 1 : 0;
      repeated += outcome && outcome.value.repeated ? 1 : 0;
    }
  }

  [[nodiscard]] StoreStatistics statistics() const {
    return {.queued = 0,
            .unwritten = 0,
            .stored = stored,
            .repeated = repeated,
            .refused = refused,
            .failed = failed,
            .batches = batches,
            .written = written,
            .recovered = recovered,
            .expired = expired};
  }
};

/// The callback, with what it is told counted first.
template <class T>
[[nodiscard]] Callback<T> counted(std::shared_ptr<StoreCounters> counters, Callback<T> callback) {
  return
      [counters = std::move(counters), callback = std::move(callback)](Outcome<T> outcome) mutable {
        counters->count(outcome);
        answer(callback, std::move(outcome));
      };
}

}  // namespace chat
