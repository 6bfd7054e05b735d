#include "adapters/redis/pipeline.hpp"

#include <utility>

namespace adapters::redis {

namespace {

// Chunks are sent as a whole. Small ones that wait become one of this size.
constexpr std::size_t joined_chunk = 16 * 1024;

}  // namespace

void Pipeline::push(CommandBatch batch) {
  if (batch.empty()) {
    return;
  }
  if (has_output() && chunks_.back().batch.bytes.size() + batch.bytes.size() <= joined_chunk) {
    chunks_.back().batch.append(std::move(batch));
  } else {
    chunks_.push_back({std::move(batch)});
  }
}

std::vector<std::string_view> Pipeline::take_output(std::size_t max_bytes) {
  constexpr std::size_t max_pieces = 64;  // what Asio passes to one system call
  std::vector<std::string_view> pieces;
  std::size_t bytes = 0;
  while (has_output() && pieces.size() < max_pieces && bytes < max_bytes) {
    Chunk& chunk = chunks_[output_chunk_++];
    pieces.push_back(chunk.batch.bytes);
    bytes += chunk.batch.bytes.size();
    sent_ += chunk.batch.headers.size();
  }
  return pieces;
}

std::optional<Pipeline::Answer> Pipeline::on_reply(const Reply& reply) {
  Chunk& chunk = chunks_.front();
  const CommandHeader& header = chunk.batch.headers[chunk.next_header];
  if (reply.type == Reply::Type::error && first_error_.empty()) {
    first_error_ = reply.text;
  }
  if (++replies_ < header.replies) {
    return std::nullopt;
  }
  Answer answer = pop_front();
  if (reply.type == Reply::Type::error) {
    answer.error = std::move(first_error_);
  }
  first_error_.clear();
  return answer;
}

CommandBatch Pipeline::lose() {
  CommandBatch lost;
  while (sent_ > 0) {
    Answer answer = pop_front();
    lost.add(answer.header, answer.bytes, std::move(answer.callback));
  }
  first_error_.clear();
  return lost;
}

CommandBatch Pipeline::take_unsent() {
  CommandBatch unsent;
  while (has_output()) {
    unsent.append(std::move(chunks_[output_chunk_].batch));
    chunks_.erase(chunks_.begin() + static_cast<std::ptrdiff_t>(output_chunk_));
  }
  return unsent;
}

Pipeline::Answer Pipeline::pop_front() {
  Chunk& chunk = chunks_.front();
  Answer answer;
  answer.header = chunk.batch.headers[chunk.next_header++];
  answer.bytes = std::string_view(chunk.batch.bytes).substr(chunk.next_byte, answer.header.size);
  chunk.next_byte += answer.header.size;
  if (answer.header.has_callback) {
    answer.callback = std::move(chunk.batch.callbacks[chunk.next_callback++]);
  }
  --sent_;
  replies_ = 0;
  if (chunk.next_header == chunk.batch.headers.size()) {
    --output_chunk_;
    // Short strings live in the object: the view has to follow it.
    last_bytes_ = std::move(chunk.batch.bytes);
    answer.bytes = std::string_view(last_bytes_).substr(last_bytes_.size() - answer.header.size);
    chunks_.pop_front();
  }
  return answer;
}

}  // namespace adapters::redis
