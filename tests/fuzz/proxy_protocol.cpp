#include "engineio/net/proxy_protocol.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "engineio/core/client_address.hpp"
#include "engineio/net/address.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/targets.hpp"

// What a proxy says about whose connection it is, and addresses. The first byte says how a header
// is cut into pieces; with `a` an address follows, with `f` lines of X-Forwarded-For.

namespace fuzz {

using namespace engineio::net;
using Status = ProxyHeaderDecoder::Status;

namespace {

/// The longest that version 2 can announce.
constexpr std::size_t max_header = 16 + 65'535;

void check_text(const std::string& text) {
  const auto address = IpAddress::parse(text);
  require(address && address->text() == text, "an address that is written is read as the same");
}

/// What a header says, in a form to compare.
std::string decode(std::string_view bytes, const std::vector<std::string_view>& pieces) {
  ProxyHeaderDecoder decoder;
  std::size_t consumed = 0;
  for (const std::string_view piece : pieces) {
    const Copy copy(piece);
    const std::size_t taken = decoder.decode(copy.view());
    consumed += taken;
    require(taken <= piece.size(), "no more is taken than there is");
    require(taken == piece.size() || decoder.status() != Status::incomplete,
            "all of a header is taken");
    if (decoder.status() != Status::incomplete) {
      break;
    }
  }
  require(consumed <= max_header, "no header is longer than that");
  require(bytes.starts_with('\r') || consumed <= ProxyHeaderDecoder::max_line,
          "no line is longer than max_line");
  const auto& source = decoder.source();
  if (decoder.status() == Status::complete && source && !source->empty()) {
    check_text(*source);
  }
  const bool complete = decoder.status() == Status::complete;
  return std::to_string(static_cast<int>(decoder.status())) + " " + std::to_string(consumed) + " " +
         (complete ? source.value_or("none") : "");
}

void check_address(std::string_view text) {
  const Copy copy(text);
  if (const auto address = IpAddress::parse(copy.view())) {
    check_text(address->text());
  }
  if (const auto network = Network::parse(copy.view())) {
    const auto base = IpAddress::parse(text.substr(0, text.find('/')));
    require(base && network->contains(*base), "a network contains the address that it is named by");
  }
  (void)client_key(copy.view());
}

void check_forwarded(std::string_view lines) {
  static const TrustedProxies proxies({"10.0.0.0/8", "fd00::/8"});
  engineio::HttpRequest request{.remote_address = "::ffff:10.0.0.1"};
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    request.headers.add("X-Forwarded-For", line);
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
  }
  const std::string client = engineio::core::client_address(proxies, request);
  require(client == request.remote_address || IpAddress::parse(client).has_value(),
          "a client's address is one");
  request.remote_address = "192.0.2.1";
  require(engineio::core::client_address(proxies, request) == request.remote_address,
          "nobody believes a stranger");
}

}  // namespace

void proxy_protocol(std::string_view input) {
  const std::uint8_t how = take_byte(input);
  if (how == 'f') {
    return check_forwarded(input);
  }
  if (how == 'a') {
    return check_address(input);
  }
  require_same(decode(input, {input}), decode(input, cut(input, how)));
}

}  // namespace fuzz
