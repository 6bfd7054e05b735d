#include "apps/chat/monitoring/log_line.hpp"

#include <cstdio>

#include "socketio/codec.hpp"
#include "socketio/date.hpp"

namespace chat {

namespace {

using socketio::Writer;

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warn:
      return "warn";
    case LogLevel::error:
      return "error";
  }
  return "info";
}

std::string_view padded_name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "DEBUG";
    case LogLevel::info:
      return "INFO ";
    case LogLevel::warn:
      return "WARN ";
    case LogLevel::error:
      return "ERROR";
  }
  return "INFO ";
}

std::string date_of(std::chrono::system_clock::time_point time) {
  return socketio::format_date(std::chrono::floor<std::chrono::milliseconds>(time));
}

void write_value(Writer& writer, const LogField::Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    writer.integer(*number);
  } else if (const auto* real = std::get_if<double>(&value)) {
    writer.number(*real);
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    writer.boolean(*flag);
  } else {
    writer.string(std::get<std::string_view>(value));
  }
}

void write_text(Writer& writer, std::string_view name, std::string_view text) {
  writer.key(name);
  writer.string(text);
}

bool is_plain(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '=' || c == '\\' || c == '\x7f') {
      return false;
    }
  }
  return !text.empty();
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
      char escape[5];
      std::snprintf(escape, sizeof(escape), "\\x%02x", static_cast<unsigned char>(c));
      out += escape;
    } else {
      out += c;
    }
  }
}

void append_value(std::string& out, const LogField::Value& value) {
  const auto* text = std::get_if<std::string_view>(&value);
  if (text != nullptr && is_plain(*text)) {
    out += *text;
    return;
  }
  socketio::write_json([&](Writer& writer) { write_value(writer, value); }, out);
}

}  // namespace

std::string pretty_line(const LogLine& line, std::chrono::system_clock::time_point time) {
  std::string out = date_of(time);
  out[out.find('T')] = ' ';
  out.back() = ' ';
  out += padded_name_of(line.level);
  out += ' ';
  append_escaped(out, line.text);
  for (const LogField& field : line.fields) {
    out += ' ';
    out += field.name;
    out += '=';
    append_value(out, field.value);
  }
  out += '\n';
  return out;
}

std::string json_line(const LogLine& line, std::chrono::system_clock::time_point time) {
  std::string out;
  const auto write = [&](Writer& writer) {
    writer.begin_object(3 + (line.node_id.empty() ? 0 : 1) + line.fields.size());
    write_text(writer, "time", date_of(time));
    write_text(writer, "level", name_of(line.level));
    write_text(writer, "message", line.text);
    if (!line.node_id.empty()) {
      write_text(writer, "node", line.node_id);
    }
    for (const LogField& field : line.fields) {
      writer.key(field.name);
      write_value(writer, field.value);
    }
    writer.end_object();
  };
  socketio::write_json(write, out);
  out += '\n';
  return out;
}

}  // namespace chat
