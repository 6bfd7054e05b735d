#pragma once

#include <string_view>

#include "engineio/options.hpp"
#include "socketio/options.hpp"
#include "socketio/parser.hpp"

namespace conformance {

/// The limits of all layers. Their names are those of the members, which are different everywhere.
struct Limits {
  engineio::Limits& engine;
  socketio::Limits& socket;
  socketio::ParserLimits& parser;

  /// `NAME=VALUE`; milliseconds for times, `PER_SECOND/BURST` for rates. Throws
  /// std::invalid_argument with a text that names what there is.
  void set(std::string_view assignment) const;
};

}  // namespace conformance
