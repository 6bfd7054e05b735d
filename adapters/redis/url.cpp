#include "adapters/redis/url.hpp"

#include <charconv>
#include <optional>
#include <stdexcept>

namespace adapters::redis {

namespace {

[[noreturn]] void fail(const std::string& sentence) { throw std::invalid_argument(sentence); }

template <class Number>
std::optional<Number> parse_number(std::string_view digits) {
  Number number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return number;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string percent_decoded(std::string_view text, const char* what) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      fail(std::string("The ") + what +
           " in RedisOptions::url has a '%' that no two hex digits follow.");
    }
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

/// What is before the first `separator`, which is removed from `text` with it; all of it if there
/// is none.
std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  const std::string_view front = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return front;
}

unsigned parse_database(std::string_view text) {
  const auto database = parse_number<unsigned>(text);
  if (!database) {
    fail("The database in RedisOptions::url is '" + std::string(text) + "': a number is wanted.");
  }
  return *database;
}

void parse_credentials(std::string_view text, Target& target) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    target.password = percent_decoded(text, "password");
    return;
  }
  target.user = percent_decoded(text.substr(0, colon), "user");
  target.password = percent_decoded(text.substr(colon + 1), "password");
}

void parse_query(std::string_view query, Target& target) {
  while (!query.empty()) {
    std::string_view value = take_until(query, '&');
    const std::string_view name = take_until(value, '=');
    if (name != "db") {
      fail("RedisOptions::url has the parameter '" + std::string(name) + "': only db is known.");
    }
    target.database = parse_database(value);
  }
}

void parse_server(std::string_view rest, Target& target) {
  const std::size_t path = rest.find_first_of("/?");
  std::string_view authority = rest.substr(0, path);
  rest.remove_prefix(authority.size());
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    parse_credentials(authority.substr(0, at), target);
    authority.remove_prefix(at + 1);
  }
  if (!authority.empty()) {
    target.address = parse_node(authority);
  } else {
    target.address.host = "127.0.0.1";
  }
  std::string_view database = take_until(rest, '?');
  if (database.size() > 1) {
    target.database = parse_database(database.substr(1));
  }
  parse_query(rest, target);
}

void parse_unix(std::string_view rest, Target& target) {
  // sockaddr_un::sun_path, with its final null.
  constexpr std::size_t longest_path = 107;
  if (const std::size_t at = rest.find('@'); at < rest.find('/')) {
    parse_credentials(rest.substr(0, at), target);
    rest.remove_prefix(at + 1);
  }
  target.address.path = percent_decoded(take_until(rest, '?'), "path");
  if (!target.address.path.starts_with('/') || target.address.path.size() > longest_path) {
    fail("RedisOptions::url wants an absolute path of at most 107 characters after unix://.");
  }
  parse_query(rest, target);
}

void require(bool condition, const char* sentence) {
  if (!condition) {
    fail(sentence);
  }
}

}  // namespace

std::string Address::text() const {
  if (!path.empty()) {
    return path;
  }
  const bool ipv6 = host.find(':') != std::string::npos;
  return (ipv6 ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

Target parse_url(std::string_view url) {
  Target target;
  const std::size_t scheme_end = url.find("://");
  const std::string_view scheme = url.substr(0, scheme_end);
  const std::string_view rest =
      scheme_end == std::string_view::npos ? "" : url.substr(scheme_end + 3);
  if (scheme_end == std::string_view::npos ||
      (scheme != "redis" && scheme != "rediss" && scheme != "unix")) {
    fail("RedisOptions::url has to begin with redis://, rediss:// or unix://.");
  }
  target.tls = scheme == "rediss";
  if (scheme == "unix") {
    parse_unix(rest, target);
  } else {
    parse_server(rest, target);
  }
  if (!target.user.empty() && target.password.empty()) {
    fail("RedisOptions::url names a user without a password.");
  }
  return target;
}

Address parse_node(std::string_view node) {
  Address address;
  std::string_view rest = node;
  if (const std::size_t end = rest.find(']'); rest.starts_with('[') && end != rest.npos) {
    address.host = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
  } else {
    address.host = rest.substr(0, rest.find(':'));
    rest.remove_prefix(address.host.size());
  }
  if (!rest.empty()) {
    const auto port = parse_number<std::uint16_t>(rest.substr(1));
    if (rest.front() != ':' || !port || *port == 0) {
      fail("'" + std::string(node) + "' is no address of a Redis: host:port is wanted.");
    }
    address.port = *port;
  }
  if (address.host.empty()) {
    fail("'" + std::string(node) + "' is no address of a Redis: it names no host.");
  }
  return address;
}

std::vector<Address> parse_nodes(const std::vector<std::string>& nodes) {
  std::vector<Address> addresses;
  for (const std::string& node : nodes) {
    addresses.push_back(parse_node(node));
  }
  return addresses;
}

void validate(const RedisOptions& options) {
  using std::chrono::milliseconds;
  const Target target = parse_url(options.url);
  const bool cluster = !options.cluster_nodes.empty();
  const bool sentinel = !options.sentinels.empty();
  static_cast<void>(parse_nodes(options.cluster_nodes));
  static_cast<void>(parse_nodes(options.sentinels));
  require(!cluster || !sentinel,
          "RedisOptions::cluster_nodes and RedisOptions::sentinels exclude each other.");
  require(!(cluster || sentinel) || target.address.path.empty(),
          "RedisOptions::url cannot be a Unix socket with cluster_nodes or sentinels.");
  require(!cluster || target.database == 0, "A Redis Cluster has database 0 only.");
  require(!sentinel || !options.sentinel_master.empty(),
          "RedisOptions::sentinel_master has to name the master.");
  require(options.connect_timeout > milliseconds(0),
          "RedisOptions::connect_timeout has to be positive.");
  require(options.first_retry > milliseconds(0), "RedisOptions::first_retry has to be positive.");
  require(options.last_retry >= options.first_retry,
          "RedisOptions::last_retry has to be at least RedisOptions::first_retry.");
  require(options.response_timeout > milliseconds(0),
          "RedisOptions::response_timeout has to be positive.");
  require(options.queued_commands > 0 && options.queued_bytes > 0,
          "RedisOptions::queued_commands and queued_bytes have to be positive.");
  require(options.tls.certificate_file.empty() == options.tls.key_file.empty(),
          "RedisOptions::tls wants certificate_file and key_file together.");
}

}  // namespace adapters::redis
