#pragma once

#include <atomic>
#include <string>
#include <string_view>

namespace engineio {

class Activity;

/// What one shard is doing for the application, for those who ask while it does not come back.
class CurrentActivity {
 public:
  /// Puts `subject` into words that continue "busy with": "`message` of `/chat`". Called on another
  /// thread while the activity cannot end, so it may read what does not change before the end.
  using Describe = std::string (*)(const void* subject);

  /// How the subjects of MessageActivity are described. Before the shard runs.
  void describe_messages_with(Describe words) noexcept { describe_message_ = words; }

  /// The description of the innermost activity that is under way; empty when there is none, or the
  /// kernel has no barrier for this (Linux before 4.14). Any thread but the shard's, one at a time.
  [[nodiscard]] std::string describe();

 private:
  friend class Activity;
  friend class MessageActivity;

  // For an activity that has taken itself off. The store that did so must be seen by others before
  // the load is done. That is left to the reader, who makes all threads pass a barrier: here it
  // would cost more than everything else.
  void end() const noexcept {
    std::atomic_signal_fence(std::memory_order_seq_cst);
    if (being_read_.load(std::memory_order_acquire)) [[unlikely]] {
      wait_for_reader();
    }
  }
  void wait_for_reader() const noexcept;
  [[nodiscard]] std::string describe_innermost() const;

  std::atomic<const Activity*> innermost_ = nullptr;
  std::atomic<const void*> message_ = nullptr;
  Describe describe_message_ = nullptr;
  std::atomic<bool> being_read_ = false;
};

/// Says for as long as it lives, on a shard's stack, what the shard is doing: a middleware that it
/// runs, for example. Copies nothing.
class Activity {
 public:
  using Describe = CurrentActivity::Describe;

  Activity(CurrentActivity& current, const void* subject, Describe describe) noexcept
      : subject_(subject),
        describe_(describe),
        current_(current),
        outer_(current.innermost_.load(std::memory_order_relaxed)) {
    current_.innermost_.store(this, std::memory_order_release);
  }
  /// Described by a literal.
  Activity(CurrentActivity& current, const char* words) noexcept
      : Activity(current, words, repeat) {}
  Activity(const Activity&) = delete;
  Activity& operator=(const Activity&) = delete;

  ~Activity() {
    current_.innermost_.store(outer_, std::memory_order_release);
    current_.end();
  }

 private:
  friend class CurrentActivity;

  static std::string repeat(const void* words) { return static_cast<const char*>(words); }

  const void* const subject_;
  const Describe describe_;
  CurrentActivity& current_;
  const Activity* const outer_;
};

/// The activity that a shard has most: it handles a message. For few instructions: it is never
/// inside of another one of its kind, and all are described in one way.
class MessageActivity {
 public:
  MessageActivity(CurrentActivity& current, const void* message) noexcept : current_(current) {
    current_.message_.store(message, std::memory_order_release);
  }
  MessageActivity(const MessageActivity&) = delete;
  MessageActivity& operator=(const MessageActivity&) = delete;

  ~MessageActivity() {
    current_.message_.store(nullptr, std::memory_order_release);
    current_.end();
  }

 private:
  CurrentActivity& current_;
};

/// A name that a client may have chosen, as a description shows it: between backticks, cut off
/// after 64 bytes, with `?` for backticks and the control characters of ASCII. `name` is UTF-8.
[[nodiscard]] std::string quoted(std::string_view name);

}  // namespace engineio
