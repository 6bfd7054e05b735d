#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/cluster/message.hpp"
#include "adapters/redis_reply.hpp"
#include "socketio/tape.hpp"
#include "socketio/writer.hpp"

namespace adapters::streams {

/// The place of an entry in a stream, as Redis writes it: `1700000000000-0`.
struct EntryId {
  std::uint64_t time = 0;  ///< milliseconds since 1970
  std::uint64_t sequence = 0;

  /// nullopt: of another form, or too large for Redis.
  [[nodiscard]] static std::optional<EntryId> parse(std::string_view text) noexcept;
  [[nodiscard]] std::string text() const;
  /// The first place behind it.
  [[nodiscard]] EntryId next() const noexcept;

  auto operator<=>(const EntryId&) const = default;
};

/// An entry as Redis shows it; views of the reply.
struct Entry {
  EntryId id;
  std::string_view id_text;
  std::string_view uid;
  std::string_view nsp;
  std::string_view type;
  std::string* data = nullptr;  ///< nullptr: the entry has none
};

/// nullopt: not `[id, [field, value, …]]`. Fields in any order, unknown ones are ignored.
[[nodiscard]] std::optional<Entry> read_entry(redis::Reply& reply);

/// The field `data`: JSON; where there is binary, base64 of MessagePack.
[[nodiscard]] std::string encode_data(cluster::MessageType type, socketio::PayloadWriter data,
                                      bool only_plaintext);
/// The message of an entry. Decodes in place into `tape`; `memory` takes what has no place there.
/// False: it makes no sense.
[[nodiscard]] bool decode_entry(const Entry& entry, socketio::Tape& tape, std::string& memory,
                                cluster::Message& message);

/// The stream of a namespace.
[[nodiscard]] std::string stream_of(std::string_view stream_name, std::size_t stream_count,
                                    std::string_view nsp);

}  // namespace adapters::streams
