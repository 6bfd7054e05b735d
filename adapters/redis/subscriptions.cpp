#include "adapters/redis/subscriptions.hpp"

#include <utility>

namespace adapters::redis {

void Subscriptions::add(ChannelKind kind, std::string channel, MessageHandler handler,
                        engineio::Function<void()> subscribed) {
  auto entry = std::make_shared<Entry>();
  entry->handler = std::move(handler);
  entry->subscribed = std::move(subscribed);
  entries_[kind].insert_or_assign(std::move(channel), std::move(entry));
}

void Subscriptions::remove(ChannelKind kind, std::string_view channel) {
  entries_.erase(kind, channel);
}

void Subscriptions::confirm(ChannelKind kind, std::string_view channel) {
  const auto* entry = entries_.find(kind, channel);
  if (entry != nullptr && (*entry)->subscribed) {
    std::exchange((*entry)->subscribed, nullptr)();
  }
}

void Subscriptions::deliver(ChannelKind kind, std::string_view subscribed, std::string_view channel,
                            std::span<char> payload) {
  if (const auto* entry = entries_.find(kind, subscribed)) {
    const std::shared_ptr<Entry> kept = *entry;
    kept->handler(channel, payload);
  }
}

std::vector<std::string> Subscriptions::channels(ChannelKind kind) {
  std::vector<std::string> channels;
  for (const auto& [channel, entry] : entries_[kind]) {
    channels.push_back(channel);
  }
  return channels;
}

void Subscriptions::clear() {
  for (const ChannelKind kind : channel_kinds) {
    std::exchange(entries_[kind], {});
  }
}

}  // namespace adapters::redis
