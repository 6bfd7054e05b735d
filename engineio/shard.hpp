#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "engineio/activity.hpp"
#include "engineio/function.hpp"
#include "engineio/timers.hpp"

namespace engineio {

class ShardLink;

using Task = Function<void()>;

/// Work that is put off to the end of the turn so that it is done once for everything that
/// happened in it: a connection's output is one gathered write.
class TurnEndWork {
 public:
  TurnEndWork() = default;
  TurnEndWork(const TurnEndWork&) = delete;
  TurnEndWork& operator=(const TurnEndWork&) = delete;

  virtual void at_turn_end() = 0;

  /// The shard's note of whether it has this work in its queue.
  class Mark {
    friend class TurnEnd;
    bool queued_ = false;
  };
  Mark mark;

 protected:
  ~TurnEndWork() = default;
};

/// One thread of the server with everything that lives on it. An object belongs to one shard for
/// life; other threads reach it through post().
///
/// A shard works in turns: it waits, handles all that has become ready, then runs the work put off
/// to the end of the turn, and waits again.
class Shard {
 public:
  Shard();
  virtual ~Shard();

  [[nodiscard]] virtual unsigned index() const noexcept = 0;

  /// Whether the calling thread is this shard's. Before the shards run it is nobody's: what is
  /// asked of a server then is done when they run. After they have stopped, the thread that ran the
  /// server counts as every shard's.
  [[nodiscard]] virtual bool is_current() const noexcept = 0;

  /// Runs `task` on the shard in a later turn, in the order of the posts of one thread. Any
  /// thread. False when the mailbox is full (Limits::mailbox_tasks) or the shard has stopped: the
  /// task is destroyed unrun. `bytes` is the memory that waits with the task, for one that carries
  /// much: it is refused when Limits::mailbox_bytes wait already.
  virtual bool post(Task task, std::size_t bytes) = 0;
  bool post(Task task) { return post(std::move(task), 0); }

  /// The same for what must not get lost because others have filled the mailbox: only refused once
  /// the shard has stopped. For what is limited elsewhere, like the answers that clients wait for.
  virtual bool post_essential(Task task) = 0;

  /// The way here for what may outlive the server. Any thread.
  [[nodiscard]] const std::shared_ptr<ShardLink>& link() const noexcept { return link_; }

  /// What the shard is doing; see Activity. Any thread.
  [[nodiscard]] CurrentActivity& activity() noexcept { return activity_; }

  // The rest is for the shard's own thread.

  /// The time at which the turn began.
  [[nodiscard]] virtual Clock::time_point now() const noexcept = 0;

  /// The time of the call: for deadlines of a peer, who must not pay for what the turn has taken.
  [[nodiscard]] virtual Clock::time_point precise_now() const noexcept = 0;

  [[nodiscard]] virtual Timers& timers() noexcept = 0;

  /// Runs `work` once at the end of this turn, however often it is asked for. The work must live
  /// until then, or be withdrawn.
  virtual void at_turn_end(TurnEndWork& work) = 0;
  virtual void withdraw(TurnEndWork& work) noexcept = 0;

  /// Runs `task` at the very end of this turn. This is how an object that is in use further up the
  /// call stack is destroyed.
  virtual void after_turn(Task task) = 0;

 protected:
  /// From now on the link does nothing. For the end of a run.
  void cut_link() noexcept;

 private:
  std::shared_ptr<ShardLink> link_;
  CurrentActivity activity_;
};

}  // namespace engineio
