#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace floor_server {

/// A client's TCP connection: what it sent that is not complete yet, and what it is to get.
struct Connection {
  static constexpr std::uint32_t none = UINT32_MAX;

  int descriptor;
  std::uint32_t place;        ///< among the connections of the server
  std::uint32_t room = none;  ///< the one it is in
  bool websocket = false;
  bool joined = false;
  bool dirty = false;  ///< has output that the end of the turn sends
  std::string input = {};
  std::string output = {};
};

}  // namespace floor_server
