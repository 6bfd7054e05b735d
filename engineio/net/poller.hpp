#pragma once

#include <cstddef>
#include <memory>

#include "engineio/net/descriptor.hpp"

struct epoll_event;

namespace engineio::net {

/// What a descriptor is ready for, or what its owner wants to hear about.
struct Readiness {
  bool read = false;
  bool write = false;
  bool hangup = false;  ///< an error, or both directions are closed; always reported
};

/// Something with a descriptor.
class Pollable {
 public:
  Pollable() = default;
  Pollable(const Pollable&) = delete;
  Pollable& operator=(const Pollable&) = delete;

  /// May be called once more in the turn in which the descriptor was removed.
  virtual void on_ready(Readiness ready) = 0;

 protected:
  ~Pollable() = default;
};

/// The descriptors of one loop. It reports what is ready again and again until that has been dealt
/// with (level-triggered), so nothing needs to be armed anew after an event: an active connection
/// costs no call but its own reads and writes.
class Poller {
 public:
  Poller();  ///< throws std::system_error
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  /// `pollable` must live until the end of the turn in which it is removed. False when the kernel
  /// refuses (memory, fs.epoll.max_user_watches).
  [[nodiscard]] bool add(int descriptor, Pollable& pollable, Readiness wanted) noexcept;
  void change(int descriptor, Pollable& pollable, Readiness wanted) noexcept;
  void remove(int descriptor) noexcept;

  /// Reports what is ready now, without waiting. Returns how many descriptors there were; as many
  /// as `batch` means that there may be more.
  std::size_t poll();

  static constexpr std::size_t batch = 1024;

  /// The descriptors that it watches.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Becomes readable when there is something to report.
  [[nodiscard]] int descriptor() const noexcept { return epoll_.number(); }

 private:
  Descriptor epoll_;
  std::unique_ptr<epoll_event[]> events_;
  std::size_t size_ = 0;
};

}  // namespace engineio::net
