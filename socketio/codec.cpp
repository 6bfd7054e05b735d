#include "socketio/codec.hpp"

#include <utility>
#include <vector>

#include "socketio/parser/json_reader.hpp"
#include "socketio/parser/json_writer.hpp"
#include "socketio/parser/msgpack_reader.hpp"
#include "socketio/parser/msgpack_writer.hpp"

namespace socketio {
namespace {

/// Writes to a tape that keeps the strings.
class TapeWriter final : public Writer {
 public:
  explicit TapeWriter(Tape& tape) : tape_(tape) {}

  void null() override { count(), tape_.null(); }
  void boolean(bool value) override { count(), tape_.boolean(value); }
  void integer(std::int64_t value) override { count(), tape_.integer(value); }
  void unsigned_integer(std::uint64_t value) override { count(), tape_.unsigned_integer(value); }
  void number(double value) override { count(), tape_.number(value); }
  void string(std::string_view text) override {
    count();
    tape_.string(tape_.keep(std::string(text)));
  }
  void binary(std::span<const std::byte> bytes) override {
    count();
    tape_.binary(
        tape_.keep(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size())));
  }
  void begin_array(std::size_t) override { open(ValueKind::array); }
  void end_array() override { close(); }
  void begin_object(std::size_t) override { open(ValueKind::object); }
  void key(std::string_view name) override { tape_.string(tape_.keep(std::string(name))); }
  void end_object() override { close(); }

 private:
  struct Open {
    std::size_t container;
    std::size_t size;
  };

  void count() {
    if (!open_.empty()) {
      ++open_.back().size;
    }
  }
  void open(ValueKind kind) {
    count();
    open_.push_back({tape_.begin(kind), 0});
  }
  void close() {
    tape_.end(open_.back().container, open_.back().size);
    open_.pop_back();
  }

  Tape& tape_;
  std::vector<Open> open_;
};

}  // namespace

bool read_json(std::span<char> text, Tape& tape, std::size_t max_depth) {
  tape.clear();
  return parser::read_json(text, {.max_depth = max_depth}, tape) == parser::JsonError::none;
}

bool read_msgpack(std::span<const char> bytes, MsgpackDialect dialect, Tape& tape,
                  std::size_t max_depth) {
  tape.clear();
  return parser::read_msgpack(bytes, dialect, max_depth, tape);
}

void write_json(PayloadWriter value, std::string& out) {
  parser::JsonWriter writer(out);
  value(writer);
}

void write_msgpack(PayloadWriter value, MsgpackDialect dialect, std::string& out) {
  parser::MsgpackWriter writer(dialect, out);
  value(writer);
}

Document::Document() : Document([](Writer& writer) { writer.null(); }) {}

Document::Document(PayloadWriter value) : content_(std::make_unique<Content>()) {
  TapeWriter writer(content_->tape);
  value(writer);
}

Document::Document(ValueView value) : Document([&](Writer& writer) { value.write_to(writer); }) {}

std::optional<Document> Document::from_json(std::string text, std::size_t max_depth) {
  Document document;
  document.content_->bytes = std::move(text);
  return read_json(document.content_->bytes, document.content_->tape, max_depth)
             ? std::optional(std::move(document))
             : std::nullopt;
}

std::optional<Document> Document::from_msgpack(std::string bytes, MsgpackDialect dialect,
                                               std::size_t max_depth) {
  Document document;
  document.content_->bytes = std::move(bytes);
  return read_msgpack(document.content_->bytes, dialect, document.content_->tape, max_depth)
             ? std::optional(std::move(document))
             : std::nullopt;
}

}  // namespace socketio
