#include "adapters/redis/reply_reader.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include <hiredis/hiredis.h>

namespace adapters::redis {

namespace {

// hiredis moves what it has not yet parsed to the front of its buffer again and again: little to
// move makes that cheap.
constexpr std::size_t feed_size = 16 * 1024;

// Its buffer is freed when it is empty and larger than this.
constexpr std::size_t kept_buffer = 256 * 1024;

// A string or array of the last reply that was larger gives its memory back.
constexpr std::size_t kept_text = 64 * 1024;
constexpr std::size_t kept_elements = 1024;

// The line in front of a string that says how long it is.
constexpr std::size_t longest_header = 32;

// The longest line without CRLF that is waited for: an error message, at worst.
constexpr std::size_t longest_line = 64 * 1024;

}  // namespace

/// Makes a Reply of what hiredis finds. The objects that it hands around are pointers to the parts
/// of ReplyReader::reply_.
struct ReplyBuilder {
  static ReplyReader& owner(const redisReadTask* task) {
    return *static_cast<ReplyReader*>(task->privdata);
  }

  static Reply& part(const redisReadTask* task) {
    if (task->parent == nullptr) {
      owner(task).elements_ = 0;
      owner(task).text_bytes_ = 0;
      return owner(task).reply_;
    }
    // An announced length is worth nothing: memory is taken as the elements come. Moving finished
    // siblings is fine, only unfinished parts are referred to.
    auto& siblings = static_cast<Reply*>(task->parent->obj)->elements;
    const auto index = static_cast<std::size_t>(task->idx);
    if (index >= siblings.size()) {
      siblings.resize(index + 1);
    }
    return siblings[index];
  }

  static Reply::Type type_of(const redisReadTask* task) {
    switch (task->type) {
      case REDIS_REPLY_STATUS:
        return Reply::Type::status;
      case REDIS_REPLY_ERROR:
        return Reply::Type::error;
      default:
        return Reply::Type::string;
    }
  }

  static Reply& reset(Reply& reply, Reply::Type type) {
    reply.type = type;
    reply.integer = 0;
    reply.text.clear();
    if (reply.text.capacity() > kept_text) {
      reply.text.shrink_to_fit();
    }
    if (type != Reply::Type::array) {
      reply.elements.clear();
    }
    return reply;
  }

  static void* make_string(const redisReadTask* task, char* text, std::size_t size) {
    Reply& reply = reset(part(task), type_of(task));
    ReplyReader& reader = owner(task);
    if (size > reader.limits_.reply_bytes - reader.text_bytes_) {
      return nullptr;  // "out of memory" to hiredis
    }
    reader.text_bytes_ += size;
    reply.text.assign(text, size);
    return &reply;
  }

  static void* make_array(const redisReadTask* task, int size) {
    Reply& reply = reset(part(task), Reply::Type::array);
    ReplyReader& reader = owner(task);
    const auto count = static_cast<std::size_t>(size);
    if (count > reader.limits_.reply_elements - reader.elements_) {
      return nullptr;
    }
    reader.elements_ += count;
    if (reply.elements.capacity() > kept_elements) {
      std::vector<Reply>().swap(reply.elements);
    }
    reply.elements.resize(std::min(count, kept_elements));
    return &reply;
  }

  static void* make_integer(const redisReadTask* task, long long number) {
    Reply& reply = reset(part(task), Reply::Type::integer);
    reply.integer = number;
    return &reply;
  }

  static void* make_nil(const redisReadTask* task) { return &reset(part(task), Reply::Type::nil); }

  static void free(void*) {}  // the ReplyReader owns all of them
};

namespace {

redisReplyObjectFunctions builder{ReplyBuilder::make_string, ReplyBuilder::make_array,
                                  ReplyBuilder::make_integer, ReplyBuilder::make_nil,
                                  ReplyBuilder::free};

}  // namespace

ReplyReader::ReplyReader(Limits limits)
    : limits_(limits), reader_(redisReaderCreateWithFunctions(&builder)) {
  if (!reader_) {
    throw std::bad_alloc();
  }
  reader_->maxbuf = kept_buffer;
  reader_->privdata = this;
}

ReplyReader::~ReplyReader() = default;

void ReplyReader::feed(std::span<const char>& received) {
  const std::size_t size = std::min(received.size(), feed_size);
  if (!failed() && redisReaderFeed(reader_.get(), received.data(), size) != REDIS_OK) {
    error_ = reader_->errstr;
  }
  received = received.subspan(size);
}

Reply* ReplyReader::next() {
  void* reply = nullptr;
  if (failed()) {
    return nullptr;
  }
  if (redisReaderGetReply(reader_.get(), &reply) != REDIS_OK) {
    error_ = reader_->err == REDIS_ERR_OOM ? "a reply that is too large" : reader_->errstr;
    return nullptr;
  }
  if (reply == nullptr && !within_limits()) {
    error_ = "a reply that is too large";
  }
  return static_cast<Reply*>(reply);
}

bool ReplyReader::within_limits() const noexcept {
  const std::size_t unparsed = reader_->len - reader_->pos;
  if (unparsed > limits_.reply_bytes + longest_header) {
    return false;
  }
  if (reader_->ridx < 0 || unparsed <= longest_line) {
    return true;
  }
  // What is waited for is the rest of a string, or the end of a line.
  const char* rest = reader_->buf + reader_->pos;
  return reader_->rstack[reader_->ridx].type == REDIS_REPLY_STRING &&
         std::memchr(rest, '\n', longest_header) != nullptr;
}

void ReplyReader::Free::operator()(redisReader* reader) const noexcept { redisReaderFree(reader); }

}  // namespace adapters::redis
