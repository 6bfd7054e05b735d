#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "socketio/tape.hpp"

namespace socketio::parser {

/// What stands for attachment `index` in the JSON of a packet:
/// `{"_placeholder":true,"num":<index>}`.
void append_placeholder(std::string& out, std::size_t index);

/// To be called for each object just finished. If it is a placeholder, the attachment takes its
/// place. False: it is one, but `num` is not the number of an attachment.
[[nodiscard]] bool bind_placeholder(Tape& tape, std::size_t object,
                                    std::span<const std::string> attachments);

}  // namespace socketio::parser
