#pragma once

#include <memory>

#include "adapters/redis/backend.hpp"
#include "adapters/redis/environment.hpp"

namespace adapters::redis {

/// The Redis Cluster that the nodes of the options belong to. A command goes to the master of its
/// key's slot, and after MOVED, ASK, TRYAGAIN or CLUSTERDOWN to where that says, 16 times at most.
/// While slots move, commands that one thread issued may overtake each other.
[[nodiscard]] std::unique_ptr<Backend> make_cluster(Environment& environment);

}  // namespace adapters::redis
