#pragma once

#include <memory>

#include "apps/chat/config/sources.hpp"

namespace chat {

/// The whole program: makes everything that the settings ask for, and serves until it is told to
/// stop.
///
/// SIGTERM: a drain (DrainSettings), then the end; a second one, or SIGINT: the end at once.
/// SIGHUP: the settings are read again from `sources`, and what can change without a restart
/// changes.
class App {
 public:
  /// Throws std::runtime_error with what is wrong and what to change.
  App(const Configuration& configuration, Sources sources);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// Prints one line, `listening on <host>:<port>`, on standard output when clients can come in.
  void run();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace chat
