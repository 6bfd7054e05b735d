#include "apps/chat/storage.hpp"

#include <filesystem>
#include <stdexcept>
#include <utility>

#include "adapters/redis_client.hpp"
#include "apps/chat/server_options.hpp"
#include "apps/chat/store/sqlite.hpp"

namespace chat {

namespace {

StoreOptions store_options(const Settings& settings) {
  StoreOptions options;
  options.limits.page_messages = settings.messages.most_page;
  options.limits.ciphertext_bytes = settings.limits.ciphertext_bytes;
  options.max_age = std::chrono::hours(24) * settings.messages.keep_days;
  return options;
}

RoomOptions room_options(const Settings& settings) {
  RoomOptions options;
  options.limits.kept_events = settings.rooms.kept_events;
  options.limits.rooms = settings.rooms.most_rooms;
  options.limits.rooms_per_user = settings.rooms.rooms_per_user;
  options.default_capacity = settings.rooms.capacity;
  return options;
}

/// The file of the database; its folder is made where there is none.
std::string database_file(const Settings& settings) {
  if (settings.messages.store == "memory") {
    return ":memory:";
  }
  const std::filesystem::path folder = settings.server.data_directory;
  const std::filesystem::path file = folder / settings.messages.file;
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  if (error) {
    throw std::runtime_error(
        "server.dataDirectory is \"" + folder.string() +
        "\", expected a folder that can be made and written: " + error.message());
  }
  return file.string();
}

}  // namespace

Storage::Storage(const Settings& settings, Log& log, Metrics& metrics)
    : probe_key_(settings.redis.key_prefix + "ws:node:" + settings.server.node_id + ":probe") {
  const bool clustered = settings.redis.enabled();
  if (!clustered || settings.messages.store == "sqlite") {
    open_database(settings, log);
  }
  if (clustered) {
    redis_ = std::make_shared<adapters::Redis>(redis_options(settings, log));
    use_redis(settings);
  } else {
    use_database(settings);
  }
  watch(metrics);
}

Storage::~Storage() = default;

void Storage::open_database(const Settings& settings, Log& log) {
  const std::string file = database_file(settings);
  try {
    database_ = std::make_shared<Database>(
        DatabaseOptions{.file = file,
                        .queued = settings.messages.queue,
                        .batch = settings.messages.batch,
                        .batch_delay = settings.messages.batch_delay,
                        .log = [&log](std::string_view text) { log.error(text); }});
    database_->make_tables("probe", 1,
                           "CREATE TABLE probe (id INTEGER PRIMARY KEY, time INTEGER NOT NULL)");
  } catch (const std::runtime_error& error) {
    throw std::runtime_error("messages.file is \"" + file +
                             "\", expected a SQLite database that can be written: " + error.what());
  }
}

void Storage::use_database(const Settings& settings) {
  messages_ = make_sqlite_store(database_, store_options(settings));
  rooms_ = make_sqlite_rooms(database_, room_options(settings));
  clients_ = make_sqlite_clients(database_, settings.server.node_id, room_options(settings));
}

void Storage::use_redis(const Settings& settings) {
  const std::string& prefix = settings.redis.key_prefix;
  RedisStoreOptions options;
  options.prefix = prefix;
  options.node_id = settings.server.node_id;
  options.waiting = settings.messages.queue;
  options.batch = settings.messages.batch;
  messages_ =
      make_redis_store(redis_, options, store_options(settings),
                       database_ ? make_sqlite_store(database_, store_options(settings)) : nullptr);
  rooms_ = make_redis_rooms(redis_, prefix, room_options(settings));
  clients_ = make_redis_clients(redis_, settings.server.node_id, prefix, room_options(settings));
}

void Storage::watch(Metrics& metrics) const {
  const auto counter = [&](const char* name, const char* help) {
    return metrics.counter(std::string("sio_chat_messages_") + name + "_total", help);
  };
  metrics.on_scrape([this, queued = metrics.queue_depth("store"),
                     unwritten = metrics.queue_depth("stream"), refused = metrics.dropped("store"),
                     stored = counter("stored", "Messages that are safe."),
                     repeated = counter("repeated", "Messages that had been stored before."),
                     failed = counter("failed", "Requests that the store could not carry out."),
                     recovered = counter("recovered", "Messages of nodes that died."),
                     expired = counter("expired", "Messages removed for their age.")]() mutable {
    const StoreStatistics now = messages_->statistics();
    queued.set(static_cast<double>(now.queued));
    unwritten.set(static_cast<double>(now.unwritten));
    refused.raise_to(static_cast<double>(now.refused));
    stored.raise_to(static_cast<double>(now.stored));
    repeated.raise_to(static_cast<double>(now.repeated));
    failed.raise_to(static_cast<double>(now.failed));
    recovered.raise_to(static_cast<double>(now.recovered));
    expired.raise_to(static_cast<double>(now.expired));
  });
}

void Storage::probe(Readiness::Answer answer) {
  if (redis_) {
    probe_redis(std::move(answer));
  } else {
    probe_database(std::move(answer));
  }
}

void Storage::probe_database(Readiness::Answer answer) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  database_->write<Nothing>(
      [seconds](Connection& connection) {
        connection.execute("INSERT OR REPLACE INTO probe (id, time) VALUES (1, ?)",
                           std::int64_t{seconds});
        return Outcome<Nothing>();
      },
      [answer = std::move(answer)](const Outcome<Nothing>& outcome) {
        answer(outcome ? "" : "the database cannot be written: " + outcome.error);
      });
}

void Storage::probe_redis(Readiness::Answer answer) {
  if (!redis_->statistics().connected) {
    answer("Redis is away");
    return;
  }
  redis_->client().execute({"SET", probe_key_, "1", "PX", "60000"},
                           [answer = std::move(answer)](const adapters::redis::Result& result) {
                             answer(result ? "" : "Redis cannot be written: " + result.error);
                           });
}

}  // namespace chat
