#include "engineio/net/connection.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "engineio/net/connections.hpp"
#include "engineio/net/joined_input.hpp"
#include "engineio/net/sending.hpp"

namespace engineio::net {

namespace {

// Answers to the peer's TLS messages (such as key updates) that it does not fetch.
constexpr std::size_t max_tls_answers = 64 * 1024;

}  // namespace

Connection::Connection(Connections& connections, Incoming incoming)
    : connections_(connections),
      tls_(std::move(incoming.tls)),
      place_(std::move(incoming.place)),
      address_place_(std::move(incoming.address_place)),
      socket_(std::move(incoming.descriptor)),
      remainder_(std::move(incoming.received)),
      written_(incoming.written_bytes),
      address_(std::move(incoming.remote_address)) {}

Connection::~Connection() { receiver_.reset(); }  // while the rest is still there for it to ask

bool Connection::watch() {
  return connections_.loop().poller().add(socket_.number(), *this, {.read = true});
}

void Connection::start(std::unique_ptr<StreamReceiver> receiver) {
  receiver_ = std::move(receiver);
  if (receiver_ == nullptr) {
    reset_on_close(socket_.number());
    drop_socket();
    state_ = State::ended;
    connections_.destroy_later(*this);
    return;
  }
  if (handshaking() && state_ == State::open) {
    expect_within(connections_.limits().http_head_timeout);
  }
  if (state_ == State::open) {
    deliver(connections_.buffer().first(0));
  }
  if (tls_) {
    after_decrypting();
  }
}

// What the layer above asks for.

void Connection::set_receiver(std::unique_ptr<StreamReceiver> receiver) {
  connections_.loop().after_turn([old = std::move(receiver_)]() mutable { old.reset(); });
  receiver_ = std::move(receiver);
  if (!presenting_ && !remainder_.empty()) {
    replay_ = true;
    connections_.flush_later(*this);
  }
}

void Connection::write(Slice slice) {
  if (state_ != State::open || slice.size == 0) {
    return;
  }
  output_.push(std::move(slice));
  busy_ = true;
  if (!blocked_) {
    connections_.flush_later(*this);
  }
}

/// TLS messages that nobody has written do not count: no on_drained() follows them.
std::size_t Connection::queued_bytes() const noexcept {
  return !busy_ ? 0 : output_.bytes() + (tls_ ? tls_->output().size() : 0);
}

void Connection::close() {
  if (state_ != State::open) {
    return;
  }
  state_ = State::closing;
  std::exchange(remainder_, {});
  update_interest();
  connections_.flush_later(*this);
}

void Connection::abort() {
  if (state_ == State::aborted || state_ == State::migrating || state_ == State::ended) {
    return;
  }
  state_ = State::aborted;
  reset_on_close(socket_.number());
  drop_socket();
  expect_within(Clock::duration(1));  // due in the next turn
}

/// The poller hears of it when something comes: most pauses are over by then.
void Connection::pause_reading() { paused_ = true; }

void Connection::resume_reading() {
  if (std::exchange(paused_, false) && !presenting_ && !remainder_.empty()) {
    replay_ = true;
    connections_.flush_later(*this);
  }
  update_interest();
}

void Connection::migrate(unsigned shard, std::string unconsumed) {
  assert(output_.empty());
  if (state_ != State::open) {
    return;
  }
  state_ = State::migrating;
  target_shard_ = shard;
  remainder_ = std::move(unconsumed);
  connections_.flush_later(*this);
}

// Input.

void Connection::on_ready(Readiness ready) {
  if (ready.write && blocked_ && state_ != State::migrating) {
    send();
  }
  if (!socket_ || state_ == State::migrating) {
    return;
  }
  if (paused_ && state_ == State::open) {
    on_ready_while_paused(ready);
  } else if (ready.read || ready.hangup) {
    read();
  }
}

void Connection::on_ready_while_paused(Readiness ready) {
  update_interest();
  if (ready.hangup) {
    take_error(socket_.number()) ? fail() : on_peer_closed();
  }
}

void Connection::read() {
  const std::span<char> buffer = tls_ ? connections_.encrypted_buffer() : connections_.buffer();
  const IoResult result = receive(socket_.number(), buffer);
  switch (result.status) {
    case IoStatus::done:
      if (result.bytes == buffer.size()) {
        connections_.loop().input_left();
      }
      return on_received(buffer.first(result.bytes));
    case IoStatus::blocked:
      return;
    case IoStatus::ended:
      return on_peer_closed();
    case IoStatus::failed:
      return fail();
  }
}

void Connection::on_received(std::span<char> bytes) {
  if (state_ != State::open) {
    return;  // after close() nobody wants them
  }
  if (tls_) {
    decrypt(bytes);
  } else {
    deliver(bytes);
  }
}

void Connection::decrypt(std::span<const char> received) {
  const bool before = handshaking();
  bool more = true;
  while (more && (state_ == State::open || state_ == State::migrating)) {
    const std::span<char> plain = connections_.buffer();
    const std::size_t size = tls_->decrypt(received, plain);
    more = size == plain.size();
    if (size != 0) {
      deliver(plain.first(size));
    }
  }
  if (state_ == State::open && before != handshaking()) {
    on_handshake(!before);
  }
  after_decrypting();
}

/// The handshake has ended; or a part of a new one has come (a key update), during which nothing
/// can be encrypted.
void Connection::on_handshake(bool begun) {
  if (begun) {
    return expect_within(connections_.limits().http_head_timeout);
  }
  deadline_.stop();
  if (blocked_) {
    expect_progress();
  } else {
    connections_.flush_later(*this);  // what was written meanwhile
  }
}

void Connection::after_decrypting() {
  if (state_ != State::open) {
    return;
  }
  if (tls_->failed() || (blocked_ && tls_->output().size() > max_tls_answers)) {
    fail();
  } else if (tls_->closed_by_peer()) {
    on_peer_closed();
  } else if (!tls_->output().empty()) {
    connections_.flush_later(*this);
  }
}

/// Presents what is kept and `fresh` bytes behind it, which lie in the loop's buffer, and keeps
/// what is not consumed.
void Connection::deliver(std::span<char> fresh) {
  if (paused_ || state_ == State::migrating) {
    remainder_.append(fresh.data(), fresh.size());
    return;
  }
  JoinedInput input(std::exchange(remainder_, {}), fresh, Connections::headroom);
  const std::span<char> rest = present(input.bytes());
  if (!rest.empty()) {
    remainder_ = input.keep(rest.size());
  }
}

/// Presents `bytes` to the receiver, and what that leaves to one that replaces it meanwhile.
/// Returns what is to be kept.
std::span<char> Connection::present(std::span<char> bytes) {
  const StreamReceiver* receiver = nullptr;
  while (receiver_.get() != receiver && !bytes.empty() && !paused_) {
    receiver = receiver_.get();
    const std::size_t consumed = present_once(bytes);
    if (state_ != State::open) {
      return {};
    }
    bytes = bytes.subspan(std::min(consumed, bytes.size()));
  }
  return bytes;
}

/// The peer decides what is in the bytes, so an exception that they cause costs its connection
/// only.
std::size_t Connection::present_once(std::span<char> bytes) noexcept {
  std::size_t consumed = 0;
  presenting_ = true;
  try {
    consumed = receiver_->on_bytes(bytes);
  } catch (...) {
    abort();
  }
  presenting_ = false;
  return consumed;
}

void Connection::on_peer_closed() {
  switch (state_) {
    case State::open:
      return end(StreamEnd::closed_by_peer);
    case State::closing:  // what is queued may still be read
      peer_closed_ = true;
      return update_interest();
    case State::lingering:
      return end(StreamEnd::closed_here);
    default:
      return;
  }
}

// Output.

void Connection::flush() {
  if (std::exchange(replay_, false) && state_ == State::open && !paused_) {
    deliver(connections_.buffer().first(0));
  }
  if (state_ == State::migrating) {
    depart();
  } else if (!blocked_ && (state_ == State::open || state_ == State::closing)) {
    send();
  }
}

bool Connection::can_flush_in_batch() const noexcept {
  return !tls_ && !replay_ && !blocked_ && !output_.empty() &&
         (state_ == State::open || state_ == State::closing);
}

void Connection::on_batch_sent(IoResult result) {
  if (!socket_) {
    return;  // someone who was told before has aborted this one
  }
  output_.drop(result.bytes);
  if (result.status == IoStatus::done && !output_.empty()) {
    written_ += result.bytes;
    return send();
  }
  on_send_result(result);
}

void Connection::send() {
  const IoResult result = tls_ ? send_all(socket_.number(), output_, *tls_, connections_.buffer())
                               : send_all(socket_.number(), output_);
  on_send_result(result);
}

void Connection::on_send_result(IoResult result) {
  written_ += result.bytes;
  if (result.status == IoStatus::failed) {
    fail();
  } else if (result.status == IoStatus::done) {
    on_sent();
  } else if (!blocked_ || result.bytes != 0) {
    on_blocked();
  }
}

void Connection::on_blocked() {
  blocked_ = true;
  if (!handshaking()) {
    expect_progress();
  }
  update_interest();
}

void Connection::expect_progress() {
  unacknowledged_ = unacknowledged_bytes(socket_.number());
  expect_within(connections_.limits().write_stall_timeout);
}

/// Whether the peer has read something although the kernel does not take more yet: that takes
/// until a third of its buffer is free, which may be megabytes.
bool Connection::has_progressed() const noexcept {
  return blocked_ && unacknowledged_bytes(socket_.number()) < unacknowledged_;
}

void Connection::on_sent() {
  if (std::exchange(blocked_, false)) {
    if (!handshaking()) {
      deadline_.stop();
    }
    update_interest();
  }
  if (state_ == State::closing) {
    linger();
  } else if (state_ == State::open && output_.empty() && std::exchange(busy_, false)) {
    receiver_->on_drained();
  }
}

// The end.

void Connection::linger() {
  if (tls_ && !tls_->closed()) {
    tls_->close();
    return send();
  }
  end_sending(socket_.number());
  state_ = State::lingering;
  if (peer_closed_) {
    return end(StreamEnd::closed_here);
  }
  expect_within(connections_.limits().linger);
  update_interest();
}

void Connection::depart() {
  Loop& loop = connections_.loop();
  loop.poller().remove(socket_.number());
  deadline_.stop();
  state_ = State::ended;
  connections_.hand_over(target_shard_, {.descriptor = std::move(socket_),
                                         .place = std::move(place_),
                                         .address_place = std::move(address_place_),
                                         .tls = std::move(tls_),
                                         .received = std::move(remainder_),
                                         .remote_address = std::move(address_),
                                         .written_bytes = written_});
  connections_.destroy_later(*this);
}

void Connection::stop() {
  close();
  flush();
  if (state_ != State::ended) {
    end(StreamEnd::closed_here);
  }
}

/// After an error of the socket or of TLS, which may have left an alert for the peer.
void Connection::fail() {
  if (tls_ && tls_->failed() && state_ == State::open) {
    output_.clear();
    static_cast<void>(send_all(socket_.number(), output_, *tls_, {}));
  }
  end(state_ == State::open ? StreamEnd::failed : StreamEnd::closed_here);
}

void Connection::end(StreamEnd how) {
  drop_socket();
  deadline_.stop();
  state_ = State::ended;
  receiver_->on_end(how);
  connections_.destroy_later(*this);
}

void Connection::drop_socket() noexcept {
  if (socket_) {
    connections_.loop().poller().remove(socket_.number());
    socket_.reset();
  }
  output_.clear();
}

void Connection::on_deadline() {
  if (state_ == State::open || state_ == State::closing) {
    if (!handshaking() && has_progressed()) {
      return expect_progress();
    }
    reset_on_close(socket_.number());
  }
  fail();
}

void Connection::expect_within(Clock::duration time) {
  Loop& loop = connections_.loop();
  loop.timers().start(deadline_, loop.now() + time, [this] { on_deadline(); });
}

void Connection::update_interest() {
  const bool reads = state_ == State::open      ? !paused_
                     : state_ == State::closing ? !peer_closed_
                                                : state_ == State::lingering;
  const bool writes = blocked_ && state_ != State::lingering;
  if (socket_ && (reads != reads_watched_ || writes != writes_watched_)) {
    reads_watched_ = reads;
    writes_watched_ = writes;
    connections_.loop().poller().change(socket_.number(), *this, {.read = reads, .write = writes});
  }
}

}  // namespace engineio::net
