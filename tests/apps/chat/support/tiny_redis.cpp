#include "tests/apps/chat/support/tiny_redis.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace tests {

using namespace std::chrono_literals;

namespace {

template <class Texts>
adapters::redis::Result list(const Texts& texts) {
  std::vector<adapters::redis::Result> elements;
  for (const std::string& text : texts) {
    elements.push_back(string_reply(text));
  }
  return array_reply(std::move(elements));
}

}  // namespace

FakeClient& TinyRedis::connect() {
  clients_.push_back(std::make_unique<FakeClient>());
  FakeClient& client = *clients_.back();
  client.on_command = [this](const Command& command) { return execute(command); };
  return client;
}

void TinyRedis::kill(FakeClient& client) { dead_.insert(&client); }

void TinyRedis::run() {
  for (int i = 0; i < 10; ++i) {
    for (const auto& client : clients_) {
      if (!dead_.contains(client.get())) {
        client->run();
        deliver(client->take());
      }
    }
  }
}

void TinyRedis::deliver(const std::vector<Command>& commands) {
  for (const Command& command : commands) {
    if (command.at(0) == "PUBLISH" && !away) {
      publish(command.at(1), command.at(2));
    }
  }
}

void TinyRedis::advance(engineio::Clock::duration duration) {
  for (engineio::Clock::duration step = 100ms; duration > 0ms; duration -= step) {
    now_ += step;
    expire();
    for (const auto& client : clients_) {
      if (!dead_.contains(client.get())) {
        client->advance(step);
      }
    }
    run();
  }
}

void TinyRedis::lose_data() {
  texts.clear();
  sets.clear();
  hashes.clear();
  deadlines_.clear();
}

void TinyRedis::expire() {
  std::vector<std::string> over;
  for (const auto& [key, deadline] : deadlines_) {
    if (deadline <= now_) {
      over.push_back(key);
    }
  }
  for (const std::string& key : over) {
    remove(key);
  }
}

void TinyRedis::remove(const std::string& key) {
  texts.erase(key);
  sets.erase(key);
  hashes.erase(key);
  deadlines_.erase(key);
}

void TinyRedis::publish(const std::string& channel, const std::string& payload) {
  for (const auto& client : clients_) {
    if (!dead_.contains(client.get())) {
      client->deliver(channel, payload);
    }
  }
}

TinyRedis::Result TinyRedis::execute(const Command& command) {
  if (away) {
    return error_reply(adapters::redis::connection_lost);
  }
  const std::string& word = command.at(0);
  const std::string& key = command.at(1);
  const auto rest = command.begin() + 2;
  if (word == "SADD") {
    return integer_reply(std::count_if(rest, command.end(),
                                       [&](auto& text) { return sets[key].insert(text).second; }));
  }
  if (word == "SREM") {
    return integer_reply(
        std::count_if(rest, command.end(), [&](auto& text) { return sets[key].erase(text) != 0; }));
  }
  if (word == "SMEMBERS") {
    return list(sets[key]);
  }
  if (word == "SET") {
    texts[key] = command.at(2);
    const auto number = std::chrono::milliseconds(std::stoll(command.at(4)));
    deadlines_[key] = now_ + (command.at(3) == "EX" ? number * 1'000 : number);
    return status_reply();
  }
  if (word == "GET") {
    return texts.contains(key) ? string_reply(texts[key]) : nil_reply();
  }
  if (word == "EXISTS") {
    return integer_reply(texts.contains(key) ? 1 : 0);
  }
  if (word == "DEL") {
    remove(key);
    return integer_reply(1);
  }
  if (word == "PEXPIRE") {
    const auto set = sets.find(key);
    if (!texts.contains(key) && (set == sets.end() || set->second.empty())) {
      return integer_reply(0);
    }
    deadlines_[key] = now_ + std::chrono::milliseconds(std::stoll(command.at(2)));
    return integer_reply(1);
  }
  if (word == "HSET") {
    hashes[key][command.at(2)] = command.at(3);
    return integer_reply(1);
  }
  if (word == "HDEL") {
    return integer_reply(std::int64_t(hashes[key].erase(command.at(2))));
  }
  if (word == "HGETALL") {
    std::vector<std::string> fields;
    for (const auto& [field, value] : hashes[key]) {
      fields.insert(fields.end(), {field, value});
    }
    return list(fields);
  }
  throw std::logic_error("TinyRedis does not know " + word);
}

}  // namespace tests
