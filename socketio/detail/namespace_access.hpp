#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "socketio/detail/handler_lists.hpp"
#include "socketio/detail/namespace_shard.hpp"
#include "socketio/namespace.hpp"

namespace socketio::detail {

/// The inside of a Namespace, for those who make it work.
struct NamespaceAccess {
  [[nodiscard]] static ServerCore& core(Namespace& nsp) noexcept { return nsp.core_; }
  [[nodiscard]] static NamespaceShard& shard(Namespace& nsp, std::size_t index) noexcept {
    return *nsp.shards_[index];
  }
  /// The adapter; holds the namespace.
  [[nodiscard]] static std::shared_ptr<Adapter> shared_adapter(Namespace& nsp) {
    return {nsp.shared_from_this(), &nsp.adapter()};
  }
  [[nodiscard]] static std::uint64_t next_ack_id(Namespace& nsp) noexcept {
    return nsp.next_ack_id_.fetch_add(1, std::memory_order_relaxed);
  }
  static void count_socket(Namespace& nsp, bool joined) noexcept {
    joined ? ++nsp.socket_count_ : --nsp.socket_count_;
  }
  [[nodiscard]] static std::uint64_t handlers_version(const Namespace& nsp) noexcept {
    return nsp.handlers_version_.load(std::memory_order_acquire);
  }

  [[nodiscard]] static std::shared_ptr<const HandlerLists> handlers(const Namespace& nsp);
  /// Replaces the lists by a changed copy.
  template <class Change>
  static void change_handlers(Namespace& nsp, Change&& change) {
    const std::lock_guard lock(nsp.handlers_mutex_);
    auto lists = std::make_shared<HandlerLists>(*nsp.handlers_);
    change(*lists);
    nsp.handlers_ = std::move(lists);
    nsp.handlers_version_.fetch_add(1, std::memory_order_release);
  }

  /// Gives it its adapter. Once, before anybody uses it.
  static void set_up(Namespace& nsp, std::unique_ptr<Adapter> adapter);
  static void add_child(ParentNamespace& parent, const std::shared_ptr<Namespace>& child);

  /// An event of another server, `[event, args…]`. On the first shard.
  static void deliver_server_event(Namespace& nsp, const Array& event_and_arguments,
                                   std::shared_ptr<AckChannel> reply);

  /// For Registry, under its mutex.
  [[nodiscard]] static NamespaceLease& lease(Namespace& nsp) noexcept { return nsp.lease_; }
};

}  // namespace socketio::detail
