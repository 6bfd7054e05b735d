#include "apps/bench/floor/answers.hpp"

#include <charconv>
#include <string>

#include "apps/bench/floor/frame.hpp"

namespace floor_server {
namespace {

constexpr std::string_view upgrade_response =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
constexpr std::string_view open_packet_begin = "0{\"sid\":\"";
constexpr std::string_view open_packet_end =
    "\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000000}";
constexpr std::string_view connect_answer = "40{\"sid\":\"AAAAAAAAAAAAAAAAAAAA\"}";

constexpr std::string_view echo_event = "[\"echo\",";
constexpr std::string_view join_event = "[\"join\",\"r";
constexpr std::string_view broadcast_packet = "42[\"broadcast\",";
constexpr std::string_view room_packet = "42[\"room\",\"r";
constexpr std::string_view room_packet_rest = "\",";

constexpr char separator = '\x1e';

std::size_t to_number(std::string_view digits) {
  std::size_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

// Between the type of a packet and its payload stands the id of the acknowledgement.
std::string_view id_of(std::string_view packet, std::size_t type_size) {
  return packet.substr(type_size, packet.find('[') - type_size);
}

// The answer to a packet that has one.
void write_answer(std::string& out, std::string_view packet) {
  if (packet == "40") {
    out.append(connect_answer);
  } else if (packet.starts_with("451-")) {
    out.append("461-").append(id_of(packet, 4)).append("[{\"_placeholder\":true,\"num\":0}]");
  } else if (packet.starts_with("42")) {
    const std::string_view id = id_of(packet, 2);
    const std::string_view event = packet.substr(2 + id.size());
    out.append("43").append(id).append("[");
    out.append(event.starts_with(echo_event) ? event.substr(echo_event.size()) : "]");
  }
}

}  // namespace

std::size_t Answers::on_bytes(Connection& connection, std::span<char> bytes) {
  return connection.websocket ? on_frames(connection, bytes)
                              : on_request(connection, {bytes.data(), bytes.size()});
}

void Answers::on_closed(Connection& connection) {
  if (connection.joined) {
    std::erase(joined_, &connection);
  }
  if (connection.room != Connection::none) {
    std::erase(rooms_[connection.room], &connection);
  }
  for (Session& session : sessions_) {
    if (session.poll == &connection) {
      session.poll = nullptr;
    }
  }
}

std::string& Answers::output_of(Connection& connection) {
  if (!connection.dirty) {
    connection.dirty = true;
    dirty_.push_back(&connection);
  }
  return connection.output;
}

std::size_t Answers::on_frames(Connection& connection, std::span<char> bytes) {
  std::size_t used = 0;
  while (const auto frame = read_frame(bytes.subspan(used))) {
    used += frame->size;
    if (frame->kind == text_frame) {
      on_packet(connection, frame->payload);
    } else if (frame->kind == binary_frame) {
      send(connection, binary_frame, frame->payload);
    }
  }
  return used;
}

void Answers::on_packet(Connection& connection, std::string_view packet) {
  if (packet.starts_with(broadcast_packet)) {
    return send_to(joined_, packet);
  }
  if (packet.starts_with(room_packet)) {
    const std::string_view rest = packet.substr(packet.find(room_packet_rest, room_packet.size()));
    answer_.assign("42[\"room\",").append(rest.substr(room_packet_rest.size()));
    return send_to(room_of(packet.substr(room_packet.size())), answer_);
  }
  if (packet == "40") {
    connection.joined = true;
    joined_.push_back(&connection);
  } else if (const auto event = packet.find(join_event); event != std::string_view::npos) {
    join(connection, packet.substr(event + join_event.size()));
  }
  answer_.clear();
  write_answer(answer_, packet);
  if (!answer_.empty()) {
    send(connection, text_frame, answer_);
  }
}

void Answers::send(Connection& connection, char kind, std::string_view payload) {
  std::string& out = output_of(connection);
  append_frame_header(out, kind, payload.size());
  out.append(payload);
}

void Answers::send_to(const std::vector<Connection*>& connections, std::string_view packet) {
  std::string frame;
  append_frame_header(frame, text_frame, packet.size());
  frame.append(packet);
  for (Connection* connection : connections) {
    output_of(*connection).append(frame);
  }
}

void Answers::join(Connection& connection, std::string_view room) {
  room_of(room).push_back(&connection);
  connection.room = static_cast<std::uint32_t>(to_number(room));
}

// The names of rooms are numbers.
std::vector<Connection*>& Answers::room_of(std::string_view name) {
  const std::size_t room = to_number(name);
  if (room >= rooms_.size()) {
    rooms_.resize(room + 1);
  }
  return rooms_[room];
}

std::size_t Answers::on_request(Connection& connection, std::string_view bytes) {
  constexpr std::string_view get_poll = "GET /socket.io/?EIO=4&transport=polling";
  constexpr std::string_view get_websocket = "GET /socket.io/?EIO=4&transport=websocket";
  const std::size_t head_end = bytes.find("\r\n\r\n");
  if (head_end == std::string_view::npos) {
    return 0;
  }
  const std::size_t head = head_end + 4;
  if (bytes.starts_with(get_websocket)) {
    on_upgrade(connection);
  } else if (bytes.starts_with(get_poll)) {
    on_poll(connection, bytes.substr(get_poll.size(), 26));
  } else {
    return on_post(connection, bytes, head);
  }
  return head;
}

void Answers::on_upgrade(Connection& connection) {
  connection.websocket = true;
  output_of(connection).append(upgrade_response);
  answer_.assign(open_packet_begin).append("00000000000000000000").append(open_packet_end);
  send(connection, text_frame, answer_);
}

// `sid` is what follows the target of a handshake: a space, or the session and more.
void Answers::on_poll(Connection& connection, std::string_view sid) {
  if (!sid.starts_with("&sid=")) {
    answer_.assign(open_packet_begin);
    answer_.append(std::to_string(sessions_.size())).append(open_packet_end);
    sessions_.emplace_back();
    return respond(connection, answer_);
  }
  Session& session = session_of(sid);
  session.poll = &connection;
  flush_session(session);
}

std::size_t Answers::on_post(Connection& connection, std::string_view request, std::size_t head) {
  constexpr std::string_view length_header = "Content-Length: ";
  const std::size_t length_at = request.find(length_header);
  const std::size_t length = to_number(request.substr(length_at + length_header.size()));
  if (request.size() < head + length) {
    return 0;
  }
  Session& session = session_of(request.substr(request.find("&sid=")));
  std::string_view packets = request.substr(head, length);
  while (!packets.empty()) {
    const std::string_view packet = packets.substr(0, packets.find(separator));
    packets.remove_prefix(std::min(packet.size() + 1, packets.size()));
    if (!session.packets.empty()) {
      session.packets += separator;
    }
    write_answer(session.packets, packet);
  }
  respond(connection, "ok");
  flush_session(session);
  return head + length;
}

void Answers::respond(Connection& connection, std::string_view body) {
  std::string& out = output_of(connection);
  out.append("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Length: ");
  out.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
}

void Answers::flush_session(Session& session) {
  if (session.poll != nullptr && !session.packets.empty()) {
    respond(*session.poll, session.packets);
    session.poll = nullptr;
    session.packets.clear();
  }
}

Answers::Session& Answers::session_of(std::string_view sid) {
  return sessions_[to_number(sid.substr(std::string_view("&sid=").size()))];
}

}  // namespace floor_server
