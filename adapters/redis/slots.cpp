#include "adapters/redis/slots.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace adapters::redis {

namespace {

/// CRC-16/XMODEM: polynomial 0x1021, nothing reflected, begins with 0.
constexpr std::array<std::uint16_t, 256> make_crc_table() {
  std::array<std::uint16_t, 256> table{};
  for (unsigned byte = 0; byte < table.size(); ++byte) {
    unsigned crc = byte << 8;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
    }
    table[byte] = static_cast<std::uint16_t>(crc);
  }
  return table;
}

constexpr auto crc_table = make_crc_table();

std::uint16_t crc16(std::string_view bytes) noexcept {
  unsigned crc = 0;
  for (const char c : bytes) {
    crc = (crc << 8 & 0xffff) ^ crc_table[(crc >> 8) ^ static_cast<unsigned char>(c)];
  }
  return static_cast<std::uint16_t>(crc);
}

std::string_view hashed_part(std::string_view key) noexcept {
  const std::size_t open = key.find('{');
  if (open == std::string_view::npos) {
    return key;
  }
  const std::size_t close = key.find('}', open + 1);
  if (close == std::string_view::npos || close == open + 1) {
    return key;
  }
  return key.substr(open + 1, close - open - 1);
}

bool is_number(const Reply& reply, std::int64_t max) {
  return reply.type == Reply::Type::integer && reply.integer >= 0 && reply.integer <= max;
}

/// A node: host, port, id, and more since Redis 7.
std::optional<Address> parse_master(const Reply& node, const Address& asked) {
  if (node.elements.size() < 2 ||
      !is_number(node.elements[1], std::numeric_limits<std::uint16_t>::max())) {
    return std::nullopt;
  }
  Address address;
  const std::string& host = node.elements[0].text;
  address.host = host.empty() || host == "?" ? asked.host : host;
  address.port = static_cast<std::uint16_t>(node.elements[1].integer);
  return address;
}

std::string_view take_word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

/// `host:port`, where the host may be empty, and an IPv6 address stands without brackets.
std::optional<Address> parse_address(std::string_view text, const Address& asked) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  Address address;
  const std::string_view port = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error != std::errc() || end != port.data() + port.size()) {
    return std::nullopt;
  }
  address.host = colon == 0 ? asked.host : text.substr(0, colon);
  return address;
}

}  // namespace

std::uint16_t key_slot(std::string_view key) noexcept {
  return crc16(hashed_part(key)) % slot_count;
}

std::optional<SlotMap> SlotMap::parse(const Reply& reply, const Address& asked) {
  SlotMap map;
  for (const Reply& range : reply.elements) {
    const auto& parts = range.elements;  // first slot, last slot, master, replicas
    if (parts.size() < 3 || !is_number(parts[0], slot_count - 1) ||
        !is_number(parts[1], slot_count - 1)) {
      return std::nullopt;
    }
    const std::optional<Address> master = parse_master(parts[2], asked);
    if (!master) {
      return std::nullopt;
    }
    const std::uint16_t index = map.index_of(*master);
    if (index == nobody) {
      return std::nullopt;
    }
    for (std::int64_t slot = parts[0].integer; slot <= parts[1].integer; ++slot) {
      map.owners_[static_cast<std::size_t>(slot)] = index;
    }
  }
  return map.masters_.empty() ? std::nullopt : std::optional(map);
}

const Address* SlotMap::owner(std::uint16_t slot) const noexcept {
  const std::uint16_t index = slot < slot_count ? owners_[slot] : nobody;
  return index == nobody ? nullptr : &masters_[index];
}

void SlotMap::assign(std::uint16_t slot, const Address& owner) {
  if (slot < slot_count) {
    owners_[slot] = index_of(owner);
  }
}

std::uint16_t SlotMap::index_of(const Address& master) {
  const auto found = std::find(masters_.begin(), masters_.end(), master);
  if (found != masters_.end()) {
    return static_cast<std::uint16_t>(found - masters_.begin());
  }
  if (masters_.size() == max_masters) {
    return nobody;
  }
  masters_.push_back(master);
  return static_cast<std::uint16_t>(masters_.size() - 1);
}

std::optional<Redirection> parse_redirection(std::string_view error, const Address& asked) {
  Redirection redirection;
  const std::string_view kind = take_word(error);
  if (kind == "TRYAGAIN" || kind == "CLUSTERDOWN" || kind == "LOADING" || kind == "MASTERDOWN") {
    return redirection;
  }
  if (kind != "MOVED" && kind != "ASK") {
    return std::nullopt;
  }
  const std::string_view slot = take_word(error);
  const auto address = parse_address(take_word(error), asked);
  const auto [end, failed] =
      std::from_chars(slot.data(), slot.data() + slot.size(), redirection.slot);
  if (failed != std::errc() || redirection.slot >= slot_count || !address) {
    return std::nullopt;
  }
  redirection.kind = kind == "MOVED" ? Redirection::Kind::moved : Redirection::Kind::ask;
  redirection.address = *address;
  return redirection;
}

}  // namespace adapters::redis
