#include "adapters/redis/socket/lookup.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace adapters::redis {

struct Lookup::State : std::enable_shared_from_this<State> {
  void finish(std::vector<std::string> found, std::string reason);

  std::mutex mutex;
  Loop* loop = nullptr;  // until the Lookup is destroyed
  Done done;             // the loop's thread only
};

namespace {

std::vector<std::string> numeric_addresses(const std::string& host, std::string& error) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int code = getaddrinfo(host.c_str(), nullptr, &hints, &found); code != 0) {
    error = gai_strerror(code);
    return {};
  }
  std::vector<std::string> addresses;
  for (const addrinfo* info = found; info != nullptr; info = info->ai_next) {
    char text[NI_MAXHOST];
    if (getnameinfo(info->ai_addr, info->ai_addrlen, text, sizeof(text), nullptr, 0,
                    NI_NUMERICHOST) == 0) {
      addresses.emplace_back(text);
    }
  }
  freeaddrinfo(found);
  return addresses;
}

}  // namespace

void Lookup::State::finish(std::vector<std::string> found, std::string reason) {
  const std::lock_guard lock(mutex);
  if (loop == nullptr) {
    return;
  }
  // Within the lock, so that the loop is still there.
  loop->post(
      [self = shared_from_this(), found = std::move(found), reason = std::move(reason)]() mutable {
        if (self->done) {
          std::exchange(self->done, nullptr)(std::move(found), std::move(reason));
        }
      });
}

Lookup::Lookup(Loop& loop, std::string host, Done done) : state_(std::make_shared<State>()) {
  state_->loop = &loop;
  state_->done = std::move(done);
  try {
    std::thread([state = state_, host = std::move(host)] {
      std::string error;
      std::vector<std::string> addresses = numeric_addresses(host, error);
      state->finish(std::move(addresses), std::move(error));
    }).detach();
  } catch (const std::system_error& error) {
    state_->finish({}, error.what());
  }
}

Lookup::~Lookup() {
  const std::lock_guard lock(state_->mutex);
  state_->loop = nullptr;
  state_->done = nullptr;
}

}  // namespace adapters::redis
