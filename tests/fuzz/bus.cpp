#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/classic/classic_adapter.hpp"
#include "adapters/classic/messages.hpp"
#include "adapters/cluster/codec.hpp"
#include "adapters/streams/entry.hpp"
#include "adapters/streams/session.hpp"
#include "socketio/parser.hpp"
#include "tests/adapters/cluster/bus_world.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/randomness.hpp"
#include "tests/fuzz/targets.hpp"

// What other servers of a cluster say, to a server with a client and with requests under way. The
// first byte chooses the adapter: c, d (sharded) or x (streams). Records follow, each ended by the
// byte 0xff: a letter for the way that the message takes, and the message.
//
//   b  the channel of the namespace       q  requests (classic)
//   B  the channel of the room `room1`    r  answers to all (classic)
//   e  the stream: type, NUL, data        R  answers to this server
//   t  a byte: seconds that pass
//
// After the first byte s, the input is a session as it lies in Redis.

namespace fuzz {

using namespace std::chrono_literals;
using adapters::redis::ChannelKind;
using tests::BusWorld;

namespace {

enum class Kind { classic, sharded, streams };

constexpr std::string_view uid_of(Kind kind) {
  return kind == Kind::classic ? "node-1" : "0000000000node-1";
}

/// As long as those of Node: uids and the ids of requests, in one row.
std::function<std::string()> id_generator(BusWorld& bus, Kind kind) {
  return [&bus, kind] {
    std::string id(uid_of(kind));
    id.back() = static_cast<char>('0' + ++bus.ids % 10);
    return id;
  };
}

BusWorld::MakeAdapter make_adapter(BusWorld& bus, Kind kind) {
  const auto new_id = id_generator(bus, kind);
  if (kind == Kind::classic) {
    const adapters::RedisAdapterOptions options{.monitor = bus.monitor};
    return [&bus, options, new_id](socketio::Namespace& nsp) {
      const std::shared_ptr<adapters::redis::Client> client(std::shared_ptr<void>(), &bus.client);
      return std::make_unique<adapters::classic::ClassicAdapter>(nsp, client, options, new_id);
    };
  }
  if (kind == Kind::sharded) {
    const adapters::ShardedAdapterOptions options{.monitor = bus.monitor};
    auto shared = adapters::sharded::make_bus(bus.client, options);
    shared.new_id = new_id;
    return [shared, mode = options.subscription_mode](socketio::Namespace& nsp) {
      return std::make_unique<adapters::sharded::ShardedAdapter>(nsp, shared, mode);
    };
  }
  const adapters::StreamsAdapterOptions options{.monitor = bus.monitor};
  auto shared = adapters::streams::make_bus(bus.client, options);
  shared.new_id = new_id;
  const auto hub = std::make_shared<adapters::streams::StreamHub>(bus.client, options);
  return [shared, hub](socketio::Namespace& nsp) {
    return std::make_unique<adapters::streams::StreamsAdapter>(nsp, shared, hub);
  };
}

/// A client closes its connection when a packet is broken: none may be.
class FrameCheck {
 public:
  void take(const std::string& frame) {
    constexpr std::string_view mark = "binary:";
    const bool binary = frame.starts_with(mark);
    Copy message(std::string_view(frame).substr(binary ? mark.size() : 0));
    const auto result =
        parser_->decode(binary ? engineio::MessageKind::binary : engineio::MessageKind::text,
                        message.span(), partial_, scratch_);
    require(result.status != socketio::DecodeResult::Status::error,
            "clients are sent nothing but packets");
  }

 private:
  // A server writes what was nested to the limit one level deeper.
  std::unique_ptr<const socketio::Parser> parser_ =
      socketio::make_json_parser({.max_attachments = 100'000, .max_attachment_bytes = 100'000'000});
  std::unique_ptr<socketio::PartialPacket> partial_;
  socketio::DecodeScratch scratch_;
};

class Server {
 public:
  explicit Server(Kind kind)
      : kind_(kind), bus_([kind](BusWorld& bus) { return make_adapter(bus, kind); }) {
    bus_.client.other_subscribers = 3;
    bus_.client.on_command = [](const auto&) { return tests::nil_reply(); };
    bus_.world->io().on_connection([](socketio::Socket& socket) {
      socket.join({"room1", "room2", socketio::numeric_room(5)});
    });
    bus_.world->io().on_server_event("q", [](socketio::Value value) { return value; });
    join();
    read_stream({});
    ask();
  }

  void take(std::string_view record) {
    const char way = static_cast<char>(take_byte(record));
    switch (way) {
      case 'b':
        return deliver("socket.io#/#", record);
      case 'B':
        return deliver("socket.io#/#room1#", record);
      case 'q':
        return deliver("socket.io-request#/#", record);
      case 'r':
        return deliver("socket.io-response#/#", record);
      case 'R':
        return deliver(own_channel(), record);
      case 'e':
        return deliver_entry(record);
      case 't':
        return advance(std::chrono::seconds(take_byte(record)));
      default:
        return;
    }
  }

  /// All who have asked were answered, once, and the server still works.
  void end() {
    advance(60s);
    for (const std::size_t answers : answers_) {
      require(answers == 1, "each request ends once");
    }
    join();
    const std::string message = kind_ == Kind::classic ? broadcast_in_msgpack : broadcast_in_json;
    if (kind_ == Kind::streams) {
      read_stream({entry_of(std::string("3\0", 2) + alive_data, last_id)});
    } else {
      deliver("socket.io#/#", message);
    }
    require(last_frame_ == R"(2["alive"])", "what follows arrives");
  }

 private:
  void join() {
    client_ = &bus_.join();
    bus_.settle();
    check_output();
  }

  void ask() {
    answers_.resize(kind_ == Kind::classic ? 4 : 3);
    auto& io = bus_.world->io();
    bus_.run([&] {
      io.fetch_sockets([this](const auto&) { ++answers_[0]; });
      io.server_side_emit_with_ack("q", 1, [this](const auto&) { ++answers_[1]; });
      io.emit_with_ack("q", 1, [this](const auto&) { ++answers_[2]; });
      if (kind_ == Kind::classic) {
        io.adapter().all_rooms([this](const auto&) { ++answers_[3]; });
      }
    });
    check_output();
  }

  [[nodiscard]] std::string own_channel() const {
    return (kind_ == Kind::classic ? "socket.io-response#/#" : "socket.io#/#") +
           std::string(uid_of(kind_)) + "#";
  }

  void deliver(const std::string& channel, std::string_view message) {
    check_decoders(message);
    bus_.deliver(channel, std::string(message),
                 kind_ == Kind::sharded ? ChannelKind::sharded : ChannelKind::plain);
    check_output();
  }

  /// `<type> NUL <data>`
  static adapters::redis::Result entry_of(std::string_view record, std::string_view id) {
    const std::string_view type = take_record(record, '\0');
    std::vector<adapters::redis::Result> fields;
    for (const std::string_view text :
         {std::string_view("uid"), std::string_view("other"), std::string_view("nsp"),
          std::string_view("/"), std::string_view("type"), type, std::string_view("data"),
          record}) {
      fields.push_back(tests::string_reply(std::string(text)));
    }
    return tests::array_reply(
        {tests::string_reply(std::string(id)), tests::array_reply(std::move(fields))});
  }

  void deliver_entry(std::string_view record) {
    read_stream({entry_of(record, "1700000000000-" + std::to_string(entries_++))});
  }

  void read_stream(std::vector<adapters::redis::Result> entries) {
    if (bus_.client.blocking.empty()) {
      return;
    }
    std::vector<adapters::redis::Result> stream;
    if (!entries.empty()) {
      stream.push_back(tests::string_reply("socket.io"));
      stream.push_back(tests::array_reply(std::move(entries)));
      stream = {tests::array_reply(std::move(stream))};
    }
    bus_.world->set_current(tests::World::none);
    bus_.client.blocking[0]->answer(bus_.client, tests::array_reply(std::move(stream)));
    bus_.settle();
    check_output();
  }

  void advance(std::chrono::seconds time) {
    bus_.world->set_current(tests::World::none);
    bus_.client.advance(time);
    bus_.world->advance(time);
    bus_.settle();
    check_output();
  }

  /// Decoded once more where each byte behind the end is noticed.
  void check_decoders(std::string_view message) const {
    Copy copy(message);
    socketio::Tape tape;
    if (kind_ == Kind::classic) {
      (void)adapters::classic::decode(copy.span(), tape);
      return;
    }
    adapters::cluster::Message decoded;
    if (codec().decode(copy.span(), tape, decoded)) {
      (void)adapters::cluster::read_broadcast(decoded.data);
    }
  }

  [[nodiscard]] adapters::cluster::Codec codec() const {
    using adapters::cluster::MessageFormat;
    return {kind_ == Kind::sharded ? MessageFormat::json_or_msgpack : MessageFormat::msgpack,
            "other", "/"};
  }

  /// What was sent to the client and to other servers.
  void check_output() {
    for (const std::string& frame : tests::take(*client_)) {
      frames_.take(frame);
      last_frame_ = frame;
    }
    for (auto& command : bus_.client.take()) {
      if (command[0].ends_with("PUBLISH")) {
        check_published(command[2]);
      }
    }
  }

  void check_published(std::string_view message) const {
    Copy copy(message);
    socketio::Tape tape;
    adapters::cluster::Message decoded;
    require(kind_ == Kind::classic ? adapters::classic::decode(copy.span(), tape)
                                   : codec().decode(copy.span(), tape, decoded),
            "other servers are sent nothing but messages");
  }

  static constexpr const char* last_id = "1800000000000-0";
  static constexpr const char* alive_data =
      R"({"packet":{"type":2,"data":["alive"]},"opts":{"rooms":[],"except":[]}})";
  const std::string broadcast_in_json =
      std::string(R"({"type":3,"data":)") + alive_data + R"(,"uid":"other","nsp":"/"})";
  const std::string broadcast_in_msgpack =
      "\x93\xa6zzzzzz\x83\xa4type\x02\xa4"
      "data\x91\xa5"
      "alive\xa3nsp\xa1/\x82\xa5rooms\x90"
      "\xa6"
      "except\x90";

  const Kind kind_;
  std::vector<std::size_t> answers_;  // older than the callbacks that count in it
  FrameCheck frames_;
  std::string last_frame_;
  std::size_t entries_ = 0;
  BusWorld bus_;
  tests::FakeSession* client_ = nullptr;
};

/// What lies in Redis for a client that is away.
void check_session(std::string_view text) {
  const Copy copy(text);
  const auto session = adapters::streams::decode_session(copy.view());
  if (!session) {
    return;
  }
  const std::string encoded = adapters::streams::encode_session(*session);
  const auto again = adapters::streams::decode_session(encoded);
  require(again && again->sid == session->sid && again->pid == session->pid &&
              again->rooms == session->rooms,
          "a session that is stored again is the same");
}

}  // namespace

void bus(std::string_view input) {
  const char adapter = static_cast<char>(take_byte(input));
  if (adapter == 's') {
    return check_session(input);
  }
  restart_randomness();
  Server server(adapter == 'c' ? Kind::classic : adapter == 'x' ? Kind::streams : Kind::sharded);
  while (!input.empty()) {
    server.take(take_record(input, '\xff'));
  }
  server.end();
}

}  // namespace fuzz
