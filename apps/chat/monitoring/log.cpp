#include "apps/chat/monitoring/log.hpp"

#include <atomic>
#include <utility>

#include "apps/chat/monitoring/log_line.hpp"

#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include <cstdio>

namespace chat {

namespace {

constexpr std::size_t queued_lines = 8'192;

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

/// Lines come complete; they only have to be written. On the one thread of the logger.
class Sink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit Sink(std::function<void(std::string_view)> out) : out_(std::move(out)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    out_({message.payload.data(), message.payload.size()});
  }
  void flush_() override {}

  const std::function<void(std::string_view)> out_;
};

void write_to_standard_error(std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), stderr);  // unbuffered: one write
}

}  // namespace

class Log::Impl {
 public:
  explicit Impl(Options options)
      : node_id(std::move(options.node_id)),
        level(options.level),
        pretty(options.pretty),
        thread(std::make_shared<spdlog::details::thread_pool>(queued_lines, 1)),
        logger(std::make_shared<spdlog::async_logger>(
            "sio_chat",
            std::make_shared<Sink>(options.sink ? std::move(options.sink)
                                                : write_to_standard_error),
            thread, spdlog::async_overflow_policy::overrun_oldest)) {
    logger->set_level(spdlog::level::trace);
  }

  const std::string node_id;
  std::atomic<LogLevel> level;
  std::atomic<bool> pretty;
  std::shared_ptr<spdlog::details::thread_pool> thread;  // its end waits for what is queued
  std::shared_ptr<spdlog::async_logger> logger;
};

Log::Log(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Log::~Log() = default;

void Log::write(LogLevel level, std::string_view text, LogFields fields) {
  if (!writes(level)) {
    return;
  }
  const LogLine line{.level = level, .text = text, .fields = fields, .node_id = impl_->node_id};
  const auto now = std::chrono::system_clock::now();
  const std::string bytes = impl_->pretty ? pretty_line(line, now) : json_line(line, now);
  impl_->logger->log(to_spdlog(level), spdlog::string_view_t(bytes.data(), bytes.size()));
}

bool Log::writes(LogLevel level) const noexcept {
  return level >= impl_->level.load(std::memory_order_relaxed);
}

void Log::set_level(LogLevel level) noexcept { impl_->level = level; }

void Log::set_pretty(bool pretty) noexcept { impl_->pretty = pretty; }

std::size_t Log::dropped() const { return impl_->thread->overrun_counter(); }

}  // namespace chat
