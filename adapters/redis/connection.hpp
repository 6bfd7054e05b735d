#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "adapters/redis/backoff.hpp"
#include "adapters/redis/environment.hpp"
#include "adapters/redis/handshake.hpp"
#include "adapters/redis/locator.hpp"
#include "adapters/redis/reply_reader.hpp"
#include "adapters/redis/socket/stream.hpp"
#include "engineio/timers.hpp"

namespace adapters::redis {

/// What happens to a Connection. It may be destroyed in any of these calls, but for those that say
/// otherwise.
class ConnectionObserver {
 public:
  /// Commands may be written, unless the handshake still is (writing()). Nothing else was sent
  /// before.
  virtual void on_ready() = 0;
  virtual void on_reply(Reply& reply) = 0;
  /// All replies that were received have been passed on. Not to be destroyed in here.
  virtual void on_replies_end() {}
  virtual void on_written() = 0;
  /// It was ready, and is no longer: there will be no answers to what was written.
  virtual void on_lost() = 0;
  /// An attempt to connect has failed.
  virtual void on_unreachable() {}

  /// Whether something was written that Redis has not answered.
  [[nodiscard]] virtual bool awaiting_reply() const = 0;
  /// Nothing was heard for a while: write something that Redis has to answer. Not to be destroyed
  /// in here.
  virtual void on_idle() = 0;

 protected:
  ~ConnectionObserver() = default;
};

/// A connection to one server that is made again whenever it is lost, with the handshake done and
/// the server watched for life. What is sent and received is the observer's business.
class Connection final : private StreamObserver {
 public:
  /// `role` is for the log. `target` gives user, password and database.
  Connection(Environment& environment, Locator& locator, const Target& target, std::string role,
             ConnectionObserver& observer);
  ~Connection();

  void start();

  [[nodiscard]] bool ready() const noexcept { return state_ == State::ready; }
  [[nodiscard]] bool writing() const noexcept { return writing_; }

  /// When ready, and not before the last ones were written (on_written()). The memory must stay
  /// until then or until the connection is lost.
  void write(std::span<const std::string_view> pieces);

  /// Gives the present connection, or attempt, up as if it were lost.
  void reconnect(const std::string& reason);
  /// The same unless it is one to `address`.
  void move_to(const Address& address, const std::string& reason);

  /// What was written may take that much longer to be answered than RedisOptions::response_timeout.
  void allow(std::chrono::milliseconds longer) noexcept { allowed_ = longer; }

  /// For the log: the address and the role.
  [[nodiscard]] std::string label() const {
    return "Redis " + address_.text() + " (" + role_ + ")";
  }

 private:
  enum class State : std::uint8_t { idle, connecting, ready, waiting };
  enum class Reported : std::uint8_t { nothing, connected, away, refused };

  void attempt();
  void connect_to(const Address& address);
  void on_handshake_reply(const Reply& reply);
  void become_ready();
  void watch();
  void lose(const std::string& reason, bool refused);
  void report(Reported what, const std::string& reason);

  void on_connected() override;
  void on_bytes(std::span<const char> bytes) override;
  void on_written() override;
  void on_closed(const std::string& reason, bool refused) override { lose(reason, refused); }

  Environment& environment_;
  Locator& locator_;
  const Target target_;
  const std::string role_;
  ConnectionObserver& observer_;

  State state_ = State::idle;
  Address address_;  // of the present attempt, or the last one
  Backoff backoff_;
  engineio::Timer timer_;  // connecting: the deadline; ready: the watch; waiting: the next attempt

  // Of the present attempt or connection:
  std::shared_ptr<char> session_;  // for weak_ptrs that tell whether it is still the same
  std::optional<Stream> stream_;
  std::optional<ReplyReader> reader_;
  std::optional<Handshake> handshake_;
  bool writing_ = false;
  bool awaiting_ = false;  // a reply
  engineio::Clock::time_point quiet_since_;
  std::chrono::milliseconds allowed_{0};

  Reported reported_ = Reported::nothing;
  std::string reported_reason_;
};

}  // namespace adapters::redis
