#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace engineio::protocol {

/// Parts of a request target in origin form, still encoded; views into the target.
struct RequestTarget {
  std::string_view path;
  std::string_view query;  ///< without `?`; empty when there is none
};

/// A fragment, which has no place in a request, is left out.
[[nodiscard]] RequestTarget split_target(std::string_view target);

/// The parameters of a query, decoded, as the object that Node makes of them: a repeated key keeps
/// its first place and takes its last value, keys that are array indices come first in ascending
/// order, and no key is special. A value type that owns its text; parse() reuses the memory.
class Query {
 public:
  /// Different keys that are kept; a query with more loses the ones behind.
  static constexpr std::size_t max_parameters = 256;

  Query() = default;
  explicit Query(std::string_view encoded) { parse(encoded); }

  /// Replaces the content. `encoded` is shorter than 1 GiB.
  void parse(std::string_view encoded);

  /// The views that get() and [] return are valid until the query is changed, moved or destroyed.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view key) const;

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  /// Key and value of the parameter at this place.
  [[nodiscard]] std::pair<std::string_view, std::string_view> operator[](std::size_t place) const;

 private:
  struct Piece {
    std::uint32_t begin;
    std::uint32_t size;
  };
  struct Entry {
    Piece key;
    Piece value;
  };

  Piece append_decoded(std::string_view encoded);
  std::string_view text(Piece piece) const;
  std::size_t find(std::string_view key) const;
  void move_indices_to_front();

  std::string text_;
  std::vector<Entry> entries_;
};

}  // namespace engineio::protocol
