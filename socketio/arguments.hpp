#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "socketio/convert.hpp"
#include "socketio/value.hpp"
#include "socketio/value_view.hpp"
#include "socketio/writer.hpp"

namespace socketio {

/// The arguments of an event or of an acknowledgement, as they came: a view that is valid during
/// the call it was handed to; to_values() makes a copy to keep.
///
/// As a parameter of a handler it takes all the arguments that the parameters before it have not
/// taken; as a result, or as an argument of emit(), it stands for all of its elements.
class Arguments {
 public:
  class Iterator;

  Arguments() noexcept = default;
  /// The elements of `array` from `first` on; none where it is not an array.
  explicit Arguments(ValueView array, std::size_t first = 0) noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

  /// Absent, which reads as null, where there is none. Takes time proportional to `index`.
  [[nodiscard]] ValueView operator[](std::size_t index) const noexcept;

  /// The argument `index` as a `T`; nullopt where it does not fit.
  template <Readable T>
  [[nodiscard]] std::optional<T> get(std::size_t index = 0) const {
    return read_as<T>((*this)[index]);
  }

  /// All but the first `count`.
  [[nodiscard]] Arguments from(std::size_t count) const noexcept;

  [[nodiscard]] Iterator begin() const noexcept;
  [[nodiscard]] Iterator end() const noexcept;

  [[nodiscard]] Array to_values() const;

 private:
  const Node* first_ = nullptr;
  std::size_t size_ = 0;
};

class Arguments::Iterator {
 public:
  using value_type = ValueView;
  using difference_type = std::ptrdiff_t;
  using iterator_category = std::input_iterator_tag;

  Iterator() noexcept = default;
  Iterator(const Node* node, std::size_t left) noexcept : node_(node), left_(left) {}

  ValueView operator*() const noexcept { return ValueView(node_); }
  Iterator& operator++() noexcept {
    node_ = node_->next();
    --left_;
    return *this;
  }
  Iterator operator++(int) noexcept { return std::exchange(*this, ++Iterator(*this)); }
  bool operator==(const Iterator& other) const noexcept { return left_ == other.left_; }

 private:
  const Node* node_ = nullptr;
  std::size_t left_ = 0;
};

inline Arguments::Iterator Arguments::begin() const noexcept { return {first_, size_}; }
inline Arguments::Iterator Arguments::end() const noexcept { return {}; }

/// Stands for the elements of `values` as so many arguments, like `...values` in JavaScript:
///
///     socket.emit("numbers", spread(array));
struct Spread {
  const Array& values;
};
[[nodiscard]] inline Spread spread(const Array& values) { return {values}; }

namespace detail {

template <class T>
[[nodiscard]] std::size_t argument_count(const T&) {
  return 1;
}
[[nodiscard]] inline std::size_t argument_count(const Arguments& arguments) {
  return arguments.size();
}
[[nodiscard]] inline std::size_t argument_count(const Spread& spread) {
  return spread.values.size();
}

template <class T>
void write_argument(Writer& writer, const T& argument) {
  static_assert(Writable<T>,
                "this argument's type cannot be sent: describe it with socketio::Fields, or "
                "specialise socketio::Convert (see convert.hpp)");
  write_value(writer, argument);
}
void write_argument(Writer& writer, const Arguments& arguments);
void write_argument(Writer& writer, const Spread& spread);

}  // namespace detail

/// `[args…]`: the payload of an acknowledgement.
template <class... Args>
void write_arguments(Writer& writer, const Args&... args) {
  writer.begin_array((detail::argument_count(args) + ... + 0));
  (detail::write_argument(writer, args), ...);
  writer.end_array();
}

/// `[event, args…]`: the payload of an event.
template <class... Args>
void write_event(Writer& writer, std::string_view event, const Args&... args) {
  writer.begin_array((detail::argument_count(args) + ... + 1));
  writer.string(event);
  (detail::write_argument(writer, args), ...);
  writer.end_array();
}

}  // namespace socketio
