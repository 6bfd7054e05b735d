#include "engineio/websocket/handshake.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "engineio/protocol/base64.hpp"
#include "engineio/websocket/sha1.hpp"
#include "engineio/websocket/token.hpp"

namespace engineio::websocket {
namespace {

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  const auto same = [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
  };
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), same);
}

bool is_base64_digit(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/';
}

/// 16 bytes in base64.
bool is_valid_key(std::string_view key) {
  constexpr std::size_t digits = 22;
  return key.size() == digits + 2 && key.substr(digits) == "==" &&
         std::all_of(key.begin(), key.begin() + digits, is_base64_digit);
}

bool has_duplicates(std::vector<std::string_view> names) {
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

}  // namespace

std::optional<UpgradeRefusal> check_upgrade(const UpgradeRequest& request) {
  if (request.method != "GET") {
    return UpgradeRefusal{405, "Invalid HTTP method"};
  }
  if (!equals_ignoring_case(request.upgrade.value_or(""), "websocket")) {
    return UpgradeRefusal{400, "Invalid Upgrade header"};
  }
  if (!is_valid_key(request.key.value_or(""))) {
    return UpgradeRefusal{400, "Missing or invalid Sec-WebSocket-Key header"};
  }
  if (request.version != "13" && request.version != "8") {
    return UpgradeRefusal{400, "Missing or invalid Sec-WebSocket-Version header"};
  }
  if (request.protocol && !first_subprotocol(*request.protocol)) {
    return UpgradeRefusal{400, "Invalid Sec-WebSocket-Protocol header"};
  }
  return std::nullopt;
}

std::optional<std::string_view> first_subprotocol(std::string_view header) {
  std::vector<std::string_view> names;
  TokenReader reader(header);
  do {
    reader.skip_whitespace();
    names.push_back(reader.token());
    reader.skip_whitespace();
  } while (!names.back().empty() && reader.take(','));
  const std::string_view first = names.front();
  const bool valid = !names.back().empty() && reader.at_end() && !has_duplicates(std::move(names));
  return valid ? std::optional(first) : std::nullopt;
}

std::array<char, 28> accept_key(std::string_view key) {
  std::string text(key);
  text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  const auto digest = sha1(text);
  std::array<char, 28> accept;
  protocol::encode_base64({reinterpret_cast<const char*>(digest.data()), digest.size()},
                          accept.data());
  return accept;
}

void append_switching_protocols(std::string& out, const UpgradeRequest& request,
                                std::string_view extensions) {
  const auto accept = accept_key(request.key.value_or(""));
  out += "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
  out += "Sec-WebSocket-Accept: ";
  out.append(accept.data(), accept.size());
  out += "\r\n";
  if (const auto protocol = first_subprotocol(request.protocol.value_or(""))) {
    out += "Sec-WebSocket-Protocol: ";
    out += *protocol;
    out += "\r\n";
  }
  if (!extensions.empty()) {
    out += "Sec-WebSocket-Extensions: ";
    out += extensions;
    out += "\r\n";
  }
}

}  // namespace engineio::websocket
