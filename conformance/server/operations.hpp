#pragma once

#include "engineio/function.hpp"
#include "socketio/namespace.hpp"

namespace conformance {

/// The event `op` of mode app: what can be done with sockets from afar. `spec` is
/// `{do, to?, except?, local?, volatile?, timeout?, event?, args?, rooms?, close?}`; the answer is
/// `{ok:true, result}` or `{ok:false, error, responses}`.
void run_operation(socketio::Namespace& nsp, const socketio::Value& spec,
                   engineio::Function<void(const socketio::Value&)> answer);

}  // namespace conformance
