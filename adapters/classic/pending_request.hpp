#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engineio/function.hpp"
#include "socketio/ack.hpp"
#include "socketio/adapter.hpp"
#include "socketio/broadcast_operator.hpp"
#include "socketio/value_view.hpp"

namespace adapters::classic {

/// A request of this server that waits until it is known how many servers there are, and then for
/// the answers of all others.
class PendingRequest {
 public:
  virtual ~PendingRequest() = default;

  /// How many servers have the namespace, this one included.
  void set_servers(std::size_t servers) noexcept { servers_ = std::max<std::size_t>(servers, 1); }
  /// nullopt: not known yet.
  [[nodiscard]] std::optional<std::size_t> servers() const noexcept { return servers_; }

  /// Takes the answer of a server. False if it is none to this request.
  [[nodiscard]] bool take(socketio::ValueView response) {
    const bool fits = add(response);
    answers_ += fits ? 1 : 0;
    return fits;
  }
  [[nodiscard]] virtual bool complete() const noexcept {
    return servers_ && answers_ + 1 >= *servers_;
  }

  /// Calls back with what there is. `error`: empty, or why that is not all. Once.
  virtual void finish(std::string error) = 0;
  /// In the words of Node.
  [[nodiscard]] virtual std::string timeout_error() const = 0;

 protected:
  PendingRequest() = default;
  PendingRequest(const PendingRequest&) = default;
  PendingRequest& operator=(const PendingRequest&) = default;

 private:
  [[nodiscard]] virtual bool add(socketio::ValueView response) = 0;

  std::optional<std::size_t> servers_;
  std::size_t answers_ = 0;
};

/// How many servers are there? Redis knows; no server is asked. Calls back with 0 where it is not
/// known: a broadcast with acknowledgements then waits for more, until its timeout.
class CountRequest final : public PendingRequest {
 public:
  explicit CountRequest(engineio::Function<void(std::size_t)> callback)
      : callback_(std::move(callback)) {}

  [[nodiscard]] bool complete() const noexcept override { return servers().has_value(); }
  void finish(std::string error) override;
  [[nodiscard]] std::string timeout_error() const override;

 private:
  bool add(socketio::ValueView) override { return false; }

  engineio::Function<void(std::size_t)> callback_;
};

class FetchRequest final : public PendingRequest {
 public:
  using Callback = engineio::Function<void(socketio::Adapter::Descriptions)>;

  /// `own`: the sockets of this server.
  FetchRequest(std::vector<socketio::SocketDescription> own, Callback callback)
      : sockets_(std::move(own)), callback_(std::move(callback)) {}

  void finish(std::string error) override;
  [[nodiscard]] std::string timeout_error() const override;

 private:
  bool add(socketio::ValueView response) override;

  std::vector<socketio::SocketDescription> sockets_;
  Callback callback_;
};

class RoomsRequest final : public PendingRequest {
 public:
  using Callback = engineio::Function<void(socketio::Adapter::RoomNames)>;

  RoomsRequest(const std::vector<std::string>& own, Callback callback)
      : rooms_(own.begin(), own.end()), callback_(std::move(callback)) {}

  void finish(std::string error) override;
  [[nodiscard]] std::string timeout_error() const override;

 private:
  bool add(socketio::ValueView response) override;

  std::set<std::string> rooms_;
  Callback callback_;
};

class ServerEventRequest final : public PendingRequest {
 public:
  explicit ServerEventRequest(socketio::AckResultsCallback callback)
      : callback_(std::move(callback)) {}

  void finish(std::string error) override;
  [[nodiscard]] std::string timeout_error() const override;

 private:
  bool add(socketio::ValueView response) override;

  std::vector<socketio::Value> responses_;
  socketio::AckResultsCallback callback_;
};

}  // namespace adapters::classic
