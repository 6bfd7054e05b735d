#include "tests/socketio/threads/talker.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace tests {

namespace {

constexpr std::string_view path = "/socket.io/?EIO=4&transport=";
constexpr std::string_view health_request = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr char separator = '\x1e';

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what); }

int to_number(std::string_view digits) {
  int number = -1;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::string receive_head(Wire& wire) {
  std::string head;
  while (!head.ends_with("\r\n\r\n")) {
    head += wire.receive(1);
  }
  return head;
}

std::string receive_body(Wire& wire) {
  const std::string head = receive_head(wire);
  std::string lower = head;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  constexpr std::string_view field = "content-length: ";
  const std::size_t length = lower.find(field);
  if (!head.starts_with("HTTP/1.1 200 ") || length == std::string::npos) {
    fail("answered with " + head);
  }
  const int size = to_number(std::string_view(lower).substr(length + field.size()));
  return wire.receive(static_cast<std::size_t>(size));
}

void expect_ok(Wire& wire) {
  if (const std::string body = receive_body(wire); body != "ok") {
    fail("answered with " + body + " instead of ok");
  }
}

std::string websocket_request(const std::string& sid) {
  return "GET " + std::string(path) + "websocket" + (sid.empty() ? "" : "&sid=" + sid) +
         " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
}

std::unique_ptr<Wire> open_websocket_wire(const Dial& dial, const std::string& sid) {
  auto wire = dial();
  wire->send(websocket_request(sid));
  if (const std::string head = receive_head(*wire); !head.starts_with("HTTP/1.1 101 ")) {
    fail("WebSocket: answered with " + head);
  }
  return wire;
}

/// A Socket.IO packet behind the `4` of Engine.IO: its type, `/name,` and the id that it has.
struct PacketParts {
  char type;
  std::string nsp;
  std::string id;
};

PacketParts parts_of(std::string_view packet) {
  PacketParts parts{packet.size() > 1 ? packet[1] : '?', "", ""};
  packet.remove_prefix(std::min<std::size_t>(2, packet.size()));
  if (packet.starts_with('/')) {
    const std::size_t end = packet.find(',');
    parts.nsp = packet.substr(0, end == packet.npos ? end : end + 1);
    packet.remove_prefix(parts.nsp.size());
  }
  parts.id = packet.substr(0, std::min(packet.find_first_not_of("0123456789"), packet.size()));
  return parts;
}

}  // namespace

// --- A session ----------------------------------------------------------------------------------

void Talker::open_polling() {
  wire_ = dial_();
  wire_->send("GET " + std::string(path) + "polling HTTP/1.1\r\nHost: x\r\n\r\n");
  begin_session(receive_body(*wire_));
}

void Talker::open_websocket() {
  wire_ = open_websocket_wire(dial_, "");
  websocket_ = true;
  begin_session(receive_frame());
}

void Talker::begin_session(std::string_view open_packet) {
  constexpr std::string_view begin = "0{\"sid\":\"";
  if (!open_packet.starts_with(begin)) {
    fail("opened with " + std::string(open_packet));
  }
  open_packet.remove_prefix(begin.size());
  sid_ = open_packet.substr(0, open_packet.find('"'));
}

void Talker::upgrade() {
  wire_ = open_websocket_wire(dial_, sid_);
  send_frame("2probe");
  if (const std::string answer = receive_frame(); answer != "3probe") {
    fail("the probe was answered with " + answer);
  }
  send_frame("5");
  websocket_ = true;
}

void Talker::join(const std::string& nsp) {
  const std::string prefix = nsp.empty() ? "" : nsp + ",";
  send("40" + prefix);
  std::string packet;
  do {
    packet = receive();
  } while (!is_for_caller(packet));
  if (!packet.starts_with("40" + prefix + "{")) {
    fail("joined with " + packet);
  }
}

int Talker::ask(std::string_view event, int number, const std::string& nsp) {
  const std::string prefix = nsp.empty() ? "" : nsp + ",";
  const std::string id = std::to_string(++questions_);
  send("42" + prefix + id + "[\"" + std::string(event) + "\"," + std::to_string(number) + "]");
  const std::string answer = "43" + prefix + id + "[";
  std::string packet;
  do {
    packet = receive();
  } while (!is_for_caller(packet));
  if (!packet.starts_with(answer)) {
    fail("answered with " + packet + " instead of " + answer);
  }
  return to_number(std::string_view(packet).substr(answer.size()));
}

void Talker::close() {
  send("1");
  wire_.reset();
}

void Talker::vanish() {
  if (wire_ != nullptr) {
    wire_->reset();
    wire_.reset();
  }
}

bool Talker::is_for_caller(const std::string& packet) {
  if (packet == "2") {
    send("3");
    return false;
  }
  if (packet == "6") {
    return false;
  }
  const PacketParts parts = parts_of(packet);
  if (packet.starts_with('4') && parts.type == '2') {
    if (!parts.id.empty()) {
      send("43" + parts.nsp + parts.id + "[\"here\"]");
    }
    return false;
  }
  return true;
}

// --- Either transport ---------------------------------------------------------------------------

void Talker::send(const std::string& packet) {
  if (websocket_) {
    return send_frame(packet);
  }
  if (!packet.starts_with("42")) {
    Wire& wire = next_wire();
    wire.send(post_request(packet));
    return expect_ok(wire);
  }
  // The answer to a request that any shard may answer goes out before the connection can move. A
  // poll behind them waits if need be for what this packet leads to.
  const bool polls = received_.empty();
  Wire& wire = next_wire();
  wire.send(std::string(health_request) + post_request(packet) + (polls ? poll_request() : ""));
  expect_ok(wire);
  expect_ok(wire);
  if (polls) {
    take_payload(receive_body(wire));
  }
}

std::string Talker::receive() {
  if (websocket_ && received_.empty()) {
    return receive_frame();
  }
  while (received_.empty()) {
    Wire& wire = next_wire();
    wire.send(poll_request());
    take_payload(receive_body(wire));
  }
  std::string packet = std::move(received_.front());
  received_.pop_front();
  return packet;
}

Wire& Talker::next_wire() {
  if (++requests_ % 3 == 0) {
    wire_ = dial_();
  }
  return *wire_;
}

std::string Talker::poll_request() const {
  return "GET " + std::string(path) + "polling&sid=" + sid_ + " HTTP/1.1\r\nHost: x\r\n\r\n";
}

std::string Talker::post_request(std::string_view packet) const {
  return "POST " + std::string(path) + "polling&sid=" + sid_ +
         " HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: " +
         std::to_string(packet.size()) + "\r\n\r\n" + std::string(packet);
}

void Talker::take_payload(std::string_view payload) {
  while (!payload.empty()) {
    const std::size_t size = std::min(payload.find(separator), payload.size());
    received_.emplace_back(payload.substr(0, size));
    payload.remove_prefix(std::min(size + 1, payload.size()));
  }
}

// --- WebSocket ----------------------------------------------------------------------------------

/// Masked with zeros, which changes nothing.
void Talker::send_frame(std::string_view text) {
  if (text.size() > 125) {
    fail("this client has short packets only");
  }
  std::string frame{'\x81', static_cast<char>(0x80 | text.size())};
  frame.append(4, '\0');
  wire_->send(frame.append(text));
}

std::string Talker::receive_frame() {
  const std::string head = wire_->receive(2);
  if (head[0] != '\x81') {
    fail("the server closes the WebSocket");
  }
  auto size = static_cast<std::size_t>(head[1]);
  if (size == 126) {
    const std::string extended = wire_->receive(2);
    size = static_cast<std::size_t>(static_cast<unsigned char>(extended[0]) * 256 +
                                    static_cast<unsigned char>(extended[1]));
  }
  return wire_->receive(size);
}

}  // namespace tests
