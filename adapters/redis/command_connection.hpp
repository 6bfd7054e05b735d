#pragma once

#include <cstddef>
#include <string>

#include "adapters/redis/connection.hpp"
#include "adapters/redis/pipeline.hpp"

namespace adapters::redis {

/// Ends commands that Redis will not answer: each callback is told `error`.
void give_up(Environment& environment, CommandBatch commands, const char* error);

/// A connection for commands, pipelined: they are written as they come, and answered in order.
/// While it is away they wait.
class CommandConnection final : private ConnectionObserver {
 public:
  /// Who sends the commands. The connection may be destroyed in none of these calls.
  class Owner {
   public:
    virtual void on_ready(CommandConnection&) {}
    virtual void on_lost(CommandConnection&) {}
    /// An attempt to connect has failed.
    virtual void on_unreachable(CommandConnection&) {}
    /// Redis answered with an error. Returns whether the owner has taken the command over.
    virtual bool take_over(CommandConnection&, Pipeline::Answer&) { return false; }

   protected:
    ~Owner() = default;
  };

  CommandConnection(Environment& environment, Locator& locator, Owner& owner);
  ~CommandConnection();

  void start() { connection_.start(); }
  void send(CommandBatch commands);
  void move_to(const Address& address, const std::string& reason) {
    connection_.move_to(address, reason);
  }

  /// Ends everything that waits or was sent.
  void give_up_all(const char* error);

  [[nodiscard]] CommandBatch take_unsent() { return pipeline_.take_unsent(); }
  [[nodiscard]] bool ready() const noexcept { return connection_.ready(); }
  [[nodiscard]] bool idle() const noexcept { return pipeline_.empty(); }

 private:
  void flush();
  void finish(Pipeline::Answer& answer, Reply& reply);

  void on_ready() override;
  void on_reply(Reply& reply) override;
  void on_replies_end() override;
  void on_written() override { flush(); }
  void on_lost() override;
  void on_unreachable() override { owner_.on_unreachable(*this); }
  bool awaiting_reply() const override { return pipeline_.awaiting_reply(); }
  void on_idle() override;

  Environment& environment_;
  const bool wants_master_;
  Owner& owner_;
  Pipeline pipeline_;
  std::size_t answered_ = 0;  // not yet released
  std::size_t answered_bytes_ = 0;
  Connection connection_;
};

}  // namespace adapters::redis
