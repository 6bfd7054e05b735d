#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace engineio::protocol {

/// Bytes of randomness behind one id.
inline constexpr std::size_t sid_entropy_size = 15;
/// Characters of an id. Peers rely on it: the sharded Redis adapter takes rooms of 20 characters
/// for socket ids.
inline constexpr std::size_t sid_size = 20;

using SidEntropy = std::span<const std::byte, sid_entropy_size>;
using Sid = std::array<char, sid_size>;

[[nodiscard]] inline std::string_view view(const Sid& sid) { return {sid.data(), sid.size()}; }

/// 20 characters of `A-Za-z0-9_-`.
[[nodiscard]] bool is_well_formed_sid(std::string_view sid);

/// The id that stands for these bytes, which must come from a cryptographic generator.
[[nodiscard]] Sid make_sid(SidEntropy random);

/// Makes session ids that carry the shard of their session, unreadable for anybody else: one byte
/// of the id names the shard and is masked by a keyed hash of the others. To an outsider all of the
/// id is random; given the shard it still has 120 - log2(shards) bits of entropy.
class SidCodec {
 public:
  static constexpr unsigned max_shards = 256;
  using Secret = std::array<std::uint64_t, 2>;

  /// `secret` is random and the same for all shards of a process; `shards` is 1 to max_shards.
  SidCodec(Secret secret, unsigned shards);

  /// `shard` is less than the number of shards.
  [[nodiscard]] Sid make(SidEntropy random, unsigned shard) const;

  /// The shard of an id that make() returned. For a well-formed id of other origin some shard,
  /// which then does not know it; nullopt for anything else.
  [[nodiscard]] std::optional<unsigned> shard_of(std::string_view sid) const;

 private:
  Secret secret_;
  unsigned shards_;
};

}  // namespace engineio::protocol
