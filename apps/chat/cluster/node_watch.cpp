#include "apps/chat/cluster/node_watch.hpp"

namespace chat {

NodeWatch::Verdict NodeWatch::judge(const Look& look) {
  if (look.registered_anew) {
    blind_until_ = look.now + options_.blindness;
  }
  if (look.now < blind_until_) {
    alive_.insert(look.alive.begin(), look.alive.end());
    return {};
  }
  Verdict verdict;
  for (const std::string& node : alive_) {
    if (!look.alive.contains(node)) {
      verdict.gone.push_back(node);
    }
  }
  for (const std::string& node : look.registered) {
    if (!look.alive.contains(node) && (alive_.contains(node) || never_came(node, look.now))) {
      verdict.dead.push_back(node);
    }
  }
  alive_ = look.alive;
  std::erase_if(awaited_, [&](const auto& awaited) {
    return look.alive.contains(awaited.first) || !look.registered.contains(awaited.first);
  });
  return verdict;
}

bool NodeWatch::never_came(const std::string& node, TimePoint now) {
  const TimePoint since = awaited_.try_emplace(node, now).first->second;
  return now - since >= options_.first_heartbeat;
}

}  // namespace chat
