#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include "socketio/date.hpp"
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

template <class T, class Getter>
[[nodiscard]] bool assign(const std::optional<T>& value, Getter&& store) {
  if (value) {
    store(*value);
  }
  return value.has_value();
}

/// Arrays as containers that insert at a position.
template <class Container>
struct ConvertSequence {
  static bool read(ValueView view, Container& out) {
    out.clear();
    if (!view.is_array()) {
      return false;
    }
    if constexpr (requires { out.reserve(view.size()); }) {
      out.reserve(view.size());
    }
    for (const ValueView element : view.elements()) {
      typename Container::value_type value{};
      if (!Convert<typename Container::value_type>::read(element, value)) {
        return false;
      }
      out.insert(out.end(), std::move(value));
    }
    return true;
  }

  static void write(Writer& writer, const Container& container) {
    writer.begin_array(container.size());
    for (const auto& element : container) {
      write_value<typename Container::value_type>(writer, element);
    }
    writer.end_array();
  }
};

/// Objects as maps from strings.
template <class Container>
struct ConvertMap {
  static bool read(ValueView view, Container& out) {
    out.clear();
    if (!view.is_object()) {
      return false;
    }
    for (const auto& [key, value] : view.members()) {
      typename Container::mapped_type mapped{};
      if (!Convert<typename Container::mapped_type>::read(value, mapped)) {
        return false;
      }
      out.insert_or_assign(std::string(key), std::move(mapped));
    }
    return true;
  }

  static void write(Writer& writer, const Container& container) {
    writer.begin_object(container.size());
    for (const auto& [key, value] : container) {
      writer.key(key);
      write_value(writer, value);
    }
    writer.end_object();
  }
};

/// Arrays of a fixed number of values of different types.
template <class Tuple>
struct ConvertTuple {
  static constexpr std::size_t size = std::tuple_size_v<Tuple>;

  static bool read(ValueView view, Tuple& out) {
    if (!view.is_array() || view.size() > size) {
      return false;
    }
    auto element = view.elements().begin();
    const auto end = view.elements().end();
    const auto read_next = [&](auto& item) {
      const ValueView value = element != end ? *element++ : ValueView();
      return read_value(value, item);
    };
    return std::apply([&](auto&... items) { return (read_next(items) && ...); }, out);
  }

  static void write(Writer& writer, const Tuple& tuple) {
    writer.begin_array(size);
    std::apply([&](const auto&... items) { (write_value(writer, items), ...); }, tuple);
    writer.end_array();
  }
};

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

// Containers

template <class T, class Allocator>
struct Convert<std::vector<T, Allocator>> : detail::ConvertSequence<std::vector<T, Allocator>> {};
template <class T, class Compare, class Allocator>
struct Convert<std::set<T, Compare, Allocator>>
    : detail::ConvertSequence<std::set<T, Compare, Allocator>> {};
template <class T, class Hash, class Equal, class Allocator>
struct Convert<std::unordered_set<T, Hash, Equal, Allocator>>
    : detail::ConvertSequence<std::unordered_set<T, Hash, Equal, Allocator>> {};

template <class T, std::size_t N>
struct Convert<std::array<T, N>> {
  static bool read(ValueView view, std::array<T, N>& out) {
    if (!view.is_array() || view.size() != N) {
      return false;
    }
    auto slot = out.begin();
    for (const ValueView element : view.elements()) {
      if (!read_value(element, *slot++)) {
        return false;
      }
    }
    return true;
  }
  static void write(Writer& writer, const std::array<T, N>& array) {
    writer.begin_array(N);
    for (const T& element : array) {
      write_value(writer, element);
    }
    writer.end_array();
  }
};

template <class T, class Compare, class Allocator>
struct Convert<std::map<std::string, T, Compare, Allocator>>
    : detail::ConvertMap<std::map<std::string, T, Compare, Allocator>> {};
template <class T, class Hash, class Equal, class Allocator>
struct Convert<std::unordered_map<std::string, T, Hash, Equal, Allocator>>
    : detail::ConvertMap<std::unordered_map<std::string, T, Hash, Equal, Allocator>> {};

template <class First, class Second>
struct Convert<std::pair<First, Second>> : detail::ConvertTuple<std::pair<First, Second>> {};
template <class... Ts>
struct Convert<std::tuple<Ts...>> : detail::ConvertTuple<std::tuple<Ts...>> {};

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
