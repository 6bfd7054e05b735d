#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "apps/chat/monitoring/metrics.hpp"
#include "apps/chat/store/outcome.hpp"
#include "socketio/ack.hpp"
#include "socketio/convert.hpp"

namespace chat {

/// The answer to an event that was not carried out.
struct Problem {
  std::string error = {};  ///< what to do
  std::optional<std::string> code = {};
};

/// The answer to an event of which nothing more is to be said.
struct Success {
  bool success = true;
};

/// Answers one event, once, and observes how long that took. Copies answer the same event. Any
/// thread, at any later time.
class Answer {
 public:
  Answer(socketio::Ack<> ack, Histogram latency) : ack_(std::move(ack)), latency_(latency) {}

  template <class T>
  void operator()(const T& result) const {
    done();
    ack_(result);
  }
  void refuse(std::string error) const { (*this)(Problem{std::move(error)}); }
  template <class T>
  void refuse(Outcome<T> outcome) const {
    (*this)(Problem{std::move(outcome.error), std::string(code_of(outcome.failure))});
  }

  /// For events without an answer.
  void done() const { latency_.observe(std::chrono::steady_clock::now() - begin_); }

 private:
  socketio::Ack<> ack_;
  mutable Histogram latency_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace chat

template <>
struct socketio::Fields<chat::Problem> {
  static constexpr auto members =
      std::tuple(field("error", &chat::Problem::error), field("code", &chat::Problem::code));
};

template <>
struct socketio::Fields<chat::Success> {
  static constexpr auto members = std::tuple(field("success", &chat::Success::success));
};
