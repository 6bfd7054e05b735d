#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "engineio/bytes.hpp"

namespace engineio::net {

enum class StreamEnd {
  closed_by_peer,  ///< an orderly end (FIN)
  failed,          ///< a reset, a time-out, a TLS failure
  closed_here,     ///< after ByteStream::close() or abort()
};

/// What a connection's bytes mean: the HTTP parser, the WebSocket transport, a test.
class StreamReceiver {
 public:
  virtual ~StreamReceiver() = default;

  /// `bytes` may be changed in place and is valid during the call. Returns how many were consumed
  /// from the front; the stream keeps the others and presents them again in front of the next
  /// ones, so a receiver has to consume all that it can, or pause. An exception aborts the stream.
  [[nodiscard]] virtual std::size_t on_bytes(std::span<char> bytes) = 0;

  /// Everything queued has been handed to the kernel. Called only after write() had made the
  /// stream busy, perhaps at the end of the same turn, and not after close().
  virtual void on_drained() = 0;

  /// The last call; the stream and its receiver are destroyed at the end of the turn. No call
  /// into the stream is allowed any more.
  virtual void on_end(StreamEnd end) = 0;
};

/// An ordered, reliable stream of bytes to a peer: a TCP or Unix connection, with or without TLS,
/// or a test's script. Lives on one shard; nothing here blocks and nothing calls the receiver
/// back from inside a call.
class ByteStream {
 public:
  virtual ~ByteStream() = default;

  /// Replaces what receives the bytes, from the next byte on: how HTTP becomes WebSocket. May be
  /// called from inside the old receiver's on_bytes(), whose unconsumed bytes the new one then
  /// gets; elsewhere, the new one gets at the end of the turn what was kept. The old one is
  /// destroyed at the end of the turn.
  virtual void set_receiver(std::unique_ptr<StreamReceiver> receiver) = 0;

  /// Queues bytes; they leave at the end of the turn. Ignored after close().
  virtual void write(Slice slice) = 0;

  /// Bytes queued and not yet taken by the kernel.
  [[nodiscard]] virtual std::size_t queued_bytes() const noexcept = 0;

  /// Bytes that the kernel has taken since the beginning: rises while the peer reads.
  [[nodiscard]] virtual std::uint64_t written_bytes() const noexcept = 0;

  /// Sends what is queued, then ends the stream (TLS close_notify, FIN) and gives the peer
  /// Limits::linger to close its side. Nothing received from now on reaches the receiver, whose
  /// on_end(closed_here) comes in a later turn.
  virtual void close() = 0;

  /// Ends the stream at once and drops what is queued. on_end(closed_here) comes in a later turn.
  virtual void abort() = 0;

  /// While paused the receiver gets no bytes, the peer is slowed down by TCP, and of its ways to
  /// end only a reset is noticed. At the end of the turn in which it is
  /// resumed the receiver gets what was kept, and then what comes.
  virtual void pause_reading() = 0;
  virtual void resume_reading() = 0;

  /// Moves the connection to another shard: descriptor, TLS state, and `unconsumed`, bytes that
  /// were received but not used, which the new owner's receiver is given first. For use inside
  /// on_bytes() (whose return value is then ignored) while nothing is queued. The stream and its
  /// receiver are destroyed at the end of the turn without on_end().
  virtual void migrate(unsigned shard, std::string unconsumed) = 0;

  /// As Node prints it: `::ffff:127.0.0.1` for IPv4 on a dual-stack listener, empty for Unix
  /// sockets. Valid while the stream lives.
  [[nodiscard]] virtual const std::string& remote_address() const noexcept = 0;
  [[nodiscard]] virtual bool secure() const noexcept = 0;
};

/// Makes what receives the bytes of a new connection. Called on the connection's shard, for each
/// accepted, adopted or migrated connection; nullptr aborts it. It may write to the stream.
using ConnectionFactory =
    std::function<std::unique_ptr<StreamReceiver>(ByteStream& stream, unsigned shard)>;

}  // namespace engineio::net
