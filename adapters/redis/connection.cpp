#include "adapters/redis/connection.hpp"

#include <random>
#include <utility>

namespace adapters::redis {

using engineio::Clock;
using socketio::LogLevel;

Connection::Connection(Environment& environment, Locator& locator, const Target& target,
                       std::string role, ConnectionObserver& observer)
    : environment_(environment),
      locator_(locator),
      target_(target),
      role_(std::move(role)),
      observer_(observer),
      address_(target.address),
      backoff_(environment.options.first_retry, environment.options.last_retry,
               std::random_device()()) {}

Connection::~Connection() = default;

void Connection::start() { attempt(); }

void Connection::attempt() {
  state_ = State::connecting;
  session_ = std::make_shared<char>();
  locator_.locate([this, session = std::weak_ptr<char>(session_)](std::optional<Address> address,
                                                                  const std::string& error) {
    if (session.expired()) {
      return;
    }
    if (address) {
      connect_to(*address);
    } else {
      lose(error, false);
    }
  });
}

void Connection::connect_to(const Address& address) {
  address_ = address;
  const auto timeout = environment_.options.connect_timeout;
  environment_.loop.timers().start(timer_, Clock::now() + timeout, [this, timeout] {
    lose("no connection within " + std::to_string(timeout.count()) + " ms", false);
  });
  reader_.emplace();
  handshake_.emplace(target_, locator_.wants_master());
  stream_.emplace(environment_.loop, address, environment_.tls,
                  static_cast<StreamObserver&>(*this));
}

void Connection::on_connected() {
  const std::string_view commands = handshake_->commands();
  writing_ = true;
  stream_->write(std::span(&commands, 1));
}

void Connection::on_bytes(std::span<const char> bytes) {
  quiet_since_ = Clock::now();
  const std::weak_ptr<char> session = session_;
  while (!bytes.empty()) {
    reader_->feed(bytes);
    while (Reply* reply = reader_->next()) {
      if (state_ == State::ready) {
        observer_.on_reply(*reply);
      } else {
        on_handshake_reply(*reply);
      }
      if (session.expired()) {
        return;
      }
    }
    if (reader_->failed()) {
      return lose("it does not speak the protocol of Redis: " + reader_->error(), false);
    }
  }
  observer_.on_replies_end();
  awaiting_ = state_ == State::ready && observer_.awaiting_reply();
}

void Connection::on_handshake_reply(const Reply& reply) {
  switch (handshake_->on_reply(reply)) {
    case Handshake::Step::more:
      return;
    case Handshake::Step::done:
      return become_ready();
    case Handshake::Step::refused:
      return lose(handshake_->reason(), true);
    case Handshake::Step::away:
      return lose(handshake_->reason(), false);
  }
}

void Connection::become_ready() {
  state_ = State::ready;
  awaiting_ = false;
  backoff_.reset();
  report(Reported::connected, {});
  environment_.loop.timers().start(timer_, quiet_since_ + environment_.options.response_timeout / 2,
                                   [this] { watch(); });
  observer_.on_ready();
}

void Connection::write(std::span<const std::string_view> pieces) {
  if (!std::exchange(awaiting_, true)) {
    quiet_since_ = Clock::now();
  }
  writing_ = true;
  stream_->write(pieces);
}

void Connection::on_written() {
  writing_ = false;
  if (state_ == State::ready) {
    observer_.on_written();
  }
}

void Connection::reconnect(const std::string& reason) {
  if (state_ == State::ready || state_ == State::connecting) {
    lose(reason, false);
  }
}

void Connection::move_to(const Address& address, const std::string& reason) {
  if (address != address_) {
    reconnect(reason);
  }
}

/// The timer is not touched when something is heard or written: it looks when that was.
void Connection::watch() {
  const auto timeout = environment_.options.response_timeout;
  const auto now = Clock::now();
  const auto deadline = quiet_since_ + (awaiting_ ? timeout + allowed_ : timeout / 2);
  if (deadline <= now && awaiting_) {
    return lose("no answer within " + std::to_string((timeout + allowed_).count()) + " ms", false);
  }
  if (deadline <= now) {
    awaiting_ = true;
    quiet_since_ = now;
    observer_.on_idle();
  }
  environment_.loop.timers().start(timer_, deadline <= now ? now + timeout / 2 : deadline,
                                   [this] { watch(); });
}

void Connection::lose(const std::string& reason, bool refused) {
  const bool was_ready = state_ == State::ready;
  report(refused ? Reported::refused : Reported::away, reason);
  session_.reset();
  stream_.reset();
  reader_.reset();
  handshake_.reset();
  state_ = State::waiting;
  writing_ = false;
  allowed_ = {};
  environment_.loop.timers().start(timer_, Clock::now() + backoff_.next(), [this] { attempt(); });
  if (was_ready) {
    environment_.counters.connections_lost.fetch_add(1, std::memory_order_relaxed);
    observer_.on_lost();
  } else {
    observer_.on_unreachable();
  }
}

void Connection::report(Reported what, const std::string& reason) {
  const Reported before = std::exchange(reported_, what);
  if (what == before && (what != Reported::refused || reason == reported_reason_)) {
    return;
  }
  reported_reason_ = reason;
  switch (what) {
    case Reported::nothing:
      return;
    case Reported::connected:
      return environment_.journal.write(LogLevel::info, label() + ": connected");
    case Reported::away:
      return environment_.journal.write(
          LogLevel::warning,
          label() + (before == Reported::connected ? ": lost: " : ": cannot be reached: ") +
              reason);
    case Reported::refused:
      return environment_.journal.write(LogLevel::error, label() + ": refused: " + reason);
  }
}

}  // namespace adapters::redis
