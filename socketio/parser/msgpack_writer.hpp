#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "socketio/codec.hpp"
#include "socketio/writer.hpp"

namespace socketio::parser {

/// Appends MessagePack, to the letter what the dialect's package makes where that is not broken.
class MsgpackWriter final : public Writer {
 public:
  MsgpackWriter(MsgpackDialect dialect, std::string& out) : dialect_(dialect), out_(out) {}

  void null() override { put(0xc0); }
  [[nodiscard]] bool knows_undefined() const override {
    return dialect_ == MsgpackDialect::notepack2;
  }
  void undefined() override;
  void boolean(bool value) override { put(value ? 0xc3 : 0xc2); }
  void integer(std::int64_t value) override;
  void unsigned_integer(std::uint64_t value) override;
  /// Integral numbers become integers, as far as the dialect's package does that.
  void number(double value) override;
  void string(std::string_view text) override;
  void binary(std::span<const std::byte> bytes) override;

  void begin_array(std::size_t size) override { begin_container(size, 0x90, 0xdc); }
  void end_array() override {}
  void begin_object(std::size_t size) override { begin_container(size, 0x80, 0xde); }
  void key(std::string_view name) override { string(name); }
  void end_object() override {}

 private:
  void put(unsigned byte) { out_.push_back(static_cast<char>(byte)); }
  /// A type byte and a big-endian number of `size` bytes.
  void put(unsigned type, std::uint64_t value, unsigned size);
  void put_double(double value);
  void begin_container(std::size_t size, unsigned fix_type, unsigned type16);
  [[nodiscard]] bool is_integer(std::uint64_t magnitude) const;

  MsgpackDialect dialect_;
  std::string& out_;
};

}  // namespace socketio::parser
