#include "socketio/handshake.hpp"

namespace socketio {

namespace {

std::string text_of(const Value& value) { return std::string(value.as_string().value_or("")); }

Value object_of(const Value& value) { return value.is_object() ? value : Value(Object{}); }

}  // namespace

Value Handshake::to_value() const {
  return Object{{"headers", headers}, {"time", time},     {"address", address},
                {"xdomain", xdomain}, {"secure", secure}, {"issued", issued},
                {"url", url},         {"query", query},   {"auth", auth}};
}

Handshake Handshake::from_value(const Value& value) {
  return {.headers = object_of(value["headers"]),
          .time = text_of(value["time"]),
          .address = text_of(value["address"]),
          .xdomain = value["xdomain"].as_bool().value_or(false),
          .secure = value["secure"].as_bool().value_or(false),
          .issued = value["issued"].as_int64().value_or(0),
          .url = text_of(value["url"]),
          .query = object_of(value["query"]),
          .auth = object_of(value["auth"])};
}

}  // namespace socketio
