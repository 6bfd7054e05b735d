#include "engineio/net/batch_sender.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <utility>

#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "engineio/net/descriptor.hpp"

namespace engineio::net {

namespace {

constexpr unsigned entries = 256;
constexpr std::size_t pieces_per_batch = 1024;
constexpr std::size_t largest_send = std::size_t{1} << 30;

/// Memory that is shared with the kernel.
class Mapping {
 public:
  Mapping(int ring, std::size_t size, std::uint64_t offset)
      : size_(size),
        address_(::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring,
                        static_cast<off_t>(offset))) {}
  ~Mapping() {
    if (*this) {
      ::munmap(address_, size_);
    }
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  explicit operator bool() const noexcept { return address_ != MAP_FAILED; }

  template <class T>
  [[nodiscard]] T* at(std::size_t offset) const noexcept {
    return reinterpret_cast<T*>(static_cast<char*>(address_) + offset);
  }

 private:
  std::size_t size_;
  void* address_;
};

IoResult to_result(std::int32_t result) noexcept {
  if (result > 0) {
    return {IoStatus::done, static_cast<std::size_t>(result)};
  }
  return failure(-result);
}

}  // namespace

class BatchSender::Ring {
 public:
  Ring(Descriptor descriptor, const io_uring_params& params)
      : descriptor_(std::move(descriptor)),
        params_(params),
        rings_(descriptor_.number(),
               std::max(params.sq_off.array + params.sq_entries * sizeof(unsigned),
                        params.cq_off.cqes + params.cq_entries * sizeof(io_uring_cqe)),
               IORING_OFF_SQ_RING),
        submissions_(descriptor_.number(), params.sq_entries * sizeof(io_uring_sqe),
                     IORING_OFF_SQES) {
    if (*this) {
      // Entries are used in the order of their places.
      for (unsigned i = 0; i < params.sq_entries; ++i) {
        rings_.at<unsigned>(params.sq_off.array)[i] = i;
      }
    }
  }

  explicit operator bool() const noexcept { return rings_ && submissions_; }

  [[nodiscard]] bool has_room(std::size_t pieces) const noexcept {
    return count_ < entries && pieces_used_ + pieces <= pieces_per_batch;
  }

  void add(int socket, std::span<const Slice> slices, Sender& sender) {
    io_uring_sqe& send = entry(tail_ + count_);
    send = {};
    send.fd = socket;
    send.msg_flags = MSG_NOSIGNAL | MSG_DONTWAIT;
    send.user_data = reinterpret_cast<std::uintptr_t>(&sender);
    if (slices.size() == 1) {
      const std::string_view bytes = slices.front().view();
      send.opcode = IORING_OP_SEND;
      send.addr = reinterpret_cast<std::uintptr_t>(bytes.data());
      send.len = static_cast<std::uint32_t>(std::min(bytes.size(), largest_send));
    } else {
      send.opcode = IORING_OP_SENDMSG;
      send.addr = reinterpret_cast<std::uintptr_t>(gather(slices));
      send.len = 1;
    }
    ++count_;
  }

  void submit() {
    unsigned unsubmitted = std::exchange(count_, 0);
    unsigned unanswered = unsubmitted;
    pieces_used_ = 0;
    set_tail(tail_ + unsubmitted);
    while (unanswered != 0) {
      const long submitted = ::syscall(__NR_io_uring_enter, descriptor_.number(), unsubmitted,
                                       unanswered, IORING_ENTER_GETEVENTS, nullptr, 0);
      if (submitted > 0) {
        unsubmitted -= static_cast<unsigned>(submitted);
      } else if (submitted < 0 && errno != EINTR) {
        unanswered -= take_back(unsubmitted);
        unsubmitted = 0;
      }
      unanswered -= reap();
    }
  }

 private:
  void set_tail(unsigned tail) noexcept {
    tail_ = tail;
    std::atomic_ref(*rings_.at<unsigned>(params_.sq_off.tail))
        .store(tail, std::memory_order_release);
  }

  /// The kernel lacks memory. To try again when the sockets are writable is as good as any time.
  unsigned take_back(unsigned count) {
    const unsigned end = tail_;
    set_tail(end - count);
    for (unsigned i = tail_; i != end; ++i) {
      reinterpret_cast<Sender*>(entry(i).user_data)->on_batch_sent({IoStatus::blocked});
    }
    return count;
  }

  [[nodiscard]] io_uring_sqe& entry(unsigned number) const noexcept {
    return submissions_.at<io_uring_sqe>(0)[number & (entries - 1)];
  }

  const msghdr* gather(std::span<const Slice> slices) {
    iovec* const begin = &pieces_[pieces_used_];
    pieces_used_ += to_pieces(slices, std::span(pieces_).subspan(pieces_used_));
    msghdr& message = messages_[count_];
    message = {};
    message.msg_iov = begin;
    message.msg_iovlen = slices.size();
    return &message;
  }

  unsigned reap() {
    const auto* completions = rings_.at<io_uring_cqe>(params_.cq_off.cqes);
    const unsigned end =
        std::atomic_ref(*rings_.at<unsigned>(params_.cq_off.tail)).load(std::memory_order_acquire);
    const unsigned begin = std::exchange(head_, end);
    for (unsigned i = begin; i != end; ++i) {
      const io_uring_cqe& completion = completions[i & (params_.cq_entries - 1)];
      reinterpret_cast<Sender*>(completion.user_data)->on_batch_sent(to_result(completion.res));
    }
    std::atomic_ref(*rings_.at<unsigned>(params_.cq_off.head))
        .store(end, std::memory_order_release);
    return end - begin;
  }

  Descriptor descriptor_;
  io_uring_params params_;
  Mapping rings_;
  Mapping submissions_;
  unsigned tail_ = 0;   // of what was submitted
  unsigned count_ = 0;  // added since
  unsigned head_ = 0;   // of what was reaped
  std::size_t pieces_used_ = 0;
  std::array<msghdr, entries> messages_;
  std::array<iovec, pieces_per_batch> pieces_;
};

std::unique_ptr<BatchSender> BatchSender::make() {
  io_uring_params params{};
  params.flags = IORING_SETUP_SUBMIT_ALL | IORING_SETUP_COOP_TASKRUN;
  Descriptor descriptor(static_cast<int>(::syscall(__NR_io_uring_setup, entries, &params)));
  if (!descriptor || (params.features & IORING_FEAT_SINGLE_MMAP) == 0) {
    return nullptr;
  }
  auto ring = std::make_unique<Ring>(std::move(descriptor), params);
  if (!*ring) {
    return nullptr;
  }
  return std::unique_ptr<BatchSender>(new BatchSender(std::move(ring)));
}

BatchSender::BatchSender(std::unique_ptr<Ring> ring) : ring_(std::move(ring)) {}

BatchSender::~BatchSender() = default;

void BatchSender::add(int socket, std::span<const Slice> slices, Sender& sender) {
  slices = slices.first(std::min(slices.size(), pieces_per_send));
  if (!ring_->has_room(slices.size())) {
    ring_->submit();
  }
  ring_->add(socket, slices, sender);
}

void BatchSender::submit() { ring_->submit(); }

}  // namespace engineio::net
