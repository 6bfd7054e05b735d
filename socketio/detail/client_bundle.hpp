#pragma once

#include <string>

#include "engineio/options.hpp"
#include "socketio/options.hpp"

namespace socketio::detail {

/// Serves the browser client under the path of the server. Empty where there is nothing to serve.
/// Throws std::invalid_argument if Options::client_directory does not hold it.
[[nodiscard]] engineio::Options::Middleware make_client_bundle(const std::string& path,
                                                               const Options& options);

}  // namespace socketio::detail
