#include "engineio/net/proxy_greeter.hpp"

#include <array>
#include <utility>

#include "engineio/net/proxy_protocol.hpp"

namespace engineio::net {

namespace {

/// Of one look at what has come. A header that says nothing but addresses is shorter.
constexpr std::size_t look_size = 512;

}  // namespace

class ProxyGreeter::Guest final : private Pollable {
 public:
  Guest(ProxyGreeter& greeter, Incoming incoming)
      : greeter_(greeter), incoming_(std::move(incoming)) {}
  ~Guest() {
    if (watched_) {
      greeter_.loop_.poller().remove(incoming_.descriptor.number());
    }
  }

  /// A connection of others may come with bytes that were read already.
  void start() {
    incoming_.received.erase(0, header_.decode(incoming_.received));
    if (has_answer()) {
      return;
    }
    Loop& loop = greeter_.loop_;
    watched_ = loop.poller().add(incoming_.descriptor.number(), *this, {.read = true});
    if (!watched_) {
      return refuse();
    }
    loop.timers().start(deadline_, loop.now() + greeter_.timeout_, [this] { refuse(); });
  }

 private:
  void on_ready(Readiness) override {
    std::array<char, look_size> bytes;
    const IoResult seen =
        watched_ ? peek(incoming_.descriptor.number(), bytes) : IoResult{IoStatus::blocked};
    if (seen.status == IoStatus::blocked) {
      return;
    }
    if (seen.status != IoStatus::done) {
      return refuse();
    }
    const std::size_t size = header_.decode({bytes.data(), seen.bytes});
    static_cast<void>(receive(incoming_.descriptor.number(), std::span(bytes).first(size)));
    has_answer();
  }

  bool has_answer() {
    switch (header_.status()) {
      case ProxyHeaderDecoder::Status::incomplete:
        return false;
      case ProxyHeaderDecoder::Status::invalid:
        refuse();
        return true;
      case ProxyHeaderDecoder::Status::complete:
        announce();
        return true;
    }
    return false;
  }

  void announce() {
    leave();
    if (const auto& source = header_.source()) {
      incoming_.remote_address = *source;
    }
    greeter_.on_announced_(std::move(incoming_));
  }

  void refuse() {
    leave();
    greeter_.on_refused_();  // first: whoever sees the end may look at the count
    incoming_ = {};
  }

  void leave() {
    deadline_.stop();
    if (std::exchange(watched_, false)) {
      greeter_.loop_.poller().remove(incoming_.descriptor.number());
    }
    greeter_.end(*this);
  }

  ProxyGreeter& greeter_;
  Incoming incoming_;
  ProxyHeaderDecoder header_;
  Timer deadline_;
  bool watched_ = false;
};

ProxyGreeter::ProxyGreeter(Loop& loop, Clock::duration timeout, OnAnnounced on_announced,
                           OnRefused on_refused)
    : loop_(loop),
      timeout_(timeout),
      on_announced_(std::move(on_announced)),
      on_refused_(std::move(on_refused)) {}

ProxyGreeter::~ProxyGreeter() = default;

void ProxyGreeter::add(Incoming incoming) {
  auto owned = std::make_unique<Guest>(*this, std::move(incoming));
  Guest& guest = *owned;
  guests_.emplace(&guest, std::move(owned));
  guest.start();
}

void ProxyGreeter::stop() noexcept { guests_.clear(); }

void ProxyGreeter::end(Guest& guest) {
  loop_.after_turn([this, &guest] { guests_.erase(&guest); });
}

}  // namespace engineio::net
