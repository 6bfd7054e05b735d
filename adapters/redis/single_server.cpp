#include "adapters/redis/single_server.hpp"

#include <utility>

#include "adapters/redis/blocking_commands.hpp"

namespace adapters::redis {

SingleServer::SingleServer(Environment& environment, std::shared_ptr<Locator> locator)
    : environment_(environment),
      locator_(std::move(locator)),
      commands_(environment, *locator_, *this),
      subscriber_(environment, *locator_, environment.target, environment.subscriptions, *this) {}

void SingleServer::start() {
  commands_.start();
  subscriber_.start();
}

void SingleServer::subscribe(ChannelKind kind, std::string_view channel) {
  subscriber_.subscribe(kind, channel);
}

void SingleServer::unsubscribe(ChannelKind kind, std::string_view channel) {
  subscriber_.unsubscribe(kind, channel);
}

void SingleServer::count_subscribers(ChannelKind kind, std::string_view channel,
                                     CountCallback callback) {
  commands_.send(make_count_command(kind, channel, std::move(callback)));
}

std::unique_ptr<BlockingConnection> SingleServer::connect_blocking(std::string) {
  return std::make_unique<BlockingCommands>(environment_, locator_);
}

void SingleServer::move_to(const Address& address, const std::string& reason) {
  commands_.move_to(address, reason);
  subscriber_.move_to(address, reason);
  for_each_blocking(environment_,
                    [&](BlockingCommands& blocking) { blocking.move_to(address, reason); });
}

void SingleServer::on_refused(Subscriber& subscriber, ChannelKind kind, const std::string& channel,
                              const std::string& error) {
  report_refused(environment_, subscriber, kind, channel, error);
  environment_.loop.timers().run_at(engineio::Clock::now() + Subscriber::refused_retry,
                                    [this, kind, channel] { retry(kind, channel); });
}

void SingleServer::retry(ChannelKind kind, const std::string& channel) {
  if (environment_.subscriptions.contains(kind, channel)) {
    subscriber_.subscribe(kind, channel);
  }
}

}  // namespace adapters::redis
