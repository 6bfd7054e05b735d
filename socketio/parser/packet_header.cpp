#include "socketio/parser/packet_header.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "socketio/parser/number_text.hpp"

namespace socketio::parser {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view unknown_type(char type) {
  switch (type) {
    case '7':
      return "unknown packet type 7";
    case '8':
      return "unknown packet type 8";
    case '9':
      return "unknown packet type 9";
    default:
      return "unknown packet type NaN";
  }
}

/// Takes the parts of a header off the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : begin_(text.data()), rest_(text) {}

  [[nodiscard]] std::size_t position() const {
    return static_cast<std::size_t>(rest_.data() - begin_);
  }

  [[nodiscard]] std::string_view type(PacketType& type) {
    if (rest_.empty()) {
      return {};  // an empty message is a CONNECT: Number("") is 0
    }
    const char c = rest_.front();
    if (c < '0' || c > '6') {
      return unknown_type(c);
    }
    rest_.remove_prefix(1);
    type = static_cast<PacketType>(c - '0');
    return {};
  }

  [[nodiscard]] std::string_view attachments(std::size_t max, std::size_t& count) {
    const std::string_view text = take(digits());
    if (!rest_.starts_with('-')) {
      return "Illegal attachments";
    }
    rest_.remove_prefix(1);
    const auto error = std::from_chars(text.data(), text.data() + text.size(), count).ec;
    if (error == std::errc::result_out_of_range || (error == std::errc() && count > max)) {
      return "too many attachments";
    }
    return error != std::errc() || count == 0 ? "Illegal attachments" : std::string_view();
  }

  [[nodiscard]] std::string_view nsp() {
    if (!rest_.starts_with('/')) {
      return "/";
    }
    const std::string_view name = take(std::min(rest_.find(','), rest_.size()));
    rest_.remove_prefix(rest_.empty() ? 0 : 1);
    return name;
  }

  [[nodiscard]] std::string_view id(std::optional<std::uint64_t>& id) {
    const std::string_view text = take(digits());
    if (text.empty()) {
      return {};
    }
    std::uint64_t value = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc()) {
      return "invalid payload";
    }
    id = value;
    return {};
  }

 private:
  [[nodiscard]] std::size_t digits() const {
    return static_cast<std::size_t>(std::find_if_not(rest_.begin(), rest_.end(), is_digit) -
                                    rest_.begin());
  }

  std::string_view take(std::size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  const char* begin_;
  std::string_view rest_;
};

}  // namespace

ScannedHeader scan_packet_header(std::string_view text, std::size_t max_attachments) {
  ScannedHeader header;
  Scanner scanner(text);
  header.error = scanner.type(header.type);
  if (header.error.empty() && header.type >= PacketType::binary_event) {
    header.error = scanner.attachments(max_attachments, header.attachments);
  }
  if (header.error.empty()) {
    header.nsp = scanner.nsp();
    header.error = scanner.id(header.id);
  }
  header.size = scanner.position();
  return header;
}

void append_packet_header(std::string& out, const PacketHeader& header) {
  out.push_back(static_cast<char>('0' + static_cast<int>(header.type)));
  if (header.nsp != "/") {
    out.append(header.nsp).push_back(',');
  }
  if (header.id) {
    append_integer(out, *header.id);
  }
}

void insert_attachment_count(std::string& text, std::size_t attachments) {
  const auto binary = text[0] == '2' ? PacketType::binary_event : PacketType::binary_ack;
  text[0] = static_cast<char>('0' + static_cast<int>(binary));
  text.insert(1, std::to_string(attachments) + '-');
}

}  // namespace socketio::parser
