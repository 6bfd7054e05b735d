#pragma once

#include <cstddef>
#include <vector>

#include "socketio/tape.hpp"
#include "socketio/value_view.hpp"
#include "socketio/writer.hpp"

namespace socketio::detail {

/// Makes values readable as if they had just been received. Strings and bytes are not copied: they
/// must outlive the view.
class TapeWriter final : public Writer {
 public:
  [[nodiscard]] ValueView view() const noexcept { return ValueView(tape_.root()); }

  void null() override { tape_.null(); }
  void boolean(bool value) override { tape_.boolean(value); }
  void integer(std::int64_t value) override { tape_.integer(value); }
  void unsigned_integer(std::uint64_t value) override { tape_.unsigned_integer(value); }
  void number(double value) override { tape_.number(value); }
  void string(std::string_view text) override { tape_.string(text); }
  void binary(std::span<const std::byte> bytes) override {
    tape_.binary({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  void begin_array(std::size_t size) override { begin(ValueKind::array, size); }
  void end_array() override { end(); }
  void begin_object(std::size_t size) override { begin(ValueKind::object, size); }
  void key(std::string_view name) override { tape_.string(name); }
  void end_object() override { end(); }

 private:
  struct Open {
    std::size_t container;
    std::size_t size;
  };

  void begin(ValueKind kind, std::size_t size) { open_.push_back({tape_.begin(kind), size}); }
  void end() {
    tape_.end(open_.back().container, open_.back().size);
    open_.pop_back();
  }

  Tape tape_;
  std::vector<Open> open_;
};

}  // namespace socketio::detail
