#include "conformance/server/limits.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <variant>

#include "conformance/server/parse.hpp"

namespace conformance {

namespace {

using std::chrono::milliseconds;
using Field = std::variant<std::size_t*, milliseconds*, engineio::RateLimit*>;

std::map<std::string_view, Field> fields_of(const Limits& limits) {
  engineio::Limits& engine = limits.engine;
  socketio::Limits& socket = limits.socket;
  socketio::ParserLimits& parser = limits.parser;
  return {
      {"http_head_bytes", &engine.http_head_bytes},
      {"http_header_fields", &engine.http_header_fields},
      {"http_pipelined_requests", &engine.http_pipelined_requests},
      {"http_head_timeout", &engine.http_head_timeout},
      {"http_body_timeout", &engine.http_body_timeout},
      {"keep_alive_timeout", &engine.keep_alive_timeout},
      {"websocket_frames_per_message", &engine.websocket_frames_per_message},
      {"packets_per_payload", &engine.packets_per_payload},
      {"outgoing_queue_bytes", &engine.outgoing_queue_bytes},
      {"write_stall_timeout", &engine.write_stall_timeout},
      {"linger", &engine.linger},
      {"websocket_close_timeout", &engine.websocket_close_timeout},
      {"polling_close_timeout", &engine.polling_close_timeout},
      {"last_poll_timeout", &engine.last_poll_timeout},
      {"connections", &engine.connections},
      {"connections_per_address", &engine.connections_per_address},
      {"sessions_per_address", &engine.sessions_per_address},
      {"handshakes_per_address", &engine.handshakes_per_address},
      {"mailbox_tasks", &engine.mailbox_tasks},
      {"mailbox_bytes", &engine.mailbox_bytes},
      {"namespaces_per_connection", &socket.namespaces_per_connection},
      {"namespace_name_bytes", &socket.namespace_name_bytes},
      {"dynamic_namespaces", &socket.dynamic_namespaces},
      {"rooms_per_socket", &socket.rooms_per_socket},
      {"pending_acks", &socket.pending_acks},
      {"events_per_connection", &socket.events_per_connection},
      {"attachment_timeout", &socket.attachment_timeout},
      {"recovery_log_bytes", &socket.recovery_log_bytes},
      {"recovery_sessions", &socket.recovery_sessions},
      {"max_attachments", &parser.max_attachments},
      {"max_attachment_bytes", &parser.max_attachment_bytes},
      {"max_depth", &parser.max_depth},
  };
}

std::string names_of(const std::map<std::string_view, Field>& fields) {
  std::string names;
  for (const auto& [name, field] : fields) {
    names.append(names.empty() ? "" : ", ").append(name);
  }
  return names;
}

void assign(std::size_t& field, std::string_view value) { field = to_number<std::size_t>(value); }

void assign(milliseconds& field, std::string_view value) { field = to_milliseconds(value); }

void assign(engineio::RateLimit& field, std::string_view value) {
  const std::size_t slash = value.find('/');
  if (slash == std::string_view::npos) {
    throw std::invalid_argument("takes PER_SECOND/BURST, not \"" + std::string(value) + "\"");
  }
  field = {.per_second = to_number<std::uint32_t>(value.substr(0, slash)),
           .burst = to_number<std::uint32_t>(value.substr(slash + 1))};
}

}  // namespace

void Limits::set(std::string_view assignment) const {
  const auto fields = fields_of(*this);
  const std::size_t equals = std::min(assignment.find('='), assignment.size());
  const auto found = fields.find(assignment.substr(0, equals));
  if (found == fields.end() || equals == assignment.size()) {
    throw std::invalid_argument("takes NAME=VALUE with one of " + names_of(fields));
  }
  try {
    std::visit([&](auto* field) { assign(*field, assignment.substr(equals + 1)); }, found->second);
  } catch (const std::invalid_argument& problem) {
    throw std::invalid_argument(std::string(found->first) + " " + problem.what());
  }
}

}  // namespace conformance
