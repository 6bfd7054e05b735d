#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "socketio/value_view.hpp"

namespace adapters::classic {

class ClassicAdapter;
class ClassicBus;

enum class Outcome : std::uint8_t {
  done,
  own,      ///< a request of this server
  ignored,  ///< for another server, or of a kind that is not known
  rubbish
};

struct Answer {
  Outcome outcome;
  std::string_view rubbish = {};  ///< what is wrong
};

/// Does what another server or an emitter asks for, and answers. On the client's thread. Answers
/// that need the shards come later.
[[nodiscard]] Answer answer(const std::shared_ptr<ClassicBus>& bus, ClassicAdapter& adapter,
                            socketio::ValueView request);

/// Whether it may be sent to clients: `{"type": 2, "data": [event, …]}`. Anything else, a binary
/// event included, is a broken packet to them, and makes them close their connection.
[[nodiscard]] bool is_event(socketio::ValueView packet);

}  // namespace adapters::classic
