#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "socketio/writer.hpp"

namespace decode {

/// Appends what is written as JSON in the notation of conformance/vectors/README.md, all of it
/// ASCII. It shares no code with the library's own writers, which it is to show the work of.
///
/// Integers are written with all of their digits, so that whoever reads the line rounds them as
/// JavaScript does. Undefined is told from null. A string that is neither UTF-8 nor WTF-8, which no
/// decoder may let through, becomes `$invalid:` and its bytes in hex.
class NotationWriter final : public socketio::Writer {
 public:
  explicit NotationWriter(std::string& out) : out_(out) {}

  void null() override { item("null"); }
  [[nodiscard]] bool knows_undefined() const override { return true; }
  void undefined() override { item(R"({"$undefined":true})"); }
  void boolean(bool value) override { item(value ? "true" : "false"); }
  void integer(std::int64_t value) override { item(std::to_string(value)); }
  void unsigned_integer(std::uint64_t value) override { item(std::to_string(value)); }
  void number(double value) override;
  void string(std::string_view text) override;
  void binary(std::span<const std::byte> bytes) override;
  void binary(std::string_view bytes) { binary(std::as_bytes(std::span(bytes))); }

  void begin_array(std::size_t) override { open('['); }
  void begin_array() { open('['); }
  void end_array() override { close(']'); }
  void begin_object(std::size_t) override { open('{'); }
  void begin_object() { open('{'); }
  void key(std::string_view name) override;
  void end_object() override { close('}'); }

 private:
  void separate();
  void item(std::string_view json);
  void open(char bracket);
  void close(char bracket);

  std::string& out_;
  bool needs_comma_ = false;
};

}  // namespace decode
