#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "adapters/redis/connection.hpp"

namespace adapters::redis {

/// How long `command` may block on purpose: its BLOCK argument.
[[nodiscard]] std::chrono::milliseconds blocking_time(const Command& command);

/// The real BlockingConnection. May be destroyed in its callbacks.
class BlockingCommands final : public BlockingConnection, private ConnectionObserver {
 public:
  BlockingCommands(Environment& environment, std::shared_ptr<Locator> locator);
  ~BlockingCommands() override;

  void execute(Command command, ResultCallback callback) override;

  void move_to(const Address& address, const std::string& reason) {
    connection_.move_to(address, reason);
  }

  /// Ends the command that is under way, if there is one.
  void give_up(const char* error);

 private:
  void flush();

  void on_ready() override { flush(); }
  void on_reply(Reply& reply) override;
  void on_written() override { flush(); }
  void on_lost() override;
  bool awaiting_reply() const override { return written_ || pinged_; }
  void on_idle() override;

  Environment& environment_;
  const std::shared_ptr<Locator> locator_;
  std::string command_;
  ResultCallback callback_;
  std::chrono::milliseconds blocking_time_{0};
  int attempts_ = 0;
  bool written_ = false;
  bool pinged_ = false;
  Connection connection_;
};

/// Calls `function` for each that there is, and that it has not destroyed.
void for_each_blocking(Environment& environment,
                       engineio::Function<void(BlockingCommands&)> function);

}  // namespace adapters::redis
