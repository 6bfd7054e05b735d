#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/redis/url.hpp"
#include "adapters/redis_reply.hpp"

namespace adapters::redis {

inline constexpr std::uint16_t slot_count = 16384;

/// The hash slot of a key or sharded channel: CRC16 of it, or of what is between its first `{` and
/// the next `}`, if there is anything.
[[nodiscard]] std::uint16_t key_slot(std::string_view key) noexcept;

/// Which master of a cluster has which slots.
class SlotMap {
 public:
  SlotMap() { owners_.fill(nobody); }

  /// From the reply to CLUSTER SLOTS. A node that does not know its own address is the one that was
  /// `asked`. nullopt: that was no such reply, or it names no master, or too many.
  [[nodiscard]] static std::optional<SlotMap> parse(const Reply& reply, const Address& asked);

  /// nullptr: nobody has it, as far as is known.
  [[nodiscard]] const Address* owner(std::uint16_t slot) const noexcept;
  [[nodiscard]] const std::vector<Address>& masters() const noexcept { return masters_; }

  void assign(std::uint16_t slot, const Address& owner);

  friend bool operator==(const SlotMap&, const SlotMap&) = default;

  /// More masters than this are not taken note of.
  static constexpr std::size_t max_masters = 1024;

 private:
  static constexpr std::uint16_t nobody = 0xffff;

  [[nodiscard]] std::uint16_t index_of(const Address& master);

  std::vector<Address> masters_;
  std::array<std::uint16_t, slot_count> owners_;  // indexes of masters_
};

/// What a node of a cluster answers instead of carrying out a command.
struct Redirection {
  enum class Kind : std::uint8_t {
    moved,  ///< to `address`, from now on
    ask,    ///< `address`, this time only
    later,  ///< the same again in a while
  };

  Kind kind = Kind::later;
  std::uint16_t slot = 0;
  Address address;
};

/// nullopt: an error like any other. `asked` gives the host if the node names a port only.
[[nodiscard]] std::optional<Redirection> parse_redirection(std::string_view error,
                                                           const Address& asked);

}  // namespace adapters::redis
