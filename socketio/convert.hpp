#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "socketio/convert_containers.hpp"
#include "socketio/convert_trait.hpp"
#include "socketio/date.hpp"
#include "socketio/value.hpp"
#include "socketio/value_view.hpp"
#include "socketio/writer.hpp"

// All conversions between C++ types and values; convert_trait.hpp lists them and says how to add
// your own.

namespace socketio {

// Structs

/// A member of a struct and its name in JavaScript.
template <class Struct, class Type>
struct Field {
  std::string_view name;
  Type Struct::*member;
};

template <class Struct, class Type>
[[nodiscard]] constexpr Field<Struct, Type> field(std::string_view name, Type Struct::*member) {
  return {name, member};
}

/// Describes a struct. When it is read, members that are optional may be missing, others must be
/// there, and unknown ones are ignored. When it is written, empty optionals are left out.
///
///     template <>
///     struct socketio::Fields<Receipt> {
///       static constexpr auto members = std::tuple(field("id", &Receipt::id),
///                                                  field("note", &Receipt::note));
///     };
template <class T>
struct Fields;

template <class T>
concept Described = requires {
  Fields<T>::members;
};

namespace detail {

template <class T>
constexpr bool is_optional = false;
template <class T>
constexpr bool is_optional<std::optional<T>> = true;

template <class T>
[[nodiscard]] bool is_left_out(const T& value) {
  if constexpr (is_optional<T>) {
    return !value.has_value();
  } else {
    return false;
  }
}

template <class T>
[[nodiscard]] bool read_member(ValueView object, std::string_view name, T& out) {
  return Convert<T>::read(object.find(name), out);
}

template <class T>
void write_member(Writer& writer, std::string_view name, const T& value) {
  if (!is_left_out(value)) {
    writer.key(name);
    Convert<T>::write(writer, value);
  }
}

template <class T>
concept Integer = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> &&
                  !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> &&
                  !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

template <class T>
[[nodiscard]] bool read_integer(ValueView view, T& out) {
  using Wide = std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>;
  std::optional<Wide> wide;
  if constexpr (std::is_signed_v<T>) {
    wide = view.as_int64();
  } else {
    wide = view.as_uint64();
  }
  if (!wide || !std::in_range<T>(*wide)) {
    return false;
  }
  out = static_cast<T>(*wide);
  return true;
}

/// Stores what there is; false if there is nothing.
template <class T, class Store>
[[nodiscard]] bool assign(const std::optional<T>& value, Store&& store) {
  if (value) {
    store(*value);
  }
  return value.has_value();
}

}  // namespace detail

// Scalars

template <>
struct Convert<bool> {
  static bool read(ValueView view, bool& out) {
    return detail::assign(view.as_bool(), [&](bool value) { out = value; });
  }
  static void write(Writer& writer, bool value) { writer.boolean(value); }
};

template <detail::Integer T>
struct Convert<T> {
  static bool read(ValueView view, T& out) { return detail::read_integer(view, out); }
  static void write(Writer& writer, T value) {
    if constexpr (std::is_signed_v<T>) {
      writer.integer(value);
    } else {
      writer.unsigned_integer(value);
    }
  }
};

template <std::floating_point T>
struct Convert<T> {
  static bool read(ValueView view, T& out) {
    return detail::assign(view.as_double(), [&](double value) { out = static_cast<T>(value); });
  }
  static void write(Writer& writer, T value) { writer.number(static_cast<double>(value)); }
};

template <class T>
requires std::is_enum_v<T>
struct Convert<T> {
  using Underlying = std::underlying_type_t<T>;

  static bool read(ValueView view, T& out) {
    Underlying value{};
    const bool fits = Convert<Underlying>::read(view, value);
    out = static_cast<T>(value);
    return fits;
  }
  static void write(Writer& writer, T value) {
    Convert<Underlying>::write(writer, static_cast<Underlying>(value));
  }
};

template <>
struct Convert<std::string_view> {
  static bool read(ValueView view, std::string_view& out) {
    return detail::assign(view.as_string(), [&](std::string_view text) { out = text; });
  }
  static void write(Writer& writer, std::string_view text) { writer.string(text); }
};

template <>
struct Convert<std::string> {
  static bool read(ValueView view, std::string& out) {
    return detail::assign(view.as_string(), [&](std::string_view text) { out = text; });
  }
  static void write(Writer& writer, std::string_view text) { writer.string(text); }
};

template <>
struct Convert<const char*> {
  static void write(Writer& writer, std::string_view text) { writer.string(text); }
};

template <>
struct Convert<char*> : Convert<const char*> {};

template <>
struct Convert<std::nullptr_t> {
  static bool read(ValueView view, std::nullptr_t&) { return view.is_null(); }
  static void write(Writer& writer, std::nullptr_t) { writer.null(); }
};

template <>
struct Convert<std::monostate> {
  static bool read(ValueView view, std::monostate&) { return view.is_null(); }
  static void write(Writer& writer, std::monostate) { writer.null(); }
};

// Bytes

template <>
struct Convert<std::span<const std::byte>> {
  static bool read(ValueView view, std::span<const std::byte>& out) {
    return detail::assign(view.as_binary(), [&](std::span<const std::byte> b) { out = b; });
  }
  static void write(Writer& writer, std::span<const std::byte> bytes) { writer.binary(bytes); }
};

template <>
struct Convert<Binary> {
  static bool read(ValueView view, Binary& out) {
    return detail::assign(view.as_binary(), [&](auto bytes) { out = Binary(bytes); });
  }
  static void write(Writer& writer, const Binary& value) { writer.binary(value.bytes()); }
};

template <>
struct Convert<std::vector<std::byte>> {
  static bool read(ValueView view, std::vector<std::byte>& out) {
    return detail::assign(view.as_binary(),
                          [&](auto bytes) { out.assign(bytes.begin(), bytes.end()); });
  }
  static void write(Writer& writer, std::span<const std::byte> bytes) { writer.binary(bytes); }
};

// Dates

template <class Duration>
struct Convert<std::chrono::time_point<std::chrono::system_clock, Duration>> {
  using TimePoint = std::chrono::time_point<std::chrono::system_clock, Duration>;

  static bool read(ValueView view, TimePoint& out);
  static void write(Writer& writer, TimePoint value) {
    writer.string(format_date(std::chrono::floor<std::chrono::milliseconds>(value)));
  }
};

/// A date from a string as of parse_date() or from milliseconds since 1970.
[[nodiscard]] std::optional<Date> read_date(ValueView view);

template <class Duration>
bool Convert<std::chrono::time_point<std::chrono::system_clock, Duration>>::read(ValueView view,
                                                                                 TimePoint& out) {
  // Nanoseconds in 64 bits end in the year 2262; a Date goes further.
  using Milliseconds = std::chrono::duration<long double, std::milli>;
  const std::optional<Date> date = read_date(view);
  if (!date || Milliseconds(date->time_since_epoch()) > Milliseconds(Duration::max()) ||
      Milliseconds(date->time_since_epoch()) < Milliseconds(Duration::min())) {
    return false;
  }
  out = std::chrono::floor<Duration>(*date);
  return true;
}

// Dynamic values

template <>
struct Convert<Value> {
  static bool read(ValueView view, Value& out) {
    out = view.to_value();
    return true;
  }
  static void write(Writer& writer, const Value& value) { value.write_to(writer); }
};

template <>
struct Convert<ValueView> {
  static bool read(ValueView view, ValueView& out) {
    out = view;
    return true;
  }
  static void write(Writer& writer, ValueView value) { value.write_to(writer); }
};

template <>
struct Convert<Object> {
  static bool read(ValueView view, Object& out) {
    Value value = view.is_object() ? view.to_value() : Value();
    if (Object* object = value.as_object()) {
      out = std::move(*object);
      return true;
    }
    return false;
  }
  static void write(Writer& writer, const Object& object);
};

// Alternatives

template <class T>
struct Convert<std::optional<T>> {
  static bool read(ValueView view, std::optional<T>& out) {
    if (view.is_null()) {
      out.reset();
      return true;
    }
    return Convert<T>::read(view, out.emplace());
  }
  static void write(Writer& writer, const std::optional<T>& value) {
    if (value) {
      Convert<T>::write(writer, *value);
    } else {
      writer.null();
    }
  }
};

template <class... Ts>
struct Convert<std::variant<Ts...>> {
  static bool read(ValueView view, std::variant<Ts...>& out) {
    return read_first(view, out, std::index_sequence_for<Ts...>{});
  }
  static void write(Writer& writer, const std::variant<Ts...>& value) {
    std::visit([&](const auto& alternative) { write_value(writer, alternative); }, value);
  }

 private:
  template <std::size_t... Is>
  static bool read_first(ValueView view, std::variant<Ts...>& out, std::index_sequence<Is...>) {
    return (read_value(view, out.template emplace<Is>()) || ...);
  }
};

template <Described T>
struct Convert<T> {
  static bool read(ValueView view, T& out) {
    const auto read_fields = [&](const auto&... fields) {
      return (detail::read_member(view, fields.name, out.*fields.member) && ...);
    };
    return view.is_object() && std::apply(read_fields, Fields<T>::members);
  }

  static void write(Writer& writer, const T& value) {
    const auto write_fields = [&](const auto&... fields) {
      writer.begin_object((std::size_t{!detail::is_left_out(value.*fields.member)} + ... + 0));
      (detail::write_member(writer, fields.name, value.*fields.member), ...);
      writer.end_object();
    };
    std::apply(write_fields, Fields<T>::members);
  }
};

}  // namespace socketio
