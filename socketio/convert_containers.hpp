#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "socketio/convert_trait.hpp"

// Conversion of the containers of the standard library; see convert_trait.hpp.

namespace socketio {

namespace detail {

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

}  // namespace socketio
