#include "tests/instructions/protocol_server.hpp"

#include <utility>

#include "tests/engineio/websocket/client_frames.hpp"

namespace instructions {
namespace {

engineio::Options with_path(engineio::Options options) {
  options.path = "/socket.io";
  options.threads = 1;
  return options;
}

}  // namespace

// --- Shard --------------------------------------------------------------------------------------

bool TurnShard::post_essential(engineio::Task task) {
  posted_.push_back(std::move(task));
  return true;
}

void TurnShard::end_turn() {
  turn_end_.run();
  while (!posted_.empty() || !after_turn_.empty()) {
    for (engineio::Task& task : std::exchange(posted_, {})) {
      task();
    }
    turn_end_.run();
    for (engineio::Task& task : std::exchange(after_turn_, {})) {
      task();
    }
  }
}

// --- Peer ---------------------------------------------------------------------------------------

void Peer::send(std::span<char> bytes) {
  const engineio::net::StreamReceiver* receiver = nullptr;
  while (receiver_.get() != receiver && !bytes.empty()) {
    receiver = receiver_.get();
    bytes = bytes.subspan(receiver_->on_bytes(bytes));
  }
}

void Peer::leave() {
  if (receiver_ != nullptr) {
    receiver_->on_end(engineio::net::StreamEnd::closed_by_peer);
    set_receiver(nullptr);
  }
}

void Peer::set_receiver(std::unique_ptr<engineio::net::StreamReceiver> receiver) {
  shard_.after_turn([old = std::move(receiver_)]() mutable { old.reset(); });
  receiver_ = std::move(receiver);
}

void Peer::write(engineio::Slice slice) {
  output_.push(std::move(slice));
  shard_.at_turn_end(*this);
}

void Peer::at_turn_end() {
  written_ += output_.bytes();
  output_.drop(output_.bytes());
  if (receiver_ != nullptr) {
    receiver_->on_drained();
  }
}

// --- Server -------------------------------------------------------------------------------------

ProtocolServer::ProtocolServer(engineio::Options engine, socketio::Options options)
    : core_(std::move(options), {&shard_}),
      config_(with_path(std::move(engine)),
              [this](engineio::Session& session) { return core_.accept(session); }),
      engine_(config_, shard_),
      date_([] { return engineio::http::DateClock::WallClock::time_point{}; }),
      http_{shard_, config_.options.limits, engine_, date_} {}

ProtocolServer::~ProtocolServer() {
  core_.registry().close_adapters();
  engine_.close();
  shard_.end_turn();
  disconnect_all();
}

Peer& ProtocolServer::connect() {
  Peer& peer = *peers_.emplace_back(std::make_unique<Peer>(shard_));
  peer.set_receiver(std::make_unique<engineio::http::ServerConnection>(http_, peer));
  return peer;
}

Peer& ProtocolServer::join() {
  Peer& peer = connect();
  std::string request(websocket_request);
  peer.send(request);
  shard_.end_turn();
  std::string packet = tests::encode({.payload = "40"});
  peer.send(packet);
  shard_.end_turn();
  return peer;
}

void ProtocolServer::disconnect_all() {
  for (const auto& peer : peers_) {
    peer->leave();
  }
  shard_.end_turn();
  peers_.clear();
}

std::string ProtocolServer::session_id() {
  std::string id;
  engine_.for_each_session([&](engineio::Session& session) { id = session.id(); });
  return id;
}

}  // namespace instructions
