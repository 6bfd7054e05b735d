#include "engineio/shard.hpp"

#include "engineio/shard_link.hpp"

namespace engineio {

Shard::Shard() : link_(std::make_shared<ShardLink>(*this)) {}

Shard::~Shard() { cut_link(); }

void Shard::cut_link() noexcept { link_->cut(); }

}  // namespace engineio
