#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engineio/session.hpp"
#include "socketio/detail/namespace_access.hpp"
#include "socketio/detail/namespace_shard.hpp"
#include "socketio/detail/rare_state.hpp"
#include "socketio/detail/server_core.hpp"
#include "socketio/detail/socket_access.hpp"
#include "socketio/namespace.hpp"
#include "socketio/socket.hpp"
#include "tests/support/fake_shard.hpp"

namespace tests {

/// A session without a transport: a test plays the client.
class FakeSession final : public engineio::Session {
 public:
  FakeSession(support::FakeShard& shard, std::string id, unsigned protocol)
      : shard_(shard), id_(std::move(id)), protocol_(protocol) {}

  [[nodiscard]] std::string_view id() const noexcept override { return id_; }
  [[nodiscard]] unsigned protocol() const noexcept override { return protocol_; }
  [[nodiscard]] engineio::TransportName transport() const noexcept override { return transport_; }
  [[nodiscard]] State state() const noexcept override { return state_; }
  [[nodiscard]] const engineio::HttpRequest& handshake() const noexcept override { return request; }
  [[nodiscard]] engineio::Shard& shard() noexcept override { return shard_; }

  void send(const engineio::Message& message, bool compress) override {
    if (state_ != State::open) {
      return;
    }
    const bool text = message.kind() == engineio::MessageKind::text;
    sent.push_back((text ? "" : "binary:") + std::string(message.payload()));
    compressed.push_back(compress);
    written_in_this_turn = true;
  }
  [[nodiscard]] bool writable() const noexcept override {
    return poll_pending && !written_in_this_turn;
  }
  [[nodiscard]] std::size_t queued_bytes() const noexcept override { return queued; }
  void close() override {
    if (state_ == State::open && !poll_pending) {
      state_ = State::closing;
    } else {
      end(engineio::CloseReason::forced_close);
    }
  }
  void discard_and_close() override { end(engineio::CloseReason::forced_close); }

  void end(engineio::CloseReason reason, std::string_view description = "") {
    if (state_ != State::closed) {
      state_ = State::closed;
      if (handler != nullptr) {
        handler->on_close(reason, description);
      }
    }
  }

  engineio::HttpRequest request{.method = "GET", .target = "/socket.io/?EIO=4&transport=polling"};
  std::unique_ptr<engineio::SessionHandler> handler;
  std::vector<std::string> sent;  // since the last take()
  std::vector<bool> compressed;   // of the same messages
  engineio::TransportName transport_ = engineio::TransportName::websocket;
  bool poll_pending = true;  // false: a polling client between two polls
  bool written_in_this_turn = false;
  std::size_t queued = 0;

 private:
  support::FakeShard& shard_;
  std::string id_;
  unsigned protocol_;
  State state_ = State::open;
};

/// A server without network, on one or several shards whose turns are run one after the other.
class World {
 public:
  explicit World(socketio::Options options = {}, std::size_t shard_count = 1)
      : shards(make_shards(shard_count)), core(with_log(std::move(options)), pointers()) {}

  // As in a server that stops: each session ends before it goes.
  ~World() {
    forget_handlers();
    for (auto& session : sessions) {
      session->end(engineio::CloseReason::transport_close);
    }
    settle();
    sessions.clear();
    for (auto& shard : shards) {
      shard->stop();
    }
  }

  [[nodiscard]] socketio::Namespace& io() { return core.registry().of("/"); }
  socketio::Namespace& of(std::string_view name) { return core.registry().of(name); }
  [[nodiscard]] socketio::detail::Counters& counters(std::size_t shard = 0) {
    return core.context(shard).counters;
  }

  /// A new connection.
  FakeSession& open(unsigned protocol = 4, std::size_t shard = 0,
                    std::string target = "/socket.io/?EIO=4&transport=websocket") {
    const std::string id = "engine-session-" + std::to_string(sessions.size());
    auto& session =
        *sessions.emplace_back(std::make_unique<FakeSession>(*shards[shard], id, protocol));
    session.request.target = std::move(target);
    run_on(shard, [&] { session.handler = core.accept(session); });
    return session;
  }

  /// A connection that has joined a namespace, with what it was sent until then.
  FakeSession& join(std::string_view nsp = "/", std::size_t shard = 0) {
    FakeSession& session = open(4, shard);
    receive(session, "0" + (nsp == "/" ? std::string() : std::string(nsp) + ","));
    session.sent.clear();
    session.compressed.clear();
    return session;
  }

  /// The client sends messages, all in one turn; `binary:` marks those that are not text.
  template <class... Messages>
  void receive(FakeSession& session, const Messages&... messages) {
    run_on(session.shard().index(), [&] { (feed(session, messages), ...); });
  }

  /// Runs `action` on the shard, and then everything that follows from it.
  template <class Action>
  void run_on(std::size_t shard, Action&& action) {
    set_current(shard);
    action();
    settle();
  }

  /// As if from a thread that is no shard.
  template <class Action>
  void run_elsewhere(Action&& action) {
    set_current(none);
    action();
    settle();
  }

  /// One turn of one shard.
  void turn(std::size_t shard) {
    set_current(shard);
    shards[shard]->turn();
    for (auto& session : sessions) {
      session->written_in_this_turn = false;
    }
    set_current(none);
  }

  /// Turns until nothing is left to do.
  void settle() {
    for (int rounds = 0; rounds < 100; ++rounds) {
      for (std::size_t i = 0; i < shards.size(); ++i) {
        turn(i);
      }
      if (!has_posted()) {
        break;
      }
    }
    set_current(0);
  }

  void advance(engineio::Clock::duration duration) {
    for (std::size_t i = 0; i < shards.size(); ++i) {
      set_current(i);
      shards[i]->advance(duration);
    }
    settle();
  }

  void set_current(std::size_t shard) {
    for (std::size_t i = 0; i < shards.size(); ++i) {
      shards[i]->current = i == shard;
    }
  }

  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  std::vector<std::unique_ptr<support::FakeShard>> shards;
  std::vector<std::string> logged;
  socketio::detail::ServerCore core;
  std::vector<std::unique_ptr<FakeSession>> sessions;

 private:
  static std::vector<std::unique_ptr<support::FakeShard>> make_shards(std::size_t count) {
    std::vector<std::unique_ptr<support::FakeShard>> result;
    for (unsigned i = 0; i < count; ++i) {
      result.push_back(std::make_unique<support::FakeShard>(i));
      result.back()->current = i == 0;
    }
    return result;
  }

  // Those that the end of a session runs: what they refer to is younger than the world.
  void forget_handlers() {
    using namespace socketio::detail;
    for (const auto& nsp : core.registry().all()) {
      for (std::size_t i = 0; i < shards.size(); ++i) {
        for (socketio::Socket* socket : NamespaceAccess::shard(*nsp, i).select({})) {
          if (RareState* rare = SocketAccess::find_rare(*socket)) {
            rare->on_disconnecting.clear();
            rare->on_disconnect.clear();
            rare->acks.reset();
          }
        }
      }
    }
  }

  [[nodiscard]] std::vector<engineio::Shard*> pointers() const {
    std::vector<engineio::Shard*> result;
    for (const auto& shard : shards) {
      result.push_back(shard.get());
    }
    return result;
  }

  socketio::Options with_log(socketio::Options options) {
    options.log = [this](socketio::LogLevel, std::string_view text) { logged.emplace_back(text); };
    return options;
  }

  [[nodiscard]] bool has_posted() const {
    for (const auto& shard : shards) {
      if (shard->posted() != 0) {
        return true;
      }
    }
    return false;
  }

  static void feed(FakeSession& session, std::string message) {
    constexpr std::string_view mark = "binary:";
    const bool binary = message.starts_with(mark);
    if (binary) {
      message.erase(0, mark.size());
    }
    if (session.state() == engineio::Session::State::open) {
      session.handler->on_message(
          binary ? engineio::MessageKind::binary : engineio::MessageKind::text, message);
    }
  }
};

using Texts = std::vector<std::string>;

/// What was sent since the last time.
inline Texts take(FakeSession& session) {
  session.compressed.clear();
  return std::exchange(session.sent, {});
}

/// The value of a string member in JSON text, as in `0{"sid":"…"}`.
inline std::string member(std::string_view json, std::string_view name) {
  const std::string key = "\"" + std::string(name) + "\":\"";
  const auto begin = json.find(key);
  if (begin == std::string_view::npos) {
    return {};
  }
  const auto rest = json.substr(begin + key.size());
  return std::string(rest.substr(0, rest.find('"')));
}

}  // namespace tests
