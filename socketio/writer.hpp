#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>

namespace socketio {

/// Receives one value, piece by piece. A parser's encoder is a Writer, and so is ValueBuilder.
///
/// Exactly one value is written: a scalar, or begin_array, its elements, end_array, or
/// begin_object, key and value for each member, end_object.
class Writer {
 public:
  virtual ~Writer() = default;

  virtual void null() = 0;

  /// JavaScript's undefined, which only the codec of socket.io-msgpack-parser can tell from null.
  [[nodiscard]] virtual bool knows_undefined() const { return false; }
  virtual void undefined() { null(); }

  virtual void boolean(bool value) = 0;
  virtual void integer(std::int64_t value) = 0;
  virtual void unsigned_integer(std::uint64_t value) = 0;
  /// JSON has no NaN and no infinities: they arrive as null.
  virtual void number(double value) = 0;
  /// UTF-8. What is not valid arrives as U+FFFD; encoded surrogates (WTF-8) arrive as such.
  virtual void string(std::string_view text) = 0;
  virtual void binary(std::span<const std::byte> bytes) = 0;

  /// `size` is the exact number of elements that follow: binary formats write it first.
  virtual void begin_array(std::size_t size) = 0;
  virtual void end_array() = 0;
  /// `size` is the exact number of members that follow.
  virtual void begin_object(std::size_t size) = 0;
  virtual void key(std::string_view name) = 0;
  virtual void end_object() = 0;

 protected:
  Writer() = default;
  Writer(const Writer&) = default;
  Writer& operator=(const Writer&) = default;
};

/// A reference to a callable that writes the payload of a packet. It may be called any number of
/// times, once for each encoding, and writes the same each time. Does not own the callable: for
/// function parameters only.
class PayloadWriter {
 public:
  /// No payload: the packet has no data.
  PayloadWriter() noexcept = default;
  PayloadWriter(std::nullptr_t) noexcept {}  // NOLINT: spells "none" at the call

  template <class F>
  requires(!std::same_as<std::remove_cvref_t<F>, PayloadWriter> &&
           std::invocable<const std::remove_reference_t<F>&, Writer&>)
      PayloadWriter(const F& callable)
  noexcept  // NOLINT: a reference
      : callable_(std::addressof(callable)), call_([](const void* target, Writer& writer) {
          (*static_cast<const F*>(target))(writer);
        }) {}

  explicit operator bool() const noexcept { return call_ != nullptr; }

  void operator()(Writer& writer) const { call_(callable_, writer); }

 private:
  const void* callable_ = nullptr;
  void (*call_)(const void*, Writer&) = nullptr;
};

}  // namespace socketio
