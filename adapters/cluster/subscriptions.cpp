#include "adapters/cluster/subscriptions.hpp"

#include <algorithm>
#include <utility>

namespace adapters::cluster {

void Subscriptions::add(const std::string& channel,
                        const std::shared_ptr<ChannelListener>& listener) {
  auto& uses = channels_[channel];
  const auto found = std::find_if(uses.begin(), uses.end(),
                                  [&](const Use& use) { return use.key == listener.get(); });
  if (found != uses.end()) {
    ++found->count;
    return;
  }
  uses.push_back({listener.get(), listener, 1});
  if (uses.size() == 1) {
    client_.subscribe(kind_, channel,
                      [self = weak_from_this()](std::string_view name, std::span<char> payload) {
                        if (const auto subscriptions = self.lock()) {
                          subscriptions->deliver(name, payload);
                        }
                      });
  }
}

void Subscriptions::remove(const std::string& channel, const ChannelListener& listener) {
  const auto found = channels_.find(channel);
  if (found == channels_.end()) {
    return;
  }
  auto& uses = found->second;
  const auto use = std::find_if(uses.begin(), uses.end(),
                                [&](const Use& candidate) { return candidate.key == &listener; });
  if (use == uses.end() || --use->count != 0) {
    return;
  }
  uses.erase(use);
  if (uses.empty()) {
    channels_.erase(found);
    client_.unsubscribe(kind_, channel);
  }
}

void Subscriptions::deliver(std::string_view channel, std::span<char> payload) {
  const auto found = channels_.find(std::string(channel));
  if (found == channels_.end()) {
    return;
  }
  std::vector<std::shared_ptr<ChannelListener>> listeners;
  for (const Use& use : found->second) {
    if (auto listener = use.listener.lock()) {
      listeners.push_back(std::move(listener));
    }
  }
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    if (i + 1 == listeners.size()) {
      listeners[i]->on_message(channel, payload);
    } else {
      std::string copy(payload.data(), payload.size());
      listeners[i]->on_message(channel, copy);
    }
  }
}

}  // namespace adapters::cluster
