#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace chat {

/// So many points in so much time.
struct Rate {
  unsigned points = 10;  ///< 0: any number
  std::chrono::milliseconds duration{1'000};
};

/// Allows each key (a user, an address) a number of points in each window of time, as
/// `rate-limiter-flexible` does it: the window begins with the first point taken and is not
/// prolonged by what is refused. Any thread.
class RateLimiter {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Remembers at most `most_keys`, above 0: the key whose window began first makes room for
  /// another.
  explicit RateLimiter(Rate rate, std::size_t most_keys = 100'000);

  /// Takes `points` of what `key` has left at `now`. False where it has less: then none are taken.
  [[nodiscard]] bool consume(std::string_view key, TimePoint now, unsigned points = 1);

  /// How long until `key` has all of its points again; 0 where it has them.
  [[nodiscard]] std::chrono::milliseconds time_left(std::string_view key, TimePoint now) const;

  /// For windows that begin from now on; those that are open keep their end.
  void change(Rate rate);

  [[nodiscard]] std::size_t key_count() const;

 private:
  struct Window {
    std::string key;
    TimePoint end;
    unsigned taken = 0;
  };
  using Windows = std::list<Window>;  // in the order in which they began

  void remove_ended(TimePoint now);
  void remove(Windows::iterator window);
  Window& open(std::string_view key, TimePoint now);

  const std::size_t most_keys_;
  mutable std::mutex mutex_;
  Rate rate_;
  Windows windows_;
  std::unordered_map<std::string_view, Windows::iterator> by_key_;
};

}  // namespace chat
