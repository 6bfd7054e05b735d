#include "engineio/protocol/payload.hpp"

#include <cstring>

namespace engineio::protocol {
namespace {

constexpr char separator = '\x1e';

std::size_t find_separator(std::span<char> text) {
  const void* found = text.empty() ? nullptr : std::memchr(text.data(), separator, text.size());
  return found == nullptr ? text.size()
                          : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

}  // namespace

std::optional<Packet> PayloadDecoder::next() {
  if (ended_) {
    return std::nullopt;
  }
  const std::size_t size = find_separator(rest_);
  const auto packet = decode_text(Version::v4, rest_.first(size));
  failed_ = !packet;
  ended_ = failed_ || size == rest_.size();
  rest_ = ended_ ? std::span<char>{} : rest_.subspan(size + 1);
  return packet;
}

void append_packet(std::string& body, const Packet& packet) {
  if (!body.empty()) {
    body += separator;
  }
  append_text(body, Version::v4, packet);
}

}  // namespace engineio::protocol
