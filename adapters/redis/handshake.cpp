#include "adapters/redis/handshake.hpp"

#include <string_view>

#include "adapters/redis/resp.hpp"

namespace adapters::redis {

namespace {

struct Hint {
  std::string_view error;  // is contained in what Redis says
  std::string_view hint;
};

// The first match counts.
constexpr Hint hints[] = {
    {"NOAUTH", "put user and password into RedisOptions::url"},
    {"WRONGPASS", "the user or the password in RedisOptions::url is wrong"},
    {"invalid password", "the password in RedisOptions::url is wrong"},
    {"without any password configured", "this Redis wants no password in RedisOptions::url"},
    {"wrong number of arguments for 'auth'", "this Redis knows passwords only, no users"},
    {"SELECT is not allowed in cluster mode", "a Redis Cluster has database 0 only"},
    {"DB index", "this Redis has no such database as RedisOptions::url says"},
    {"DENIED", "Redis is in protected mode: give it a password or an address to listen to"},
    {"NOPERM", "the user in RedisOptions::url lacks a permission"},
};

bool is_master(const Reply& role) {
  return role.type == Reply::Type::array && !role.elements.empty() &&
         role.elements.front().text == "master";
}

}  // namespace

Handshake::Handshake(const Target& target, bool master) : master_(master) {
  const auto say = [this](std::initializer_list<std::string_view> words) {
    append_command(commands_, words);
    ++replies_;
  };
  if (!target.user.empty()) {
    say({"AUTH", target.user, target.password});
  } else if (!target.password.empty()) {
    say({"AUTH", target.password});
  }
  if (target.database != 0) {
    say({"SELECT", std::to_string(target.database)});
  }
  say({master ? "ROLE" : "PING"});
}

Handshake::Step Handshake::on_reply(const Reply& reply) {
  const bool last = --replies_ == 0;
  if (reply.type == Reply::Type::error && !(last && reply.text.starts_with("NOPERM"))) {
    return on_error(reply.text);
  }
  if (!last) {
    return Step::more;
  }
  if (master_ && reply.type != Reply::Type::error && !is_master(reply)) {
    reason_ = "it is not a master";
    return Step::away;
  }
  return Step::done;
}

Handshake::Step Handshake::on_error(const std::string& error) {
  reason_ = error;
  if (error.starts_with("LOADING") || error.starts_with("MASTERDOWN") ||
      error.starts_with("BUSY") || error.starts_with("ERR max number of clients")) {
    return Step::away;
  }
  for (const Hint& hint : hints) {
    if (error.find(hint.error) != std::string::npos) {
      reason_.append(": ").append(hint.hint);
      break;
    }
  }
  return Step::refused;
}

}  // namespace adapters::redis
