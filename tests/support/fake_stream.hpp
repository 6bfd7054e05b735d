#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "engineio/net/byte_stream.hpp"
#include "engineio/shard.hpp"

namespace support {

/// A connection whose peer is the test. It keeps every promise of ByteStream and no more: output
/// leaves at the end of the turn, each delivery has a buffer of its own that is gone afterwards
/// (so that AddressSanitizer sees a view that outlives it), on_end() comes in a later turn.
///
///     stream.feed("2probe");                 // the peer sends
///     shard.turn();
///     CHECK(stream.take_sent() == "3probe"); // the peer has received
class FakeStream final : public engineio::net::ByteStream, private engineio::TurnEndWork {
 public:
  using Receiver = engineio::net::StreamReceiver;
  using StreamEnd = engineio::net::StreamEnd;

  struct Migration {
    unsigned shard;
    std::string unconsumed;
  };

  explicit FakeStream(engineio::Shard& shard) : shard_(shard) {}
  ~FakeStream() override { shard_.withdraw(*this); }

  FakeStream(const FakeStream&) = delete;
  FakeStream& operator=(const FakeStream&) = delete;

  // What the peer and the network do.

  /// The peer sends: delivered at once, unless reading is paused or the stream has ended.
  void feed(std::string_view bytes) {
    received_.append(bytes);
    deliver();
  }

  /// The peer closes (or the connection fails). The receiver is gone at the end of the turn.
  void end(StreamEnd how = StreamEnd::closed_by_peer) {
    if (!ended_) {
      ended_ = true;
      receiver_->on_end(how);
      destroy_receiver_later();
    }
  }

  /// How many bytes the kernel still takes. Raising it lets queued bytes go at the end of the turn.
  void set_kernel_room(std::size_t bytes) {
    kernel_room_ = bytes;
    shard_.at_turn_end(*this);
  }

  /// What the peer has received so far.
  [[nodiscard]] const std::string& sent() const noexcept { return sent_; }
  std::string take_sent() { return std::exchange(sent_, {}); }

  // What has become of the stream.

  [[nodiscard]] bool closed() const noexcept { return closing_; }   ///< by close()
  [[nodiscard]] bool aborted() const noexcept { return aborted_; }  ///< by abort()
  [[nodiscard]] bool ended() const noexcept { return ended_; }      ///< on_end() was called
  [[nodiscard]] bool reading_paused() const noexcept { return paused_; }
  [[nodiscard]] const std::optional<Migration>& migration() const noexcept { return migration_; }
  [[nodiscard]] const std::string& unconsumed() const noexcept { return received_; }
  [[nodiscard]] Receiver* receiver() const noexcept { return receiver_.get(); }

  // ByteStream.

  void set_receiver(std::unique_ptr<Receiver> receiver) override {
    destroy_receiver_later();
    receiver_ = std::move(receiver);
    if (!delivering_ && !received_.empty()) {
      deliver_later();
    }
  }

  void write(engineio::Slice slice) override {
    if (!closing_ && !aborted_ && !ended_ && slice.size != 0) {
      queued_.append(slice.view());
      shard_.at_turn_end(*this);
    }
  }

  [[nodiscard]] std::size_t queued_bytes() const noexcept override { return queued_.size(); }
  [[nodiscard]] std::uint64_t written_bytes() const noexcept override { return written_; }

  void close() override {
    closing_ = true;
    shard_.at_turn_end(*this);
  }

  void abort() override {
    if (!aborted_) {
      aborted_ = true;
      queued_.clear();
      end_later();
    }
  }

  void pause_reading() override { paused_ = true; }

  void resume_reading() override {
    if (std::exchange(paused_, false) && !received_.empty()) {
      deliver_later();
    }
  }

  void migrate(unsigned shard, std::string unconsumed) override {
    migration_ = Migration{shard, std::move(unconsumed)};
    ended_ = true;
    destroy_receiver_later();
  }

  [[nodiscard]] const std::string& remote_address() const noexcept override { return address; }
  [[nodiscard]] bool secure() const noexcept override { return is_secure; }

  std::string address = "::ffff:127.0.0.1";
  bool is_secure = false;

 private:
  [[nodiscard]] bool readable() const noexcept {
    return !paused_ && !closing_ && !aborted_ && !ended_ && receiver_ != nullptr;
  }

  /// Presents the bytes until the receiver takes no more of them; a new receiver gets the rest.
  void deliver() {
    delivering_ = true;
    for (const Receiver* last = nullptr; readable() && !received_.empty();) {
      if (std::exchange(last, receiver_.get()) == receiver_.get()) {
        break;
      }
      present();
    }
    delivering_ = false;
  }

  void present() {
    const auto size = received_.size();
    const auto buffer = std::make_unique<char[]>(size);
    std::copy(received_.begin(), received_.end(), buffer.get());
    const auto consumed = receiver_->on_bytes(std::span<char>(buffer.get(), size));
    received_.erase(0, migration_ ? size : consumed);
  }

  void deliver_later() {
    shard_.post([this, alive = std::weak_ptr<int>(alive_)] {
      if (!alive.expired()) {
        deliver();
      }
    });
  }

  void end_later() {
    if (!std::exchange(ending_, true)) {
      shard_.post([this, alive = std::weak_ptr<int>(alive_)] {
        if (!alive.expired()) {
          end(StreamEnd::closed_here);
        }
      });
    }
  }

  void destroy_receiver_later() {
    if (receiver_ != nullptr) {
      shard_.after_turn([old = std::move(receiver_)]() mutable { old.reset(); });
    }
  }

  void at_turn_end() override {
    const auto taken = std::min(kernel_room_, queued_.size());
    sent_.append(queued_, 0, taken);
    queued_.erase(0, taken);
    written_ += taken;
    kernel_room_ -= kernel_room_ == unlimited ? 0 : taken;
    if (!queued_.empty() || aborted_ || ended_) {
      return;
    }
    if (closing_) {
      end_later();
    } else if (taken != 0) {
      receiver_->on_drained();
    }
  }

  static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

  engineio::Shard& shard_;
  std::unique_ptr<Receiver> receiver_;
  std::string received_;
  std::string queued_;
  std::string sent_;
  std::uint64_t written_ = 0;
  std::size_t kernel_room_ = unlimited;
  std::optional<Migration> migration_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
  bool delivering_ = false;
  bool paused_ = false;
  bool closing_ = false;
  bool aborted_ = false;
  bool ending_ = false;
  bool ended_ = false;
};

}  // namespace support
