#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace chat {

/// Texts with a count each: users and their connections, rooms and their members. Remembers which
/// have come and gone since somebody last asked, so that what changes often is told once. Not
/// locked.
class CountedSet {
 public:
  struct Changes {
    std::vector<std::string> added;
    std::vector<std::string> removed;

    [[nodiscard]] bool empty() const noexcept { return added.empty() && removed.empty(); }
  };

  /// True: it was not there.
  bool add(const std::string& text);
  /// True: that was the last of them.
  bool remove(const std::string& text);

  [[nodiscard]] bool contains(const std::string& text) const { return counts_.contains(text); }
  [[nodiscard]] std::size_t size() const noexcept { return counts_.size(); }
  [[nodiscard]] std::vector<std::string> texts() const;

  /// What is different from what take_changes() and take_all() have told so far.
  [[nodiscard]] Changes take_changes();
  /// Everything; nothing counts as changed after it.
  [[nodiscard]] std::vector<std::string> take_all();

 private:
  std::unordered_map<std::string, std::size_t> counts_;
  std::unordered_set<std::string> told_;
  std::unordered_set<std::string> touched_;  // since the last time
};

}  // namespace chat
