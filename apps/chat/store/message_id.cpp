#include "apps/chat/store/message_id.hpp"

#include <algorithm>
#include <chrono>
#include <random>

namespace chat {

using socketio::Date;

namespace {

constexpr std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t time_size = 10;
constexpr std::int64_t most_time = (std::int64_t{1} << 48) - 1;

void write_time(Date time, std::string& id) {
  auto rest = std::clamp<std::int64_t>(time.time_since_epoch().count(), 0, most_time);
  for (std::size_t i = time_size; i-- > 0; rest >>= 5) {
    id[i] = digits[rest & 31];
  }
}

void write_random(const std::array<std::uint16_t, 5>& random, std::string& id) {
  const auto bit = [&](std::size_t i) { return random[i / 16] >> (15 - i % 16) & 1; };
  for (std::size_t i = 0; i < message_id_size - time_size; ++i) {
    unsigned digit = 0;
    for (std::size_t j = 0; j < 5; ++j) {
      digit = digit << 1 | static_cast<unsigned>(bit(5 * i + j));
    }
    id[time_size + i] = digits[digit];
  }
}

/// False: it was the highest.
bool increment(std::array<std::uint16_t, 5>& random) {
  return std::any_of(random.rbegin(), random.rend(),
                     [](std::uint16_t& part) { return ++part != 0; });
}

}  // namespace

bool is_message_id(std::string_view text) noexcept {
  return text.size() == message_id_size && text[0] <= '7' &&
         text.find_first_not_of(digits) == std::string_view::npos;
}

Date time_of(std::string_view id) noexcept {
  std::int64_t milliseconds = 0;
  for (const char digit : id.substr(0, time_size)) {
    milliseconds = milliseconds << 5 | static_cast<std::int64_t>(digits.find(digit) & 31);
  }
  return Date(std::chrono::milliseconds(milliseconds));
}

std::string first_id_at(Date time) {
  std::string id(message_id_size, '0');
  write_time(time, id);
  return id;
}

MessageIds::Stamp MessageIds::next(Date now) {
  const std::lock_guard lock(mutex_);
  if (now <= last_ && !increment(random_)) {
    now = last_ + std::chrono::milliseconds(1);
  }
  if (now > last_) {
    std::random_device device;
    std::generate(random_.begin(), random_.end(),
                  [&] { return static_cast<std::uint16_t>(device()); });
    last_ = now;
  }
  Stamp stamp{std::string(message_id_size, '0'), last_};
  write_time(last_, stamp.id);
  write_random(random_, stamp.id);
  return stamp;
}

}  // namespace chat
