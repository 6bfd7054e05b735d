#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "engineio/bytes.hpp"
#include "engineio/net/socket.hpp"

namespace engineio::net {

/// Sends on many sockets with one system call (io_uring). A send of its own for each of them costs
/// most of the time of a broadcast.
class BatchSender {
 public:
  /// Who is told what became of its send.
  class Sender {
   public:
    virtual void on_batch_sent(IoResult result) = 0;

   protected:
    ~Sender() = default;
  };

  /// For the calling thread. Null where the kernel does not offer it: containers often forbid it.
  [[nodiscard]] static std::unique_ptr<BatchSender> make();
  ~BatchSender();
  BatchSender(const BatchSender&) = delete;
  BatchSender& operator=(const BatchSender&) = delete;

  /// The front of `slices` is sent on the non-blocking `socket` with the next submit(), until then
  /// all must stay where they are. May submit what was added before.
  void add(int socket, std::span<const Slice> slices, Sender& sender);

  /// Sends, then tells every sender. A sender may neither add() nor submit() when it is told.
  void submit();

 private:
  class Ring;

  explicit BatchSender(std::unique_ptr<Ring> ring);

  std::unique_ptr<Ring> ring_;
};

}  // namespace engineio::net
