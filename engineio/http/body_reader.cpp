#include "engineio/http/body_reader.hpp"

#include <utility>

namespace engineio::http {

void BodyReader::add(std::span<char> piece) {
  if (is_done()) {
    return;
  }
  const auto size = buffer_.size() + in_place_.size();
  if (piece.size() > limit_ - size) {
    call(BodyEnd::too_large, {});
    return;
  }
  if (size == 0) {
    in_place_ = piece;
    return;
  }
  keep();
  buffer_.append(piece.data(), piece.size());
}

void BodyReader::keep() {
  buffer_.append(in_place_.data(), in_place_.size());
  in_place_ = {};
}

void BodyReader::finish() {
  if (!is_done()) {
    auto buffer = std::exchange(buffer_, {});
    call(BodyEnd::complete, buffer.empty() ? in_place_ : std::span<char>(buffer));
  }
}

void BodyReader::call(BodyEnd end, std::span<char> body) {
  buffer_ = {};
  in_place_ = {};
  std::exchange(done_, nullptr)(end, body);
}

}  // namespace engineio::http
