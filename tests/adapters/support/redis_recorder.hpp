#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "adapters/redis_client.hpp"
#include "tests/adapters/support/redis_server.hpp"

namespace tests {

/// What a client of this server needs to know.
[[nodiscard]] inline adapters::RedisOptions to(const RedisServer& server) {
  adapters::RedisOptions options;
  options.url = server.url();
  return options;
}

/// What callbacks of a client's thread wrote down, for the test's thread to look at.
class Notes {
 public:
  void add(std::string note) {
    const std::lock_guard lock(mutex_);
    notes_.push_back(std::move(note));
  }
  [[nodiscard]] std::vector<std::string> all() const {
    const std::lock_guard lock(mutex_);
    return notes_;
  }
  [[nodiscard]] std::size_t size() const { return all().size(); }
  [[nodiscard]] std::size_t count(std::string_view part) const {
    std::size_t found = 0;
    for (const std::string& note : all()) {
      found += note.find(part) != std::string::npos ? 1 : 0;
    }
    return found;
  }
  [[nodiscard]] bool has(std::string_view part) const { return count(part) > 0; }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> notes_;
};

/// A client that is tested, from another thread.
class TestedClient {
 public:
  /// Short waits unless the options say otherwise.
  explicit TestedClient(adapters::RedisOptions options);

  adapters::redis::Client& operator*() const { return *client_; }
  adapters::redis::Client* operator->() const { return client_.get(); }

  /// Runs it on the client's thread, and waits for its end.
  void on_thread(std::function<void()> task) const;

  /// Waits for the reply.
  [[nodiscard]] adapters::redis::Result execute(adapters::redis::Command command) const;

  /// Messages are noted as `channel=payload` in messages(), and the confirmation as
  /// `subscribed name`. Does not wait.
  void subscribe(adapters::redis::ChannelKind kind, const std::string& name) const;
  void unsubscribe(adapters::redis::ChannelKind kind, const std::string& name) const;

  [[nodiscard]] std::optional<std::size_t> count(adapters::redis::ChannelKind kind,
                                                 const std::string& channel) const;

  [[nodiscard]] bool wait_for_message(const std::string& note) const;
  [[nodiscard]] Notes& messages() const { return *messages_; }
  [[nodiscard]] Notes& log() const { return *log_; }

  void destroy() { client_.reset(); }

 private:
  std::unique_ptr<Notes> messages_ = std::make_unique<Notes>();
  std::unique_ptr<Notes> log_ = std::make_unique<Notes>();
  std::unique_ptr<adapters::redis::Client> client_;
};

}  // namespace tests
