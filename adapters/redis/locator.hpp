#pragma once

#include <optional>
#include <string>
#include <utility>

#include "adapters/redis/url.hpp"
#include "engineio/function.hpp"

namespace adapters::redis {

/// Says where a connection is to go, anew for each attempt.
class Locator {
 public:
  /// The address, or why there is none.
  using Done = engineio::Function<void(std::optional<Address> address, const std::string& error)>;

  virtual ~Locator() = default;

  /// `done` is called once, perhaps before this returns.
  virtual void locate(Done done) = 0;

  /// A command got this error. Returns whether it is to be tried again, after locate().
  virtual bool misplaced(const std::string&) { return false; }

  /// Whether the server has to be a master.
  [[nodiscard]] virtual bool wants_master() const noexcept { return false; }
};

/// Always the same address.
class FixedLocator final : public Locator {
 public:
  explicit FixedLocator(Address address) : address_(std::move(address)) {}

  void locate(Done done) override { done(address_, {}); }

 private:
  const Address address_;
};

}  // namespace adapters::redis
