#include "socketio/detail/recovering_adapter.hpp"

#include <chrono>
#include <random>
#include <utility>

#include "socketio/detail/namespace_access.hpp"
#include "socketio/detail/server_core.hpp"
#include "socketio/namespace.hpp"

namespace socketio::detail {

namespace {

/// Passes an array on with one more element, a string.
class AppendingWriter final : public Writer {
 public:
  AppendingWriter(Writer& to, std::string_view element) : to_(to), element_(element) {}

  void null() override { to_.null(); }
  void boolean(bool value) override { to_.boolean(value); }
  void integer(std::int64_t value) override { to_.integer(value); }
  void unsigned_integer(std::uint64_t value) override { to_.unsigned_integer(value); }
  void number(double value) override { to_.number(value); }
  void string(std::string_view text) override { to_.string(text); }
  void binary(std::span<const std::byte> bytes) override { to_.binary(bytes); }
  void begin_array(std::size_t size) override { to_.begin_array(depth_++ == 0 ? size + 1 : size); }
  void end_array() override {
    if (--depth_ == 0) {
      to_.string(element_);
    }
    to_.end_array();
  }
  void begin_object(std::size_t size) override {
    ++depth_;
    to_.begin_object(size);
  }
  void key(std::string_view name) override { to_.key(name); }
  void end_object() override {
    --depth_;
    to_.end_object();
  }

 private:
  Writer& to_;
  std::string_view element_;
  std::size_t depth_ = 0;
};

RecoveryLog::Limits limits_of(const Options& options) {
  return {.duration = options.connection_state_recovery->max_disconnection_duration,
          .bytes = options.limits.recovery_log_bytes,
          .sessions = options.limits.recovery_sessions};
}

/// Where a log begins to count: an offset of another namespace, or of the process before this one,
/// must mean nothing here.
std::uint64_t random_origin() { return std::uint64_t{std::random_device{}()} << 16; }

}  // namespace

RecoveringAdapter::RecoveringAdapter(Namespace& nsp)
    : Adapter(nsp), log_(limits_of(NamespaceAccess::core(nsp).options()), random_origin()) {
  for (std::size_t i = 0; i < NamespaceAccess::core(nsp).shard_count(); ++i) {
    NamespaceAccess::shard(nsp, i).set_inbox_mutex(mutex_);
  }
}

RecoveringAdapter::~RecoveringAdapter() = default;

void RecoveringAdapter::broadcast(PayloadWriter payload, const BroadcastOptions& options) {
  if (options.volatile_packet) {
    Adapter::broadcast(payload, options);
    return;
  }
  ServerCore& core = NamespaceAccess::core(nsp());
  const Logged logged = log(payload, options);
  const ShardContext* here = core.current();
  for (NamespaceShard* shard : logged.to_tell) {
    if (&shard->context() != here) {
      tell(*shard);
    }
  }
  for (std::size_t i = 0; i < logged.refused; ++i) {
    core.on_lost_task();
  }
  if (here != nullptr) {
    NamespaceAccess::shard(nsp(), here->shard.index()).drain_inbox();
  }
}

void RecoveringAdapter::tell(NamespaceShard& shard) {
  const bool told = NamespaceAccess::core(nsp()).post(
      shard.context(), [&shard, keep = nsp().shared_from_this()] { shard.drain_inbox(); });
  if (!told) {
    const std::lock_guard lock(mutex_);
    static_cast<void>(shard.inbox().take());
  }
}

RecoveringAdapter::Logged RecoveringAdapter::log(PayloadWriter payload,
                                                 const BroadcastOptions& options) {
  ServerCore& core = NamespaceAccess::core(nsp());
  Logged logged;
  const std::lock_guard lock(mutex_);
  const std::uint64_t position = log_.next_position();
  const std::string offset = RecoveryLog::offset_of(position);
  const auto with_offset = [&](Writer& writer) {
    AppendingWriter appending(writer, offset);
    payload(appending);
  };
  const auto broadcast = std::make_shared<const SharedBroadcast>(encode(with_offset), options);
  log_.append(broadcast, core.now());
  for (std::size_t i = 0; i < core.shard_count(); ++i) {
    NamespaceShard& shard = NamespaceAccess::shard(nsp(), i);
    switch (shard.inbox().push({position, broadcast}, core.engine_limits())) {
      case OrderedInbox::Push::first:
        logged.to_tell.push_back(&shard);
        break;
      case OrderedInbox::Push::refused:
        ++logged.refused;
        break;
      case OrderedInbox::Push::waiting:
        break;
    }
  }
  return logged;
}

void RecoveringAdapter::persist_session(SessionState session) {
  const std::lock_guard lock(mutex_);
  log_.save(std::move(session), NamespaceAccess::core(nsp()).now());
}

void RecoveringAdapter::restore_session(const std::string& pid, const std::string& offset,
                                        RestoreCallback callback) {
  std::optional<RestoredSession> session;
  {
    const std::lock_guard lock(mutex_);
    session = log_.restore(pid, offset, NamespaceAccess::core(nsp()).now());
  }
  callback(std::move(session));
}

std::vector<SharedPacket> RecoveringAdapter::missed_since(RestoredSession& session) {
  const std::lock_guard lock(mutex_);
  return log_.missed(session);
}

void RecoveringAdapter::expire() {
  const std::lock_guard lock(mutex_);
  log_.expire(NamespaceAccess::core(nsp()).now());
}

}  // namespace socketio::detail
