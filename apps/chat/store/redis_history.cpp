#include "apps/chat/store/redis_history.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "adapters/redis_client.hpp"
#include "apps/chat/store/counters.hpp"
#include "apps/chat/store/message_fields.hpp"
#include "apps/chat/store/receipts.hpp"
#include "apps/chat/store/redis_scripts.hpp"

namespace chat {

using adapters::redis::Reply;

namespace {

/// KEYS: the message, the room's history. ARGV: prefix of messages, id, lifetime in milliseconds
/// (0: for ever), the lowest id that is not too old, most messages of a room, fields. Returns how
/// many were removed for their age or number.
constexpr const char* append_script = R"(
local removed = {}
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 6))
redis.call('ZADD', KEYS[2], 0, ARGV[2])
local lifetime = tonumber(ARGV[3])
if lifetime > 0 then
  redis.call('PEXPIRE', KEYS[1], lifetime)
  if redis.call('PTTL', KEYS[2]) < lifetime then redis.call('PEXPIRE', KEYS[2], lifetime) end
end
local function remove(ids)
  for _, id in ipairs(ids) do
    redis.call('ZREM', KEYS[2], id)
    redis.call('DEL', ARGV[1] .. id, ARGV[1] .. id .. ':receipts')
  end
  return #ids
end
-- A little at a time, but more than comes in.
local old = remove(redis.call('ZRANGE', KEYS[2], '-', '(' .. ARGV[4], 'BYLEX', 'LIMIT', 0, 100))
local too_many = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[5])
if too_many > 0 then
  old = old + remove(redis.call('ZRANGE', KEYS[2], 0, math.min(too_many, 100) - 1))
end
return old
)";

/// KEYS: the room's history. ARGV: prefix of messages, from, down to, how many. Returns messages,
/// the newest first.
constexpr const char* page_script = R"(
local ids = redis.call('ZRANGE', KEYS[1], ARGV[2], ARGV[3], 'BYLEX', 'REV', 'LIMIT', 0, ARGV[4])
local messages = {}
for i, id in ipairs(ids) do messages[i] = redis.call('HGETALL', ARGV[1] .. id) end
return messages
)";

// ARGV of both scripts that mark: user's id, his name, now, most receipts of a message. They return
// id, room and sender of each message that changed.

/// KEYS: messages. ARGV[5…]: rooms.
constexpr const char* mark_delivered_script = R"(
local user, name, now, most = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local rooms, marked = {}, {}
for i = 5, #ARGV do rooms[ARGV[i]] = true end
for _, key in ipairs(KEYS) do
  local message = redis.call('HMGET', key, 'id', 'room', 'userId')
  local receipts = key .. ':receipts'
  if message[1] and rooms[message[2]] and message[3] ~= user
      and redis.call('HLEN', receipts) < most
      and redis.call('HSETNX', receipts, user, now .. ' 0 ' .. name) == 1 then
    local lifetime = redis.call('PTTL', key)
    if lifetime > 0 then redis.call('PEXPIRE', receipts, lifetime) end
    marked[#marked + 1] = message
  end
end
return marked
)";

/// KEYS: the room's history. ARGV[5…]: prefix of messages, from, down to, how many to look at, how
/// many read ones in a row end the search.
constexpr const char* mark_read_script = R"(
local user, name, now, most = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local marked, read_in_a_row = {}, 0
local function mark(key, message)
  local receipts = key .. ':receipts'
  local known = redis.call('HGET', receipts, user)
  local delivered, read = now, '0'
  if known then
    delivered, read = string.match(known, '^(%d+) (%d+)')
  elseif redis.call('HLEN', receipts) >= most then
    return
  end
  if read ~= '0' then
    read_in_a_row = read_in_a_row + 1
    return
  end
  read_in_a_row = 0
  redis.call('HSET', receipts, user, delivered .. ' ' .. now .. ' ' .. name)
  local lifetime = redis.call('PTTL', key)
  if lifetime > 0 then redis.call('PEXPIRE', receipts, lifetime) end
  marked[#marked + 1] = message
end
local ids = redis.call('ZRANGE', KEYS[1], ARGV[6], ARGV[7], 'BYLEX', 'REV', 'LIMIT', 0, ARGV[8])
for _, id in ipairs(ids) do
  local key = ARGV[5] .. id
  local message = redis.call('HMGET', key, 'id', 'room', 'userId')
  if message[1] and message[3] ~= user then mark(key, message) end
  if read_in_a_row >= tonumber(ARGV[9]) then break end
end
return marked
)";

/// KEYS: the message. Returns room and sender, then all receipts.
constexpr const char* receipts_script = R"(
local message = redis.call('HMGET', KEYS[1], 'room', 'userId')
if not message[1] then return false end
return {message, redis.call('HGETALL', KEYS[1] .. ':receipts')}
)";

HistoryPage to_page(Reply& messages, std::size_t limit) {
  HistoryPage page;
  page.more = messages.elements.size() > limit;
  messages.elements.resize(std::min(messages.elements.size(), limit));
  for (Reply& fields : messages.elements) {
    if (auto message = to_message(fields)) {
      page.messages.push_back(*std::move(message));
    }
  }
  std::reverse(page.messages.begin(), page.messages.end());
  return page;
}

Marked to_marked(Reply& messages, socketio::Date now) {
  Marked marked{.messages = {}, .timestamp = now};
  for (Reply& message : messages.elements) {
    if (message.elements.size() == 3) {
      marked.messages.push_back({std::move(message.elements[0].text),
                                 std::move(message.elements[1].text),
                                 std::move(message.elements[2].text)});
    }
  }
  return marked;
}

/// `<delivered> <read> <name>`
Receipt to_receipt(std::string user_id, std::string_view text) {
  const std::size_t first = std::min(text.find(' '), text.size());
  const std::size_t second = std::min(text.find(' ', first + 1), text.size());
  Receipt receipt{.user_id = std::move(user_id), .username = {}, .delivered = {}, .read = {}};
  receipt.delivered = to_date(text.substr(0, first));
  if (second > first) {
    receipt.read = to_date(text.substr(first + 1, second - first - 1));
    receipt.username = text.substr(std::min(second + 1, text.size()));
  }
  if (receipt.read == socketio::Date{}) {
    receipt.read.reset();
  }
  return receipt;
}

Outcome<Receipts> to_receipts(Reply& reply) {
  if (reply.elements.size() != 2 || reply.elements[0].elements.size() != 2) {
    return no_such_message<Receipts>();
  }
  Receipts receipts{.room = std::move(reply.elements[0].elements[0].text),
                    .sender = std::move(reply.elements[0].elements[1].text),
                    .receipts = {}};
  std::vector<Reply>& fields = reply.elements[1].elements;
  for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
    receipts.receipts.push_back(to_receipt(std::move(fields[i].text), fields[i + 1].text));
  }
  std::sort(receipts.receipts.begin(), receipts.receipts.end(),
            [](const Receipt& a, const Receipt& b) { return a.user_id < b.user_id; });
  return {.value = std::move(receipts)};
}

class RedisHistory final : public MessageStore {
 public:
  RedisHistory(std::shared_ptr<adapters::Redis> redis, const RedisStoreOptions& redis_options,
               const StoreOptions& options)
      : MessageStore(options),
        redis_(std::move(redis)),
        redis_options_(redis_options),
        scripts_(redis_->client(), redis_options.waiting) {}

  [[nodiscard]] StoreStatistics statistics() const override {
    StoreStatistics statistics = counters_->statistics();
    statistics.queued = scripts_.waiting();
    return statistics;
  }

 private:
  [[nodiscard]] std::string messages() const { return redis_options_.prefix + "message:"; }
  [[nodiscard]] std::string history_of(const std::string& room) const {
    return redis_options_.prefix + "room:" + key_part(room) + ":history";
  }
  /// The lower end of a range of ids.
  [[nodiscard]] std::string oldest() const {
    const std::string id = oldest_id(options());
    return id.empty() ? "-" : '[' + id;
  }

  void do_append(Message message, Callback<AppendResult> callback) override;
  void do_history(std::string room, std::string before, std::size_t limit,
                  Callback<HistoryPage> callback) override;
  void do_mark_delivered(Recipient recipient, std::vector<std::string> rooms,
                         std::vector<std::string> ids, Callback<Marked> callback) override;
  void do_mark_read(Recipient recipient, std::string room, std::string up_to,
                    Callback<Marked> callback) override;
  void do_receipts(std::string id, Callback<Receipts> callback) override;

  const std::shared_ptr<adapters::Redis> redis_;
  const RedisStoreOptions redis_options_;
  const std::shared_ptr<StoreCounters> counters_ = std::make_shared<StoreCounters>();
  RedisScripts scripts_;
};

void RedisHistory::do_append(Message message, Callback<AppendResult> callback) {
  std::int64_t lifetime = 0;
  if (options().max_age.count() > 0) {
    const std::chrono::milliseconds left = message.timestamp + options().max_age - now();
    lifetime = std::max<std::int64_t>(left.count(), 1);
  }
  ScriptCall call{.script = append_script,
                  .keys = {messages() + message.id, history_of(message.room)},
                  .arguments = {messages(), message.id, std::to_string(lifetime),
                                oldest_id(options()), std::to_string(redis_options_.room_messages)},
                  .repeatable = true};
  for (std::string& field : to_fields(message)) {
    call.arguments.push_back(std::move(field));
  }
  scripts_.run<AppendResult>(
      std::move(call),
      [message = std::move(message),
       counters = counters_](Reply& reply) mutable -> Outcome<AppendResult> {
        counters->expired += static_cast<std::uint64_t>(reply.integer);
        return {.value = {.message = std::move(message)}};
      },
      counted(counters_, std::move(callback)));
}

void RedisHistory::do_history(std::string room, std::string before, std::size_t limit,
                              Callback<HistoryPage> callback) {
  ScriptCall call{.script = page_script,
                  .keys = {history_of(room)},
                  .arguments = {messages(), before.empty() ? "+" : '(' + before, oldest(),
                                std::to_string(limit + 1)},
                  .repeatable = true};
  scripts_.run<HistoryPage>(
      std::move(call),
      [limit](Reply& reply) -> Outcome<HistoryPage> { return {.value = to_page(reply, limit)}; },
      counted(counters_, std::move(callback)));
}

void RedisHistory::do_mark_delivered(Recipient recipient, std::vector<std::string> rooms,
                                     std::vector<std::string> ids, Callback<Marked> callback) {
  const socketio::Date now = this->now();
  ScriptCall call{
      .script = mark_delivered_script,
      .keys = {},
      .arguments = {std::move(recipient.user_id), std::move(recipient.username), to_text(now),
                    std::to_string(options().limits.receipts_per_message)}};
  for (const std::string& id : ids) {
    call.keys.push_back(messages() + id);
  }
  for (std::string& room : rooms) {
    call.arguments.push_back(std::move(room));
  }
  scripts_.run<Marked>(
      std::move(call),
      [now](Reply& reply) -> Outcome<Marked> { return {.value = to_marked(reply, now)}; },
      counted(counters_, std::move(callback)));
}

void RedisHistory::do_mark_read(Recipient recipient, std::string room, std::string up_to,
                                Callback<Marked> callback) {
  const socketio::Date now = this->now();
  const StoreLimits& limits = options().limits;
  ScriptCall call{
      .script = mark_read_script,
      .keys = {history_of(room)},
      .arguments = {std::move(recipient.user_id), std::move(recipient.username), to_text(now),
                    std::to_string(limits.receipts_per_message), messages(), '[' + up_to, oldest(),
                    std::to_string(limits.read_at_once), std::to_string(read_run)}};
  scripts_.run<Marked>(
      std::move(call),
      [now](Reply& reply) -> Outcome<Marked> { return {.value = to_marked(reply, now)}; },
      counted(counters_, std::move(callback)));
}

void RedisHistory::do_receipts(std::string id, Callback<Receipts> callback) {
  ScriptCall call{.script = receipts_script, .keys = {messages() + id}, .repeatable = true};
  scripts_.run<Receipts>(std::move(call), to_receipts, counted(counters_, std::move(callback)));
}

}  // namespace

std::unique_ptr<MessageStore> make_redis_history(std::shared_ptr<adapters::Redis> redis,
                                                 const RedisStoreOptions& redis_options,
                                                 const StoreOptions& options) {
  return std::make_unique<RedisHistory>(std::move(redis), redis_options, options);
}

}  // namespace chat
