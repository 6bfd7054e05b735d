#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/redis_reply.hpp"
#include "apps/chat/store/message.hpp"

namespace chat {

/// A message as Redis keeps it, in streams and hashes: name and value of each field that is not
/// empty. The names are those of Message as Node spells them; the timestamp is in milliseconds.
[[nodiscard]] std::vector<std::string> to_fields(const Message& message);

/// nullopt: it is no message. Unknown fields are ignored. Takes what is in `fields`.
[[nodiscard]] std::optional<Message> to_message(adapters::redis::Reply& fields);

[[nodiscard]] std::int64_t to_milliseconds(socketio::Date date) noexcept;
[[nodiscard]] std::string to_text(socketio::Date date);
/// nullopt: no number.
[[nodiscard]] std::optional<socketio::Date> to_date(std::string_view milliseconds) noexcept;

}  // namespace chat
