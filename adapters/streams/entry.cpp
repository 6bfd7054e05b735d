#include "adapters/streams/entry.hpp"

#include <charconv>
#include <limits>
#include <utility>

#include "adapters/cluster/codec.hpp"
#include "adapters/streams/base64.hpp"
#include "adapters/wire/room_names.hpp"
#include "socketio/codec.hpp"
#include "socketio/parser.hpp"

namespace adapters::streams {

using redis::Reply;

namespace {

template <class Number>
std::optional<Number> parse_digits(std::string_view text) noexcept {
  Number number = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  const bool whole = result.ec == std::errc() && result.ptr == end;
  return whole ? std::optional(number) : std::nullopt;
}

/// As the adapter of Node computes it: 32 bits with sign, of UTF-16 code units.
std::int32_t hash_of(std::string_view nsp) {
  std::uint32_t hash = 0;
  for (const char16_t unit : wire::utf16(nsp)) {
    hash = hash * 31 + unit;
  }
  return static_cast<std::int32_t>(hash);
}

void set_field(Entry& entry, std::string_view name, std::string& value) {
  if (name == "uid") {
    entry.uid = value;
  } else if (name == "nsp") {
    entry.nsp = value;
  } else if (name == "type") {
    entry.type = value;
  } else if (name == "data") {
    entry.data = &value;
  }
}

}  // namespace

std::optional<EntryId> EntryId::parse(std::string_view text) noexcept {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) {
    return std::nullopt;
  }
  const auto time = parse_digits<std::uint64_t>(text.substr(0, dash));
  const auto sequence = parse_digits<std::uint64_t>(text.substr(dash + 1));
  return time && sequence ? std::optional(EntryId{*time, *sequence}) : std::nullopt;
}

std::string EntryId::text() const { return std::to_string(time) + "-" + std::to_string(sequence); }

EntryId EntryId::next() const noexcept {
  return sequence == std::numeric_limits<std::uint64_t>::max() ? EntryId{time + 1, 0}
                                                               : EntryId{time, sequence + 1};
}

std::optional<Entry> read_entry(Reply& reply) {
  if (reply.elements.size() != 2) {
    return std::nullopt;
  }
  Entry entry;
  entry.id_text = reply.elements[0].text;
  const auto id = EntryId::parse(entry.id_text);
  if (!id) {
    return std::nullopt;
  }
  entry.id = *id;
  auto& fields = reply.elements[1].elements;
  for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
    set_field(entry, fields[i].text, fields[i + 1].text);
  }
  return entry;
}

std::string encode_data(cluster::MessageType type, socketio::PayloadWriter data,
                        bool only_plaintext) {
  std::string text;
  if (only_plaintext || !cluster::may_hold_binary(type)) {
    socketio::write_json(data, text);
    return text;
  }
  if (cluster::write_json_without_binary(data, text)) {
    return text;
  }
  std::string bytes;
  socketio::write_msgpack(data, socketio::MsgpackDialect::msgpack2, bytes);
  return to_base64(bytes);
}

bool decode_entry(const Entry& entry, socketio::Tape& tape, std::string& memory,
                  cluster::Message& message) {
  constexpr std::size_t depth = socketio::ParserLimits::highest_max_depth;
  const auto number = parse_digits<std::int64_t>(entry.type);
  const auto type = number ? cluster::message_type(*number) : std::nullopt;
  if (!type) {
    return false;
  }
  message = {*type, entry.uid, entry.nsp, {}};
  if (entry.data == nullptr) {
    return true;
  }
  if (entry.data->starts_with('{')) {
    if (!socketio::read_json(*entry.data, tape, depth)) {
      return false;
    }
  } else {
    auto bytes = from_base64(*entry.data);
    if (!bytes) {
      return false;
    }
    memory = *std::move(bytes);
    if (!socketio::read_msgpack(memory, socketio::MsgpackDialect::msgpack2, tape, depth)) {
      return false;
    }
  }
  message.data = socketio::ValueView(tape.root());
  return true;
}

std::string stream_of(std::string_view stream_name, std::size_t stream_count,
                      std::string_view nsp) {
  if (stream_count <= 1) {
    return std::string(stream_name);
  }
  // The remainder has the sign of the hash, as in JavaScript.
  const auto index = std::int64_t{hash_of(nsp)} % static_cast<std::int64_t>(stream_count);
  return std::string(stream_name) + "-" + std::to_string(index);
}

}  // namespace adapters::streams
