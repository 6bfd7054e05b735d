#pragma once

#include <memory>

#include "engineio/http.hpp"
#include "engineio/http/exchange.hpp"
#include "engineio/shard.hpp"

namespace engineio::http {

/// The application's handle on `exchange`, which lives on `shard`: answers given on other threads
/// are posted there, and those given after the server's end are dropped.
[[nodiscard]] HttpResponder make_responder(std::shared_ptr<Exchange> exchange, const Shard& shard);

}  // namespace engineio::http
