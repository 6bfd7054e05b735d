#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace socketio::detail {

/// Callables in order, each with a key. May be changed, even emptied, by the callables while they
/// run: one that is removed is destroyed when no call is under way, one that is added waits for the
/// next call.
template <class Key, class F>
class ListenerList {
 public:
  std::uint64_t add(Key key, F callable, bool once = false, bool front = false) {
    auto entry = std::make_unique<Entry>(
        Entry{std::move(key), std::move(callable), ++last_id_, once, false});
    entries_.insert(front ? entries_.begin() : entries_.end(), std::move(entry));
    inserted_in_front_ += front && depth_ != 0 ? 1 : 0;
    return last_id_;
  }

  template <class Predicate>
  void remove_if(Predicate&& predicate) {
    for (const auto& entry : entries_) {
      entry->removed = entry->removed || predicate(entry->key, entry->id);
    }
    removed_some_ = true;
    sweep();
  }
  void clear() {
    remove_if([](const Key&, std::uint64_t) { return true; });
  }

  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

  /// Runs `call(callable)` for each whose key `matches`.
  template <class Matches, class Call>
  void for_each(Matches&& matches, Call&& call) {
    ++depth_;
    const std::size_t size = entries_.size();
    const std::size_t in_front = inserted_in_front_;
    for (std::size_t i = 0; i < size; ++i) {
      Entry& entry = *entries_[i + inserted_in_front_ - in_front];
      if (entry.removed || !matches(entry.key)) {
        continue;
      }
      if (entry.once) {
        entry.removed = true;
        removed_some_ = true;
      }
      call(entry.callable);
    }
    --depth_;
    sweep();
  }

 private:
  struct Entry {
    Key key;
    F callable;
    std::uint64_t id;
    bool once;
    bool removed;
  };

  void sweep() {
    if (depth_ != 0 || !removed_some_) {
      return;
    }
    removed_some_ = false;
    // Out of the list first: a destructor may come back here.
    std::vector<std::unique_ptr<Entry>> removed;
    std::erase_if(entries_, [&](std::unique_ptr<Entry>& entry) {
      if (entry->removed) {
        removed.push_back(std::move(entry));
        return true;
      }
      return false;
    });
  }

  std::vector<std::unique_ptr<Entry>> entries_;
  std::uint64_t last_id_ = 0;
  std::size_t inserted_in_front_ = 0;
  unsigned depth_ = 0;
  bool removed_some_ = false;
};

}  // namespace socketio::detail
