#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "socketio/tape.hpp"

namespace socketio {

class Value;
class Writer;

/// A value of a received packet, read where it lies: nothing is copied until you ask for it.
///
/// Lifetime: the view, its strings and its bytes are valid until the handler that received the
/// packet returns. to_value() makes a copy to keep.
///
/// A view may be absent: the packet has no data, an array has no such element, an object no such
/// member. An absent view reads as null.
class ValueView {
 public:
  class Elements;
  class Members;

  ValueView() noexcept = default;
  explicit ValueView(const Node* node) noexcept : node_(node) {}

  /// False if absent. A null is there.
  [[nodiscard]] bool exists() const noexcept { return node_ != nullptr; }
  [[nodiscard]] ValueKind kind() const noexcept {
    return node_ != nullptr ? node_->kind : ValueKind::null;
  }

  [[nodiscard]] bool is_null() const noexcept { return kind() == ValueKind::null; }
  /// Null because JavaScript said undefined (msgpack only), or absent.
  [[nodiscard]] bool is_undefined() const noexcept { return node_ == nullptr || node_->undefined; }
  [[nodiscard]] bool is_boolean() const noexcept { return kind() == ValueKind::boolean; }
  [[nodiscard]] bool is_number() const noexcept {
    return kind() >= ValueKind::int64 && kind() <= ValueKind::number;
  }
  [[nodiscard]] bool is_string() const noexcept { return kind() == ValueKind::string; }
  [[nodiscard]] bool is_binary() const noexcept { return kind() == ValueKind::binary; }
  [[nodiscard]] bool is_array() const noexcept { return kind() == ValueKind::array; }
  [[nodiscard]] bool is_object() const noexcept { return kind() == ValueKind::object; }

  /// The getters answer nullopt if the value is of another kind or does not fit. Numbers are
  /// numbers, as in JavaScript: 1, 1.0 and 1e0 are the integer 1, and every number is a double.
  [[nodiscard]] std::optional<bool> as_bool() const noexcept;
  [[nodiscard]] std::optional<std::int64_t> as_int64() const noexcept;
  [[nodiscard]] std::optional<std::uint64_t> as_uint64() const noexcept;
  [[nodiscard]] std::optional<double> as_double() const noexcept;
  [[nodiscard]] std::optional<std::string_view> as_string() const noexcept;
  [[nodiscard]] std::optional<std::span<const std::byte>> as_binary() const noexcept;

  /// Elements of an array, members of an object (those with the same key counted each), else 0.
  [[nodiscard]] std::size_t size() const noexcept {
    return is_array() || is_object() ? node_->size : 0;
  }

  /// Absent if this is not an array or has no such element. Takes time proportional to `index`.
  [[nodiscard]] ValueView operator[](std::size_t index) const noexcept;

  /// The member of that name, the last one if there are several, as in JavaScript. Absent if this
  /// is not an object or has no such member. Takes time proportional to size().
  [[nodiscard]] ValueView find(std::string_view key) const noexcept;
  [[nodiscard]] ValueView operator[](std::string_view key) const noexcept { return find(key); }

  /// For loops: `for (ValueView element : view.elements())`. Empty if this is not an array.
  [[nodiscard]] Elements elements() const noexcept;
  /// For loops: `for (auto [key, value] : view.members())`. Empty if this is not an object.
  [[nodiscard]] Members members() const noexcept;

  /// A copy that may be kept.
  [[nodiscard]] Value to_value() const;
  /// Undefined is written as such where the format knows it, else as null.
  void write_to(Writer& writer) const;

  /// This value where it lies; nullptr if absent.
  [[nodiscard]] const Node* node() const noexcept { return node_; }

 private:
  const Node* node_ = nullptr;
};

class ValueView::Elements {
 public:
  class Iterator {
   public:
    using value_type = ValueView;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;

    Iterator() noexcept = default;
    explicit Iterator(const Node* node) noexcept : node_(node) {}

    ValueView operator*() const noexcept { return ValueView(node_); }
    Iterator& operator++() noexcept {
      node_ = node_->next();
      return *this;
    }
    Iterator operator++(int) noexcept { return std::exchange(*this, ++Iterator(*this)); }
    bool operator==(const Iterator&) const noexcept = default;

   private:
    const Node* node_ = nullptr;
  };

  Elements() noexcept = default;
  explicit Elements(const Node* array) noexcept : begin_(array + 1), end_(array->next()) {}

  [[nodiscard]] Iterator begin() const noexcept { return Iterator(begin_); }
  [[nodiscard]] Iterator end() const noexcept { return Iterator(end_); }

 private:
  const Node* begin_ = nullptr;
  const Node* end_ = nullptr;
};

class ValueView::Members {
 public:
  struct Member {
    std::string_view key;
    ValueView value;
  };

  class Iterator {
   public:
    using value_type = Member;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;

    Iterator() noexcept = default;
    explicit Iterator(const Node* key) noexcept : key_(key) {}

    Member operator*() const noexcept {
      return {std::string_view(key_->bytes, key_->size), ValueView(key_ + 1)};
    }
    Iterator& operator++() noexcept {
      key_ = (key_ + 1)->next();
      return *this;
    }
    Iterator operator++(int) noexcept { return std::exchange(*this, ++Iterator(*this)); }
    bool operator==(const Iterator&) const noexcept = default;

   private:
    const Node* key_ = nullptr;
  };

  Members() noexcept = default;
  explicit Members(const Node* object) noexcept : begin_(object + 1), end_(object->next()) {}

  [[nodiscard]] Iterator begin() const noexcept { return Iterator(begin_); }
  [[nodiscard]] Iterator end() const noexcept { return Iterator(end_); }

 private:
  const Node* begin_ = nullptr;
  const Node* end_ = nullptr;
};

inline ValueView::Elements ValueView::elements() const noexcept {
  return is_array() ? Elements(node_) : Elements();
}

inline ValueView::Members ValueView::members() const noexcept {
  return is_object() ? Members(node_) : Members();
}

}  // namespace socketio
