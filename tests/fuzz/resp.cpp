#include <string>

#include "adapters/redis/reply_reader.hpp"
#include "adapters/redis/resp.hpp"
#include "adapters/redis/slots.hpp"
#include "adapters/streams/entry.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/targets.hpp"

// The bytes of a Redis to replies, and what is read out of replies. The first byte says how they
// are cut into pieces.

namespace fuzz {

using namespace adapters::redis;

namespace {

/// Small, so that inputs reach them.
constexpr ReplyReader::Limits limits{.reply_bytes = 200, .reply_elements = 20};

struct Total {
  std::size_t bytes = 0;
  std::size_t elements = 0;
};

/// Appends the reply in a form to compare, and adds it up.
void write(const Reply& reply, std::string& out, Total& total) {
  out += std::to_string(static_cast<int>(reply.type)) + ":" + std::to_string(reply.integer) + ":" +
         reply.text;
  total.bytes += reply.text.size();
  require(reply.type == Reply::Type::array || reply.elements.empty(), "only arrays have elements");
  out += "[";
  for (const Reply& element : reply.elements) {
    ++total.elements;
    write(element, out, total);
    out += ",";
  }
  out += "]";
}

/// What a cluster, a stream or an error may say.
void interpret(Reply& reply) {
  const Address asked{"asked", 7000, ""};
  if (const auto slots = SlotMap::parse(reply, asked)) {
    require(!slots->masters().empty() && slots->masters().size() <= SlotMap::max_masters,
            "a cluster has masters, and not too many");
    (void)slots->owner(key_slot(slots->masters().front().host));
  }
  if (const auto redirection = parse_redirection(Copy(reply.text).view(), asked)) {
    require(redirection->slot < slot_count, "a redirection is for a slot");
  }
  if (const auto entry = adapters::streams::read_entry(reply)) {
    using adapters::streams::EntryId;
    require(EntryId::parse(entry->id.text()) == entry->id, "the id of an entry is the same again");
    require(entry->id < entry->id.next(), "the next id is behind it");
    std::string memory;
    socketio::Tape tape;
    adapters::cluster::Message message;
    (void)decode_entry(*entry, tape, memory, message);
  }
}

class Received {
 public:
  void receive(std::string_view piece) {
    const Copy copy(piece);
    std::span<const char> bytes(copy.view());
    while (!bytes.empty()) {
      reader_.feed(bytes);
      while (Reply* reply = reader_.next()) {
        take(*reply);
      }
    }
  }

  /// Which of several mistakes is seen first may depend on how much is there.
  [[nodiscard]] std::string end() const {
    require(reader_.failed() != reader_.error().empty(), "errors have texts");
    return replies_ + (reader_.failed() ? "error" : "");
  }

 private:
  void take(Reply& reply) {
    Total total;
    write(reply, replies_, total);
    require(total.bytes <= limits.reply_bytes, "no more bytes than reply_bytes");
    require(total.elements <= limits.reply_elements, "no more elements than reply_elements");
    interpret(reply);
  }

  ReplyReader reader_{limits};
  std::string replies_;
};

/// A command is an array of strings, which a reply may be as well.
void check_command(std::string_view input) {
  const std::string_view first = input.substr(0, input.size() / 2);
  std::string bytes;
  append_command(bytes, {first, input.substr(first.size())});
  ReplyReader reader;
  std::span<const char> rest(bytes);
  reader.feed(rest);
  const Reply* reply = reader.next();
  require(reply != nullptr && reply->elements.size() == 2 && reply->elements[0].text == first &&
              reply->elements[1].text == input.substr(first.size()),
          "a command is what was put into it");
}

}  // namespace

void resp(std::string_view input) {
  const std::uint8_t how = take_byte(input);
  Received whole;
  whole.receive(input);
  Received pieces;
  deliver(pieces, input, how);
  require_same(whole.end(), pieces.end());
  check_command(input);
}

}  // namespace fuzz
