#pragma once

#include <memory>
#include <string>

#include "adapters/redis/backend.hpp"
#include "adapters/redis/command_connection.hpp"
#include "adapters/redis/subscriber.hpp"

namespace adapters::redis {

/// One server, or the one that Sentinels name: a connection for commands, one for messages.
class SingleServer final : public Backend,
                           private CommandConnection::Owner,
                           private Subscriber::Owner {
 public:
  SingleServer(Environment& environment, std::shared_ptr<Locator> locator);

  void start() override;
  void send(CommandBatch commands) override { commands_.send(std::move(commands)); }
  void subscribe(ChannelKind kind, std::string_view channel) override;
  void unsubscribe(ChannelKind kind, std::string_view channel) override;
  void count_subscribers(ChannelKind kind, std::string_view channel,
                         CountCallback callback) override;
  std::unique_ptr<BlockingConnection> connect_blocking(std::string key) override;
  void give_up_all(const char* error) override { commands_.give_up_all(error); }

  /// The server is another one now.
  void move_to(const Address& address, const std::string& reason);

 private:
  void on_refused(Subscriber& subscriber, ChannelKind kind, const std::string& channel,
                  const std::string& error) override;
  void retry(ChannelKind kind, const std::string& channel);

  Environment& environment_;
  const std::shared_ptr<Locator> locator_;
  CommandConnection commands_;
  Subscriber subscriber_;
};

}  // namespace adapters::redis
