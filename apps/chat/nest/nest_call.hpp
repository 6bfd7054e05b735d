#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "socketio/handler.hpp"
#include "socketio/socket.hpp"
#include "socketio/value.hpp"

namespace chat {

/// A field of an object in JavaScript; nullopt: undefined.
using NestField = std::optional<socketio::Value>;

/// An event of a client as a handler of a Nest gateway sees it: a payload, `data`, and what it
/// returns. Several arguments are one payload, a list. Lives during the call of the handler.
class NestCall {
 public:
  explicit NestCall(socketio::IncomingEvent& event) noexcept : event_(event) {}

  [[nodiscard]] socketio::Socket& socket() const noexcept { return *event_.socket(); }

  /// Whether `data.name` throws: there is no payload, or it is null.
  [[nodiscard]] bool is_unreadable() const noexcept;

  /// `data.name`, which is undefined in all that is no object.
  [[nodiscard]] NestField field(std::string_view name) const;

  /// The handler returns `value`: it answers the acknowledgement.
  void answer(const socketio::Value& value);

  /// The handler throws: the client gets `exception`, and its acknowledgement never comes.
  void fail();

 private:
  [[nodiscard]] NestField payload() const;

  socketio::IncomingEvent& event_;
};

/// `object.name`.
[[nodiscard]] NestField find_field(const socketio::Value& object, std::string_view name);

/// Adds a member; an undefined one is left out, as in JSON.
void add_field(socketio::Object& object, std::string_view name, const NestField& field);

/// `new Date()` as JSON: ISO 8601 with milliseconds, UTC.
[[nodiscard]] socketio::Value nest_timestamp();

/// What `${field}` is in JavaScript.
[[nodiscard]] std::string to_text(const NestField& field);

}  // namespace chat
