#pragma once

#include <doctest/doctest.h>
#include <rapidjson/document.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "socketio/codec.hpp"
#include "socketio/packet.hpp"
#include "socketio/parser.hpp"
#include "socketio/value.hpp"
#include "tests/support/vectors.hpp"

namespace socketio {

/// doctest prints what differs.
inline doctest::String toString(const Value& value) {
  std::string text;
  const auto write = [&](Writer& writer) { value.write_to(writer); };
  write_json(write, text);
  return text.c_str();
}

}  // namespace socketio

// The notation of the golden vectors for values that JSON does not have; see
// conformance/vectors/README.md.
namespace tests {

enum class UndefinedMembers { dropped, null };

/// A string of UTF-16 code units in hex, with lone surrogates, as WTF-8.
inline std::string wtf8_from_utf16(const std::string& hex) {
  std::string json = "\"";
  for (std::size_t i = 0; i < hex.size(); i += 4) {
    json += "\\u" + hex.substr(i, 4);
  }
  json += '"';
  return std::string(*socketio::Document::from_json(json)->root().as_string());
}

inline double special_number(std::string_view name) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (name == "-0") {
    return -0.0;
  }
  if (name == "NaN") {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return name == "Infinity" ? infinity : -infinity;
}

/// JavaScript's numbers are doubles: those that JSON shows above 2^53 are not the integers they
/// look like.
inline socketio::Value number_value(const rapidjson::Value& number) {
  const double value = number.GetDouble();
  const bool safe = value >= -9007199254740992.0 && value <= 9007199254740992.0;
  return number.IsInt64() && safe ? socketio::Value(number.GetInt64()) : socketio::Value(value);
}

/// nullopt: an ordinary object.
inline std::optional<socketio::Value> special_value(const rapidjson::Value& object) {
  if (object.MemberCount() != 1) {
    return std::nullopt;
  }
  const std::string name = object.MemberBegin()->name.GetString();
  if (name == "$undefined") {
    return socketio::Value();
  }
  if (name == "$bin") {
    return socketio::Binary(bytes_of(object, "$bin"));
  }
  if (name == "$date") {
    return string_of(object, "$date");
  }
  if (name == "$num") {
    return special_number(string_of(object, "$num"));
  }
  if (name == "$utf16") {
    return wtf8_from_utf16(string_of(object, "$utf16"));
  }
  REQUIRE_MESSAGE(!name.starts_with('$'), "a value that C++ does not have: ", name);
  return std::nullopt;
}

inline bool is_undefined(const rapidjson::Value& value) {
  return value.IsObject() && value.HasMember("$undefined");
}

inline socketio::Value from_notation(const rapidjson::Value& value, UndefinedMembers members) {
  if (value.IsNumber()) {
    return number_value(value);
  }
  if (value.IsBool()) {
    return value.GetBool();
  }
  if (value.IsString()) {
    return std::string(value.GetString(), value.GetStringLength());
  }
  if (value.IsArray()) {
    socketio::Array array;
    for (const auto& element : value.GetArray()) {
      array.push_back(from_notation(element, members));
    }
    return array;
  }
  if (value.IsNull()) {
    return {};
  }
  if (auto special = special_value(value)) {
    return *special;
  }
  socketio::Object object;
  for (const auto& member : value.GetObject()) {
    if (members == UndefinedMembers::null || !is_undefined(member.value)) {
      object.append(std::string(member.name.GetString(), member.name.GetStringLength()),
                    from_notation(member.value, members));
    }
  }
  return object;
}

/// A packet in the notation, to encode or to compare with.
struct NotedPacket {
  socketio::PacketHeader header;
  std::string nsp;
  std::optional<socketio::Value> data;
};

inline socketio::PacketType noted_type(const rapidjson::Value& packet) {
  switch (const int type = packet["type"].GetInt()) {
    case 5:
      return socketio::PacketType::event;
    case 6:
      return socketio::PacketType::ack;
    default:
      return static_cast<socketio::PacketType>(type);
  }
}

inline NotedPacket noted_packet(const rapidjson::Value& packet, UndefinedMembers members) {
  NotedPacket noted;
  noted.nsp = string_of(packet, "nsp");
  noted.header.type = noted_type(packet);
  if (packet.HasMember("id") && packet["id"].IsUint64()) {
    noted.header.id = packet["id"].GetUint64();
  }
  if (packet.HasMember("data") && !is_undefined(packet["data"])) {
    noted.data = from_notation(packet["data"], members);
  }
  return noted;
}

inline NotedPacket copy_of(const socketio::Packet& packet) {
  NotedPacket noted{{packet.type, packet.nsp, packet.id}, std::string(packet.nsp), {}};
  if (packet.data.exists()) {
    noted.data = packet.data.to_value();
  }
  return noted;
}

inline void check_packet(const socketio::Packet& packet, const NotedPacket& expected) {
  CHECK(packet.type == expected.header.type);
  CHECK(packet.nsp == expected.nsp);
  CHECK(packet.id == expected.header.id);
  REQUIRE(packet.data.exists() == expected.data.has_value());
  if (expected.data) {
    CHECK(packet.data.to_value() == *expected.data);
  }
}

/// Encodes into `out` with the header's namespace.
inline void encode(const socketio::Parser& parser, const NotedPacket& packet,
                   socketio::EncodedPacket& out) {
  socketio::PacketHeader header = packet.header;
  header.nsp = packet.nsp;
  const auto write = [&](socketio::Writer& writer) { packet.data->write_to(writer); };
  parser.encode(header, packet.data ? socketio::PayloadWriter(write) : nullptr, out);
}

}  // namespace tests
