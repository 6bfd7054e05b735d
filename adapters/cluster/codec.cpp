#include "adapters/cluster/codec.hpp"

#include <utility>

#include "socketio/codec.hpp"
#include "socketio/parser.hpp"

namespace adapters::cluster {

using socketio::MsgpackDialect;
using socketio::PayloadWriter;
using socketio::Tape;
using socketio::ValueView;
using socketio::Writer;

namespace {

/// Passes everything on but binary.
class BinaryWatch final : public Writer {
 public:
  explicit BinaryWatch(Writer& to) noexcept : to_(to) {}

  [[nodiscard]] bool found() const noexcept { return found_; }

  void null() override { to_.null(); }
  [[nodiscard]] bool knows_undefined() const override { return to_.knows_undefined(); }
  void undefined() override { to_.undefined(); }
  void boolean(bool value) override { to_.boolean(value); }
  void integer(std::int64_t value) override { to_.integer(value); }
  void unsigned_integer(std::uint64_t value) override { to_.unsigned_integer(value); }
  void number(double value) override { to_.number(value); }
  void string(std::string_view text) override { to_.string(text); }
  void binary(std::span<const std::byte>) override {
    found_ = true;
    to_.null();
  }
  void begin_array(std::size_t size) override { to_.begin_array(size); }
  void end_array() override { to_.end_array(); }
  void begin_object(std::size_t size) override { to_.begin_object(size); }
  void key(std::string_view name) override { to_.key(name); }
  void end_object() override { to_.end_object(); }

 private:
  Writer& to_;
  bool found_ = false;
};

MsgpackDialect dialect_of(MessageFormat format) noexcept {
  return format == MessageFormat::msgpack ? MsgpackDialect::msgpack2 : MsgpackDialect::notepack3;
}

std::string json_of(std::string_view text) {
  std::string json;
  socketio::write_json([text](Writer& writer) { writer.string(text); }, json);
  return json;
}

std::string own_msgpack_end(MsgpackDialect dialect, std::string_view uid, std::string_view nsp) {
  std::string bytes;
  for (const std::string_view text : {std::string_view("uid"), uid, std::string_view("nsp"), nsp}) {
    socketio::write_msgpack([text](Writer& writer) { writer.string(text); }, dialect, bytes);
  }
  return bytes;
}

}  // namespace

bool write_json_without_binary(PayloadWriter value, std::string& out) {
  const std::size_t begin = out.size();
  bool has_binary = false;
  const auto watched = [&](Writer& writer) {
    BinaryWatch watch(writer);
    value(watch);
    has_binary = watch.found();
  };
  socketio::write_json(watched, out);
  if (has_binary) {
    out.resize(begin);
  }
  return !has_binary;
}

Codec::Codec(MessageFormat format, std::string uid, std::string nsp)
    : format_(format),
      uid_(std::move(uid)),
      nsp_(std::move(nsp)),
      own_json_end_(",\"uid\":" + json_of(uid_) + ",\"nsp\":" + json_of(nsp_) + "}"),
      own_msgpack_end_(own_msgpack_end(dialect_of(format), uid_, nsp_)) {}

std::string Codec::encode(MessageType type, PayloadWriter data) const {
  const auto message = [&](Writer& writer) {
    writer.begin_object(4);
    writer.key("type");
    writer.integer(static_cast<int>(type));
    writer.key("data");
    data(writer);
    writer.key("uid");
    writer.string(uid_);
    writer.key("nsp");
    writer.string(nsp_);
    writer.end_object();
  };
  std::string bytes;
  if (format_ == MessageFormat::json_or_msgpack) {
    if (!may_hold_binary(type)) {
      socketio::write_json(message, bytes);
      return bytes;
    }
    if (write_json_without_binary(message, bytes)) {
      return bytes;
    }
  }
  socketio::write_msgpack(message, dialect_of(format_), bytes);
  return bytes;
}

bool Codec::is_own(std::string_view bytes) const noexcept {
  return bytes.ends_with(bytes.starts_with('{') ? own_json_end_ : own_msgpack_end_);
}

bool Codec::read(std::span<char> bytes, Tape& tape) const {
  constexpr std::size_t depth = socketio::ParserLimits::highest_max_depth;
  if (format_ == MessageFormat::json_or_msgpack && !bytes.empty() && bytes.front() == '{') {
    return socketio::read_json(bytes, tape, depth);
  }
  return socketio::read_msgpack(bytes, dialect_of(format_), tape, depth);
}

bool Codec::decode(std::span<char> bytes, Tape& tape, Message& message) const {
  if (!read(bytes, tape)) {
    return false;
  }
  const ValueView root(tape.root());
  const auto number = root["type"].as_int64();
  const auto type = number ? message_type(*number) : std::nullopt;
  if (!type) {
    return false;
  }
  message = {*type, root["uid"].as_string().value_or(std::string_view{}),
             root["nsp"].as_string().value_or(std::string_view{}), root["data"]};
  return true;
}

}  // namespace adapters::cluster
