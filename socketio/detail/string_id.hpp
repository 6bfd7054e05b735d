#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace socketio::detail {

/// 20 characters of `A-Za-z0-9_-`, 120 bits from the system's cryptographic generator. The length
/// matters: the sharded Redis adapter takes rooms of 20 characters for socket ids.
[[nodiscard]] std::string random_id();

/// A number in the alphabet of the npm package yeast, as offsets are written.
[[nodiscard]] std::string to_yeast(std::uint64_t number);
/// The number that to_yeast() writes like this; nullopt for other texts.
[[nodiscard]] std::optional<std::uint64_t> from_yeast(std::string_view text);

}  // namespace socketio::detail
