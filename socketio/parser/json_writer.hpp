#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "socketio/writer.hpp"

namespace socketio::parser {

/// Appends JSON, to the letter what JSON.stringify makes. The text is valid UTF-8 whatever the
/// strings hold.
class JsonWriter final : public Writer {
 public:
  /// With `attachments`, binary goes there and leaves a placeholder. Without, it is written as
  /// Node's Buffer.toJSON does: `{"type":"Buffer","data":[1,2,3]}`.
  explicit JsonWriter(std::string& out, std::vector<std::string>* attachments = nullptr)
      : out_(out), attachments_(attachments) {}

  void null() override { literal("null"); }
  void boolean(bool value) override { literal(value ? "true" : "false"); }
  void integer(std::int64_t value) override;
  void unsigned_integer(std::uint64_t value) override;
  void number(double value) override;
  void string(std::string_view text) override;
  void binary(std::span<const std::byte> bytes) override;

  void begin_array(std::size_t) override { open('['); }
  void end_array() override { close(']'); }
  void begin_object(std::size_t) override { open('{'); }
  void key(std::string_view name) override;
  void end_object() override { close('}'); }

 private:
  void separate() {
    if (needs_comma_) {
      out_.push_back(',');
    }
    needs_comma_ = true;
  }
  void literal(std::string_view text) {
    separate();
    out_.append(text);
  }
  void open(char bracket) {
    separate();
    out_.push_back(bracket);
    needs_comma_ = false;
  }
  void close(char bracket) {
    out_.push_back(bracket);
    needs_comma_ = true;
  }

  std::string& out_;
  std::vector<std::string>* attachments_;
  bool needs_comma_ = false;
};

}  // namespace socketio::parser
