#pragma once

#include <memory>

#include "adapters/redis.hpp"
#include "apps/chat/config/settings.hpp"
#include "apps/chat/monitoring/log.hpp"
#include "apps/chat/monitoring/metrics.hpp"
#include "apps/chat/monitoring/readiness.hpp"
#include "apps/chat/rooms/client_records.hpp"
#include "apps/chat/rooms/room_directory.hpp"
#include "apps/chat/store/message_store.hpp"

namespace chat {

/// Where messages, rooms and clients are kept: in a SQLite database, or in the Redis of the
/// cluster, whose connections are not those of the adapter. Its callbacks post to shards, so the
/// server must outlive it.
class Storage {
 public:
  /// Makes the data directory and the database in it. Throws std::runtime_error with what to
  /// change.
  Storage(const Settings& settings, Log& log, Metrics& metrics);
  ~Storage();
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  [[nodiscard]] MessageStore& messages() noexcept { return *messages_; }
  [[nodiscard]] RoomDirectory& rooms() noexcept { return *rooms_; }
  [[nodiscard]] ClientRecords& clients() noexcept { return *clients_; }
  /// Nullptr: this node is alone.
  [[nodiscard]] const std::shared_ptr<adapters::Redis>& redis() const noexcept { return redis_; }

  /// Writes something, to see whether that works. The Storage must live until it has answered, or
  /// is destroyed.
  void probe(Readiness::Answer answer);

 private:
  void open_database(const Settings& settings, Log& log);
  void use_database(const Settings& settings);
  void use_redis(const Settings& settings);
  void watch(Metrics& metrics) const;
  void probe_database(Readiness::Answer answer);
  void probe_redis(Readiness::Answer answer);

  const std::string probe_key_;
  std::shared_ptr<adapters::Redis> redis_;
  std::shared_ptr<Database> database_;
  std::unique_ptr<MessageStore> messages_;
  std::unique_ptr<RoomDirectory> rooms_;
  std::unique_ptr<ClientRecords> clients_;
};

}  // namespace chat
