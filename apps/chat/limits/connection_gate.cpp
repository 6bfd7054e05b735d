#include "apps/chat/limits/connection_gate.hpp"

namespace chat {

namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  return begin == std::string_view::npos
             ? std::string_view()
             : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

ConnectionGate::ConnectionGate(const Limits& limits)
    : rate_(limits.rate, limits.addresses), limits_(limits) {}

std::optional<std::string> ConnectionGate::refusal(const std::string& address,
                                                   RateLimiter::TimePoint now) {
  {
    const std::lock_guard lock(mutex_);
    if (limits_.clients != 0 && clients_ >= limits_.clients) {
      return "The server is full";
    }
    const auto found = per_address_.find(address);
    if (limits_.per_address != 0 && found != per_address_.end() &&
        found->second >= limits_.per_address) {
      return "Too many connections from this address";
    }
  }
  if (!rate_.consume(address, now)) {
    return "Rate limit exceeded";
  }
  return std::nullopt;
}

void ConnectionGate::enter(const std::string& address) {
  const std::lock_guard lock(mutex_);
  ++clients_;
  ++per_address_[address];
}

void ConnectionGate::leave(const std::string& address) {
  const std::lock_guard lock(mutex_);
  const auto found = per_address_.find(address);
  if (found == per_address_.end()) {
    return;
  }
  --clients_;
  if (--found->second == 0) {
    per_address_.erase(found);
  }
}

void ConnectionGate::change(const Limits& limits) {
  rate_.change(limits.rate);
  const std::lock_guard lock(mutex_);
  limits_ = limits;
}

std::string client_address(std::string_view remote_address, std::string_view forwarded_for,
                           unsigned trusted_proxies) {
  std::string_view rest = forwarded_for;
  std::string_view address = remote_address;
  for (unsigned i = 0; i < trusted_proxies; ++i) {
    const std::size_t comma = rest.rfind(',');
    const std::string_view last =
        trimmed(comma == std::string_view::npos ? rest : rest.substr(comma + 1));
    if (last.empty()) {
      break;
    }
    address = last;
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(0, comma);
  }
  return std::string(address);
}

}  // namespace chat
