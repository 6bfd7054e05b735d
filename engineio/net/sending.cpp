#include "engineio/net/sending.hpp"

#include <algorithm>
#include <string_view>

namespace engineio::net {

namespace {

IoResult send_output(int socket, TlsFilter& tls) {
  IoResult result{IoStatus::done};
  while (result.status == IoStatus::done && !tls.output().empty()) {
    const IoResult sent = send(socket, tls.output());
    tls.drop_output(sent.bytes);
    result = {sent.status, result.bytes + sent.bytes};
  }
  return result;
}

/// What the next record is made of: a part of a large slice, or many small ones.
std::string_view next_record(const OutputQueue& queue, std::span<char> scratch) {
  const std::span<char> record = scratch.first(std::min(scratch.size(), TlsFilter::record_size));
  const std::string_view first = queue.slices().front().view();
  if (first.size() >= record.size() || queue.slices().size() == 1) {
    return first.substr(0, record.size());
  }
  std::size_t size = 0;
  for (const Slice& slice : queue.slices()) {
    size += slice.view().copy(record.data() + size, record.size() - size);
    if (size == record.size()) {
      break;
    }
  }
  return {record.data(), size};
}

}  // namespace

IoResult send_all(int socket, OutputQueue& queue) noexcept {
  IoResult result{IoStatus::done};
  while (result.status == IoStatus::done && !queue.empty()) {
    const IoResult sent = send(socket, queue.slices());
    queue.drop(sent.bytes);
    result = {sent.status, result.bytes + sent.bytes};
  }
  return result;
}

IoResult send_all(int socket, OutputQueue& queue, TlsFilter& tls, std::span<char> scratch) {
  IoResult result = send_output(socket, tls);
  while (result.status == IoStatus::done && !queue.empty() && !tls.handshaking()) {
    const std::string_view plain = next_record(queue, scratch);
    tls.encrypt(plain);
    queue.drop(plain.size());
    const IoResult sent = send_output(socket, tls);
    result = {tls.failed() ? IoStatus::failed : sent.status, result.bytes + sent.bytes};
  }
  return result;
}

}  // namespace engineio::net
