#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "adapters/bus_statistics.hpp"
#include "adapters/cluster/message.hpp"
#include "engineio/function.hpp"
#include "engineio/timers.hpp"
#include "socketio/value_view.hpp"

namespace adapters::cluster {

/// What a request says when the servers could not be counted.
inline constexpr const char* servers_unknown = "the other servers could not be counted";
/// What a request says when the server closes before it has its answers.
inline constexpr const char* adapter_closed = "the adapter was closed";

/// Requests that wait for one response of each other node: fetchSockets, serverSideEmit with
/// acknowledgement. How many others there are is learnt after the request was made.
///
/// The nodes are told apart by their number only, so a node that is gone is not noticed: the
/// request ends at its deadline, with what has come until then. One thread.
class Requests {
 public:
  Requests(engineio::Timers& timers, BusMonitor& monitor) noexcept
      : timers_(timers), monitor_(monitor) {}

  struct Request {
    MessageType response;  ///< the type of the responses; others are not for it
    engineio::Function<void(socketio::ValueView data)> on_response;
    /// Once: empty when all have responded, else why not.
    engineio::Function<void(std::string error)> on_end;
  };
  void add(std::string id, Request request, engineio::Clock::time_point deadline);

  /// So many responses are to come.
  void expect(const std::string& id, std::size_t responses);
  /// Ends early.
  void fail(const std::string& id, std::string error);
  /// A second response of the same node, and one that nobody waits for, is ignored.
  void respond(const std::string& id, const Message& message);

  /// Forgets all, without calling back.
  void clear() { waiting_.clear(); }

  [[nodiscard]] std::size_t size() const noexcept { return waiting_.size(); }

 private:
  struct Waiting {
    Request request;
    std::optional<std::size_t> expected;
    std::size_t received = 0;
    std::vector<std::string> responders;
    engineio::Timer timer;
  };
  using Position = std::unordered_map<std::string, Waiting>::iterator;

  void end_if_complete(Position position);
  void end(Position position, std::string error);
  [[nodiscard]] static std::string timeout_error(const Waiting& waiting);

  engineio::Timers& timers_;
  BusMonitor& monitor_;
  std::unordered_map<std::string, Waiting> waiting_;
};

}  // namespace adapters::cluster
