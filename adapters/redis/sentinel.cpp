#include "adapters/redis/sentinel.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "adapters/redis/resp.hpp"
#include "adapters/redis/single_server.hpp"

namespace adapters::redis {

namespace {

constexpr std::string_view switch_channel = "+switch-master";

// A Sentinel that is alive answers at once; there are others to ask.
constexpr std::chrono::milliseconds longest_wait{1'000};

std::optional<Address> make_address(std::string_view host, std::string_view port) {
  Address address;
  const char* end = port.data() + port.size();
  const auto [parsed, error] = std::from_chars(port.data(), end, address.port);
  if (host.empty() || error != std::errc() || parsed != end) {
    return std::nullopt;
  }
  address.host = host;
  return address;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

}  // namespace

std::optional<Address> parse_master_address(const Reply& reply) {
  if (reply.elements.size() != 2) {
    return std::nullopt;
  }
  return make_address(reply.elements[0].text, reply.elements[1].text);
}

std::optional<Address> parse_switch(std::string_view message, std::string_view name) {
  const auto words = split(message);  // name, old host, old port, new host, new port
  if (words.size() != 5 || words[0] != name) {
    return std::nullopt;
  }
  return make_address(words[3], words[4]);
}

Sentinels::Sentinels(Environment& environment)
    : environment_(environment),
      sentinels_(parse_nodes(environment.options.sentinels)),
      without_credentials_{sentinels_.front(), {}, {}, 0, environment.target.tls} {}

void Sentinels::locate(Done done) {
  if (!subscriber_) {
    watch();
  }
  waiting_.push_back(std::move(done));
  if (!inquiry_) {
    silent_ = 0;
    ask();
  }
}

void Sentinels::watch() {
  switches_.add(ChannelKind::plain, std::string(switch_channel),
                [this](std::string_view, std::span<char> message) {
                  const auto master = parse_switch({message.data(), message.size()},
                                                   environment_.options.sentinel_master);
                  if (master && switched_) {
                    switched_(*master);
                  }
                },
                {});
  subscriber_ = std::make_unique<Subscriber>(environment_, rotation_, without_credentials_,
                                             switches_, static_cast<Subscriber::Owner&>(*this));
  subscriber_->subscribe(ChannelKind::plain, switch_channel);
  subscriber_->start();
}

void Sentinels::ask() {
  std::string command;
  append_command(command,
                 {"SENTINEL", "get-master-addr-by-name", environment_.options.sentinel_master});
  inquiry_ = std::make_unique<Inquiry>(
      environment_, sentinels_[current_], std::move(command),
      std::min(environment_.options.connect_timeout, longest_wait),
      [this](const Reply* reply, const std::string& reason) { on_answer(reply, reason); });
}

void Sentinels::on_answer(const Reply* reply, const std::string& reason) {
  if (const auto master = reply != nullptr ? parse_master_address(*reply) : std::nullopt) {
    return finish(*master, {});
  }
  const std::string answer = reply == nullptr                    ? reason
                             : reply->type == Reply::Type::error ? reply->text
                                                                 : "it does not know the master";
  const std::string who = sentinels_[current_].text();
  current_ = (current_ + 1) % sentinels_.size();
  if (++silent_ < sentinels_.size()) {
    return ask();
  }
  finish(std::nullopt, "no Sentinel names the master '" + environment_.options.sentinel_master +
                           "', the last one asked is " + who + ": " + answer);
}

void Sentinels::finish(const std::optional<Address>& master, const std::string& reason) {
  const auto finished = std::move(inquiry_);
  for (Done& done : std::exchange(waiting_, {})) {
    done(master, reason);
  }
}

std::unique_ptr<Backend> make_watched_server(Environment& environment) {
  auto sentinels = std::make_shared<Sentinels>(environment);
  auto server = std::make_unique<SingleServer>(environment, sentinels);
  sentinels->on_switch([&server = *server](const Address& master) {
    server.move_to(master, "the Sentinels name a new master");
  });
  return server;
}

}  // namespace adapters::redis
