#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/redis/command_batch.hpp"
#include "adapters/redis_reply.hpp"

namespace adapters::redis {

/// The commands of one connection, in order, from where they are queued until they are answered.
/// Does no I/O. The connection may come and go: what was not yet sent is sent on the next one.
class Pipeline {
 public:
  /// A command that is done with.
  struct Answer {
    CommandHeader header;
    std::string_view bytes;  ///< until the next call
    ResultCallback callback;
    std::string error;  ///< what Redis said, for example of a command within a transaction
  };

  void push(CommandBatch batch);

  /// What to write next, in pieces, until they are at least `max_bytes`. Counts as sent from now
  /// on; the views are valid until its commands are answered or lose() is called.
  [[nodiscard]] std::vector<std::string_view> take_output(std::size_t max_bytes);
  [[nodiscard]] bool has_output() const noexcept { return output_chunk_ < chunks_.size(); }

  /// Whether a command that was sent has not been answered.
  [[nodiscard]] bool awaiting_reply() const noexcept { return sent_ > 0; }

  /// Takes the next reply, of which there must be one (awaiting_reply()). nullopt if it is not the
  /// last one of its command.
  [[nodiscard]] std::optional<Answer> on_reply(const Reply& reply);

  /// The connection is lost: returns what was sent and is not answered. The rest is output again.
  [[nodiscard]] CommandBatch lose();

  /// Returns everything that was not sent.
  [[nodiscard]] CommandBatch take_unsent();

  [[nodiscard]] bool empty() const noexcept { return chunks_.empty(); }

 private:
  struct Chunk {
    CommandBatch batch;
    // Of the oldest command that is not answered:
    std::size_t next_header = 0;
    std::size_t next_callback = 0;
    std::size_t next_byte = 0;
  };

  [[nodiscard]] Answer pop_front();

  std::deque<Chunk> chunks_;      // sent as a whole or not at all; at the front, not yet answered
  std::size_t output_chunk_ = 0;  // the first one that is not sent
  std::size_t sent_ = 0;          // commands, not answered
  std::uint32_t replies_ = 0;     // of the oldest command, so far
  std::string first_error_;       // among them
  std::string last_bytes_;        // of the last chunk that was answered
};

}  // namespace adapters::redis
