// Links with the adapters: that a server joins a cluster is tested elsewhere.
#include <adapters/redis_adapter.hpp>

int main() {
  const auto redis = std::make_shared<adapters::Redis>(adapters::RedisOptions{
      .url = "unix:///nonexistent", .log = [](socketio::LogLevel, std::string_view) {}});
  return adapters::redis_adapter(redis) ? 0 : 1;
}
