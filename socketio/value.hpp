#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "socketio/value_view.hpp"
#include "socketio/writer.hpp"

namespace socketio {

/// Owned bytes: what is a Buffer, an ArrayBuffer or a typed array in JavaScript.
class Binary {
 public:
  Binary() = default;
  explicit Binary(std::string bytes) noexcept : bytes_(std::move(bytes)) {}
  explicit Binary(std::span<const std::byte> bytes)
      : bytes_(reinterpret_cast<const char*>(bytes.data()), bytes.size()) {}

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
    return std::as_bytes(std::span(bytes_));
  }
  [[nodiscard]] std::string_view view() const noexcept { return bytes_; }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
  [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }

  /// The bytes, moved out.
  [[nodiscard]] std::string release() && { return std::move(bytes_); }

  bool operator==(const Binary&) const = default;

 private:
  std::string bytes_;
};

class Value;
using Array = std::vector<Value>;
struct Member;

/// The members of an object in the order in which they were added.
class Object {
 public:
  Object() noexcept;
  Object(std::initializer_list<Member> members);
  Object(const Object&);
  Object(Object&&) noexcept;
  Object& operator=(const Object&);
  Object& operator=(Object&&) noexcept;
  ~Object();

  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] bool empty() const noexcept;

  /// The member of that name; the last one if a peer sent several, as in JavaScript. nullptr: none.
  [[nodiscard]] const Value* find(std::string_view key) const noexcept;
  [[nodiscard]] Value* find(std::string_view key) noexcept;

  /// Adds the member with null if there is none. Takes time proportional to size().
  Value& operator[](std::string_view key);

  /// Adds a member without a look for another of that name: for building large objects.
  Value& append(std::string key, Value value);

  /// Removes all members of that name; true if there was one.
  bool erase(std::string_view key);

  [[nodiscard]] const Member* begin() const noexcept;
  [[nodiscard]] const Member* end() const noexcept;
  [[nodiscard]] Member* begin() noexcept;
  [[nodiscard]] Member* end() noexcept;

 private:
  std::vector<Member> members_;
};

/// A value of any kind, owned: what JSON and MessagePack can say and JavaScript can mean.
///
///     Value v = Object{{"name", "Ada"}, {"scores", Array{1, 2.5, nullptr}}};
///     v["name"].as_string();          // optional<string_view>
///     v["scores"][1].as_double();     // 2.5
///     v["nothing"]["at"]["all"].is_null();
///
/// Values nest as deeply as you build them, and copying, comparing and destroying recurse. Those
/// from the network are at most ParserLimits::max_depth deep.
class Value {
 public:
  Value() noexcept = default;
  Value(std::nullptr_t) noexcept {}                                // NOLINT: converts like JSON
  Value(std::same_as<bool> auto value) noexcept : data_(value) {}  // NOLINT
  template <std::integral T>
  requires(!std::same_as<T, bool>) Value(T value)
  noexcept  // NOLINT
      : data_(from_integer(value)) {}
  Value(std::floating_point auto value) noexcept  // NOLINT
      : data_(static_cast<double>(value)) {}
  Value(const char* text) : data_(std::string(text)) {}         // NOLINT
  Value(std::string_view text) : data_(std::string(text)) {}    // NOLINT
  Value(std::string text) noexcept : data_(std::move(text)) {}  // NOLINT
  Value(Binary bytes) noexcept : data_(std::move(bytes)) {}     // NOLINT
  Value(Array elements) noexcept;                               // NOLINT
  Value(Object members) noexcept;                               // NOLINT

  [[nodiscard]] ValueKind kind() const noexcept { return static_cast<ValueKind>(data_.index()); }
  [[nodiscard]] bool is_null() const noexcept { return kind() == ValueKind::null; }
  [[nodiscard]] bool is_boolean() const noexcept { return kind() == ValueKind::boolean; }
  [[nodiscard]] bool is_number() const noexcept {
    return kind() >= ValueKind::int64 && kind() <= ValueKind::number;
  }
  [[nodiscard]] bool is_string() const noexcept { return kind() == ValueKind::string; }
  [[nodiscard]] bool is_binary() const noexcept { return kind() == ValueKind::binary; }
  [[nodiscard]] bool is_array() const noexcept { return kind() == ValueKind::array; }
  [[nodiscard]] bool is_object() const noexcept { return kind() == ValueKind::object; }

  /// The getters answer nullopt or nullptr if the value is of another kind or does not fit.
  /// Numbers are numbers, as in JavaScript: 1.0 is the integer 1, and every number is a double.
  [[nodiscard]] std::optional<bool> as_bool() const noexcept;
  [[nodiscard]] std::optional<std::int64_t> as_int64() const noexcept;
  [[nodiscard]] std::optional<std::uint64_t> as_uint64() const noexcept;
  [[nodiscard]] std::optional<double> as_double() const noexcept;
  [[nodiscard]] std::optional<std::string_view> as_string() const noexcept;
  [[nodiscard]] const Binary* as_binary() const noexcept { return std::get_if<Binary>(&data_); }
  [[nodiscard]] const Array* as_array() const noexcept { return std::get_if<Array>(&data_); }
  [[nodiscard]] Array* as_array() noexcept { return std::get_if<Array>(&data_); }
  [[nodiscard]] const Object* as_object() const noexcept { return std::get_if<Object>(&data_); }
  [[nodiscard]] Object* as_object() noexcept { return std::get_if<Object>(&data_); }

  /// Elements of an array, members of an object, else 0.
  [[nodiscard]] std::size_t size() const noexcept;

  /// The member or element; a null if there is none.
  [[nodiscard]] const Value& operator[](std::string_view key) const noexcept;
  [[nodiscard]] const Value& operator[](std::size_t index) const noexcept;
  /// The member, added if there is none; this becomes an object if it was none.
  [[nodiscard]] Value& operator[](std::string_view key);

  void write_to(Writer& writer) const;

  /// By value: members in any order, the last of a name; numbers as numbers (1 == 1.0).
  friend bool operator==(const Value& a, const Value& b) noexcept;

 private:
  using Data = std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string,
                            Binary, Array, Object>;  // in the order of ValueKind

  template <class T>
  static Data from_integer(T value) noexcept {
    if (std::in_range<std::int64_t>(value)) {
      return static_cast<std::int64_t>(value);
    }
    return static_cast<std::uint64_t>(value);
  }

  Data data_;
};

/// A member of an Object.
struct Member {
  std::string key;
  Value value;
};

/// A Writer that builds a Value.
class ValueBuilder final : public Writer {
 public:
  /// The value written, moved out. The builder is ready for another.
  [[nodiscard]] Value take();

  void null() override { add(nullptr); }
  void boolean(bool value) override { add(value); }
  void integer(std::int64_t value) override { add(value); }
  void unsigned_integer(std::uint64_t value) override { add(value); }
  void number(double value) override { add(value); }
  void string(std::string_view text) override { add(text); }
  void binary(std::span<const std::byte> bytes) override { add(Binary(bytes)); }
  void begin_array(std::size_t size) override;
  void end_array() override { close(); }
  void begin_object(std::size_t size) override;
  void key(std::string_view name) override { open_.back().key = name; }
  void end_object() override { close(); }

 private:
  struct Open {
    Value container;
    std::string key;  // of the member to come
  };

  void add(Value value);
  void close();

  std::vector<Open> open_;
  Value root_;
};

}  // namespace socketio
