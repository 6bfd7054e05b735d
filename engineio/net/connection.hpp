#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "engineio/net/address_count.hpp"
#include "engineio/net/batch_sender.hpp"
#include "engineio/net/byte_stream.hpp"
#include "engineio/net/connection_count.hpp"
#include "engineio/net/descriptor.hpp"
#include "engineio/net/output_queue.hpp"
#include "engineio/net/poller.hpp"
#include "engineio/net/socket.hpp"
#include "engineio/net/tls_filter.hpp"
#include "engineio/timers.hpp"

namespace engineio::net {

class Connections;

/// A connection on its way to a loop: accepted, adopted, or migrating.
struct Incoming {
  Descriptor descriptor;
  ConnectionCount::Place place = {};
  AddressCount::Place address_place = {};
  std::unique_ptr<TlsFilter> tls = {};  ///< null: without TLS
  std::string received = {};            ///< decrypted, and not used yet
  std::string remote_address = {};
  std::uint64_t written_bytes = 0;
};

/// A socket and what is needed to read and write it. Small, because there are many, and most of
/// them idle: the buffers to receive into belong to the loop, and the queue is empty.
class Connection final : public ByteStream, private Pollable, private BatchSender::Sender {
 public:
  Connection(Connections& connections, Incoming incoming);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // ByteStream

  void set_receiver(std::unique_ptr<StreamReceiver> receiver) override;
  void write(Slice slice) override;
  [[nodiscard]] std::size_t queued_bytes() const noexcept override;
  [[nodiscard]] std::uint64_t written_bytes() const noexcept override { return written_; }
  void close() override;
  void abort() override;
  void pause_reading() override;
  void resume_reading() override;
  void migrate(unsigned shard, std::string unconsumed) override;
  [[nodiscard]] const std::string& remote_address() const noexcept override { return address_; }
  [[nodiscard]] bool secure() const noexcept override { return tls_ != nullptr; }

  // For Connections

  /// Begins to receive. False if the kernel refuses.
  [[nodiscard]] bool watch();

  /// Hands over the bytes that came with the connection, if any.
  void start(std::unique_ptr<StreamReceiver> receiver);

  /// At the end of a turn in which it was asked for: sends what is queued.
  void flush();

  /// Whether flush() would do no more than send, on a socket without TLS.
  [[nodiscard]] bool can_flush_in_batch() const noexcept;
  /// flush(), but the sending waits for `batch` to be submitted. Until then nothing else may happen
  /// to the connection.
  void flush_in(BatchSender& batch) { batch.add(socket_.number(), output_.slices(), *this); }

  /// Ends the connection, after one attempt to send what is queued.
  void stop();

  std::uint32_t position = 0;  ///< among the connections of the loop
  bool flush_queued = false;

 private:
  enum class State : std::uint8_t {
    open,
    closing,    ///< close() was called and not everything is sent
    lingering,  ///< our FIN is sent, the peer's is awaited
    aborted,    ///< the socket is gone, on_end() comes with the next turn
    migrating,  ///< leaves at the end of the turn
    ended,      ///< on_end() was called; destroyed at the end of the turn
  };

  void on_ready(Readiness ready) override;

  void on_ready_while_paused(Readiness ready);
  void read();
  void on_received(std::span<char> bytes);
  void decrypt(std::span<const char> received);
  void deliver(std::span<char> fresh);
  std::span<char> present(std::span<char> bytes);
  std::size_t present_once(std::span<char> bytes) noexcept;
  void on_handshake(bool begun);
  void after_decrypting();
  void on_peer_closed();

  void send();
  void on_batch_sent(IoResult result) override;
  void on_send_result(IoResult result);
  void on_blocked();
  void expect_progress();
  [[nodiscard]] bool has_progressed() const noexcept;
  void on_sent();

  void linger();
  void depart();
  void fail();
  void end(StreamEnd how);
  void drop_socket() noexcept;
  void on_deadline();
  void expect_within(Clock::duration time);
  void update_interest();
  [[nodiscard]] bool handshaking() const noexcept { return tls_ && tls_->handshaking(); }

  Connections& connections_;
  std::unique_ptr<StreamReceiver> receiver_;
  std::unique_ptr<TlsFilter> tls_;
  ConnectionCount::Place place_;
  AddressCount::Place address_place_;
  Descriptor socket_;
  unsigned target_shard_ = 0;         // while migrating
  std::uint32_t unacknowledged_ = 0;  // when output was last seen to progress, while blocked
  State state_ = State::open;
  bool paused_ = false;
  bool presenting_ = false;  // the receiver's on_bytes() is running
  bool replay_ = false;      // the remainder is to be presented again at the end of the turn
  bool busy_ = false;        // on_drained() is owed
  bool blocked_ = false;     // the kernel takes no more for now
  bool peer_closed_ = false;
  bool reads_watched_ = true;
  bool writes_watched_ = false;
  std::string remainder_;  // received, and not consumed
  OutputQueue output_;
  std::uint64_t written_ = 0;
  std::string address_;
  // One deadline at a time: for the handshake, then for progress of blocked output, then for the
  // peer's FIN.
  Timer deadline_;
};

}  // namespace engineio::net
