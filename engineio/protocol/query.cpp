#include "engineio/protocol/query.hpp"

#include <algorithm>

#include "engineio/protocol/form.hpp"

namespace engineio::protocol {
namespace {

/// JavaScript's array index: a canonical decimal number below 2^32 - 1.
std::optional<std::uint64_t> array_index(std::string_view key) {
  if (key.empty() || key.size() > 10 || (key[0] == '0' && key.size() > 1)) {
    return std::nullopt;
  }
  std::uint64_t index = 0;
  for (const char c : key) {
    if (c < '0' || c > '9') {
      return std::nullopt;
    }
    index = index * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return index < 0xffffffff ? std::optional(index) : std::nullopt;
}

}  // namespace

RequestTarget split_target(std::string_view target) {
  target = target.substr(0, target.find('#'));
  const std::size_t mark = std::min(target.find('?'), target.size());
  return {target.substr(0, mark), target.substr(std::min(mark + 1, target.size()))};
}

void Query::parse(std::string_view encoded) {
  text_.clear();
  entries_.clear();
  FormReader reader(encoded);
  while (const auto field = reader.next()) {
    const Piece key = append_decoded(field->key);
    const std::size_t place = find(text(key));
    if (place < entries_.size()) {
      entries_[place].value = append_decoded(field->value);
    } else if (entries_.size() < max_parameters) {
      entries_.push_back({key, append_decoded(field->value)});
    }
  }
  move_indices_to_front();
}

std::optional<std::string_view> Query::get(std::string_view key) const {
  const std::size_t place = find(key);
  return place < entries_.size() ? std::optional(text(entries_[place].value)) : std::nullopt;
}

std::pair<std::string_view, std::string_view> Query::operator[](std::size_t place) const {
  return {text(entries_[place].key), text(entries_[place].value)};
}

Query::Piece Query::append_decoded(std::string_view encoded) {
  const std::size_t begin = text_.size();
  append_form_decoded(text_, encoded);
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(text_.size() - begin)};
}

std::string_view Query::text(Piece piece) const {
  return std::string_view(text_).substr(piece.begin, piece.size);
}

std::size_t Query::find(std::string_view key) const {
  const auto has_key = [&](const Entry& entry) { return text(entry.key) == key; };
  const auto found = std::find_if(entries_.begin(), entries_.end(), has_key);
  return static_cast<std::size_t>(found - entries_.begin());
}

void Query::move_indices_to_front() {
  const auto is_index = [&](const Entry& entry) {
    return array_index(text(entry.key)).has_value();
  };
  if (std::none_of(entries_.begin(), entries_.end(), is_index)) {
    return;
  }
  const auto end = std::stable_partition(entries_.begin(), entries_.end(), is_index);
  std::sort(entries_.begin(), end, [&](const Entry& a, const Entry& b) {
    return array_index(text(a.key)) < array_index(text(b.key));
  });
}

}  // namespace engineio::protocol
