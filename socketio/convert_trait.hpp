#pragma once

#include <concepts>
#include <optional>
#include <type_traits>
#include <utility>

#include "socketio/value.hpp"
#include "socketio/value_view.hpp"
#include "socketio/writer.hpp"

namespace socketio {

/// How a C++ type is written to, and read from, a packet. Specialise it for a type of your own, or
/// describe your struct with Fields.
///
///     template <>
///     struct socketio::Convert<Color> {
///       // False if the value does not fit; `out` is then unspecified. An absent value reads as
///       null. static bool read(ValueView view, Color& out); static void write(Writer& writer,
///       const Color& value);
///     };
///
/// What there is, and what it is in JavaScript:
///
/// | C++                                         | JavaScript                                     |
/// | bool                                        | boolean                                        |
/// | integers, enums (underlying type)           | number; integral and in range, else no fit     |
/// | float, double                               | number                                         |
/// | string, string_view (a view of the packet)  | string                                         |
/// | Binary, vector<byte>, span<const byte> (a view of the packet) | Buffer, ArrayBuffer, …       |
/// | optional, nullptr_t, monostate              | null or undefined if empty                     |
/// | variant                                     | the first alternative that fits                |
/// | vector, array, set, unordered_set           | array                                          |
/// | pair, tuple                                 | array; optionals at the end may be missing     |
/// | map, unordered_map with string keys         | object                                         |
/// | time_point of system_clock                  | string, as of Date.toISOString; reads ms, too  |
/// | Value, ValueView (a view of the packet)     | anything                                       |
/// | struct with Fields                          | object                                         |
template <class T>
struct Convert;

template <class T>
concept Readable = requires(ValueView view, T& out) {
  { Convert<T>::read(view, out) } -> std::same_as<bool>;
};

template <class T>
concept Writable = requires(Writer& writer, const T& value) {
  Convert<std::decay_t<T>>::write(writer, value);
};

/// False if the value does not fit the type; `out` is then unspecified.
template <Readable T>
[[nodiscard]] bool read_value(ValueView view, T& out) {
  return Convert<T>::read(view, out);
}

/// nullopt if the value does not fit the type.
template <Readable T>
[[nodiscard]] std::optional<T> read_as(ValueView view) {
  std::optional<T> result(std::in_place);
  if (!Convert<T>::read(view, *result)) {
    result.reset();
  }
  return result;
}

template <Writable T>
void write_value(Writer& writer, const T& value) {
  Convert<std::decay_t<T>>::write(writer, value);
}

/// Any writable value in the dynamic form.
template <Writable T>
[[nodiscard]] Value to_value(const T& value) {
  ValueBuilder builder;
  write_value(builder, value);
  return builder.take();
}

}  // namespace socketio
