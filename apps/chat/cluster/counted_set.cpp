#include "apps/chat/cluster/counted_set.hpp"

namespace chat {

bool CountedSet::add(const std::string& text) {
  const bool first = ++counts_[text] == 1;
  if (first) {
    touched_.insert(text);
  }
  return first;
}

bool CountedSet::remove(const std::string& text) {
  const auto found = counts_.find(text);
  if (found == counts_.end() || --found->second != 0) {
    return false;
  }
  counts_.erase(found);
  touched_.insert(text);
  return true;
}

std::vector<std::string> CountedSet::texts() const {
  std::vector<std::string> texts;
  texts.reserve(counts_.size());
  for (const auto& entry : counts_) {
    texts.push_back(entry.first);
  }
  return texts;
}

CountedSet::Changes CountedSet::take_changes() {
  Changes changes;
  for (const std::string& text : touched_) {
    if (contains(text) && told_.insert(text).second) {
      changes.added.push_back(text);
    } else if (!contains(text) && told_.erase(text) != 0) {
      changes.removed.push_back(text);
    }
  }
  touched_.clear();
  return changes;
}

std::vector<std::string> CountedSet::take_all() {
  std::vector<std::string> all = texts();
  told_ = {all.begin(), all.end()};
  touched_.clear();
  return all;
}

}  // namespace chat
