#include "engineio/http/request_parser.hpp"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <iterator>
#include <limits>
#include <string_view>
#include <utility>

#include "engineio/http/text.hpp"

namespace engineio::http {

namespace {

namespace beast = boost::beast;
namespace bhttp = boost::beast::http;

using ErrorCode = beast::error_code;

/// Those of Node, but for CONNECT: this is no proxy.
constexpr std::string_view methods[] = {
    "ACL",       "BIND",   "CHECKOUT", "COPY",   "DELETE",     "GET",         "HEAD",
    "LINK",      "LOCK",   "M-SEARCH", "MERGE",  "MKACTIVITY", "MKCALENDAR",  "MKCOL",
    "MOVE",      "NOTIFY", "OPTIONS",  "PATCH",  "POST",       "PROPFIND",    "PROPPATCH",
    "PURGE",     "PUT",    "QUERY",    "REBIND", "REPORT",     "SEARCH",      "SOURCE",
    "SUBSCRIBE", "TRACE",  "UNBIND",   "UNLINK", "UNLOCK",     "UNSUBSCRIBE",
};

bool is_known_method(std::string_view method) noexcept {
  return std::binary_search(std::begin(methods), std::end(methods), method);
}

/// Origin form, `*` or absolute form (RFC 9112 section 3.2), in ASCII. Beast has refused blanks and
/// control characters.
bool is_target(std::string_view target) noexcept {
  const char first = target.front();
  return (first == '/' || first == '*' || (is_alphanumeric(first) && !is_digit(first))) &&
         std::all_of(target.begin(), target.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_length(std::string_view value) noexcept {
  return !value.empty() && std::all_of(value.begin(), value.end(), is_digit);
}

std::string_view to_std(beast::string_view text) noexcept { return {text.data(), text.size()}; }

/// The end of a chunked body has at least these: `0 CR LF CR LF`. Beast asserts that it gets them.
constexpr std::size_t min_chunked_end = 5;

ErrorCode refusal() noexcept { return bhttp::error::bad_value; }

}  // namespace

/// One request in Beast's parser, with what Beast is too lenient about.
class RequestParser::Message final : public bhttp::basic_parser<true> {
 public:
  explicit Message(HttpRequest& request) : request_(&request) {
    header_limit(std::numeric_limits<std::uint32_t>::max());  // HeadScanner has checked
    body_limit(boost::none);                                  // BodyReader does
  }

  [[nodiscard]] bool parse_head(std::string_view head) {
    ErrorCode error;
    const auto parsed = put({head.data(), head.size()}, error);
    request_ = nullptr;
    return !error && is_header_done() && parsed == head.size() && has_required_host();
  }

  [[nodiscard]] RequestTraits traits(std::string_view method) const {
    return {.keep_alive = keep_alive(),
            .upgrade = is_upgrade(),
            .head_only = method == "HEAD",
            .expectation = http_1_0_ ? RequestTraits::Expectation::none : expectation_};
  }

  /// The part of the body that put() has found since the last call.
  [[nodiscard]] std::string_view take_piece() noexcept { return std::exchange(piece_, {}); }

  [[nodiscard]] std::size_t extension_bytes() const noexcept { return extension_bytes_; }

 private:
  using View = beast::string_view;

  /// Beast's upgrade() looks at Connection only.
  [[nodiscard]] bool is_upgrade() const { return upgrade() && names_protocol_; }

  /// Node lets upgrades pass without.
  [[nodiscard]] bool has_required_host() const { return hosts_ == 1 || http_1_0_ || is_upgrade(); }

  void on_request_impl(bhttp::verb, View method, View target, int version,
                       ErrorCode& error) override {
    if (!is_known_method(to_std(method)) || !is_target(to_std(target))) {
      error = refusal();
      return;
    }
    request_->method = to_std(method);
    request_->target = to_std(target);
    http_1_0_ = version == 10;
  }

  void on_field_impl(bhttp::field field, View name, View value, ErrorCode& error) override {
    const bool is_trailer = request_ == nullptr;
    if (is_trailer) {
      return;
    }
    if (!accept(field, to_std(value)) || !request_->headers.add(to_std(name), to_std(value))) {
      error = refusal();
    }
  }

  /// The fields that frame the request. A second one is refused even if it says the same.
  bool accept(bhttp::field field, std::string_view value) {
    switch (field) {
      case bhttp::field::content_length:
        return ++lengths_ == 1 && is_length(value);
      case bhttp::field::transfer_encoding:
        return !http_1_0_ && equal_ignoring_case(value, "chunked");
      case bhttp::field::host:
        return ++hosts_ == 1;
      case bhttp::field::upgrade:
        names_protocol_ = true;
        return true;
      case bhttp::field::expect:
        expectation_ = equal_ignoring_case(value, "100-continue")
                           ? RequestTraits::Expectation::continue_100
                           : RequestTraits::Expectation::unknown;
        return true;
      default:
        return true;
    }
  }

  std::size_t on_body_impl(View body, ErrorCode&) override {
    piece_ = to_std(body);
    return body.size();
  }
  std::size_t on_chunk_body_impl(std::uint64_t, View body, ErrorCode&) override {
    piece_ = to_std(body);
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, View extension, ErrorCode&) override {
    extension_bytes_ += extension.size();
  }

  void on_response_impl(int, View, int, ErrorCode&) override {}
  void on_header_impl(ErrorCode&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  void on_finish_impl(ErrorCode&) override {}

  HttpRequest* request_;  ///< while the head is parsed
  std::string_view piece_;
  std::size_t extension_bytes_ = 0;
  RequestTraits::Expectation expectation_ = RequestTraits::Expectation::none;
  unsigned hosts_ = 0;
  unsigned lengths_ = 0;
  bool names_protocol_ = false;
  bool http_1_0_ = false;
};

RequestParser::RequestParser(const Limits& limits) : limits_(limits) {}

RequestParser::~RequestParser() = default;

RequestParser::Step RequestParser::parse(std::span<char> bytes, HttpRequest& request) {
  return in_request_ ? parse_body(bytes) : parse_head(bytes, request);
}

RequestParser::Step RequestParser::parse_head(std::span<char> bytes, HttpRequest& request) {
  std::string_view input(bytes.data(), bytes.size());
  std::size_t skipped = 0;
  while (input.starts_with("\r\n")) {  // RFC 9112 section 2.2: some clients end a body with it
    input.remove_prefix(2);
    skipped += 2;
  }
  if (input.empty() || input == "\r") {
    return {.consumed = skipped};
  }
  switch (scanner_.scan(input, limits_)) {
    case HeadScanner::Result::complete:
      break;
    case HeadScanner::Result::need_more:
      return {.consumed = skipped};
    case HeadScanner::Result::malformed:
      return fail(400);
    case HeadScanner::Result::request_line_too_long:
      return fail(414);
    case HeadScanner::Result::too_large:
      return fail(431);
  }
  const auto head = input.substr(0, scanner_.head_size());
  scanner_.reset();
  if (!begin_message(head, request)) {
    return fail(400);
  }
  return {.event = Event::head, .consumed = skipped + head.size()};
}

bool RequestParser::begin_message(std::string_view head, HttpRequest& request) {
  request.headers.clear();
  Message message(request);
  if (!message.parse_head(head)) {
    return false;
  }
  traits_ = message.traits(request.method);
  in_request_ = true;
  if (!message.is_done()) {
    message_ = std::make_unique<Message>(std::move(message));
  }
  return true;
}

RequestParser::Step RequestParser::parse_body(std::span<char> bytes) {
  if (message_ == nullptr || message_->is_done()) {
    reset();
    return {.event = Event::end};
  }
  const auto needed = message_->chunked() ? min_chunked_end : 1;
  std::size_t consumed = 0;
  while (bytes.size() - consumed >= needed) {
    const auto rest = bytes.subspan(consumed);
    ErrorCode error;
    const auto parsed = message_->put({rest.data(), rest.size()}, error);
    const bool needs_more = error == bhttp::error::need_more;
    if (error && !needs_more) {
      return fail(400);
    }
    const auto piece = message_->take_piece();
    const auto framing = needs_more ? rest.size() : parsed - piece.size();
    if (std::max(framing, message_->extension_bytes()) > limits_.http_head_bytes) {
      return fail(413);
    }
    if (needs_more) {
      break;
    }
    consumed += parsed;
    if (!piece.empty()) {
      const auto offset = static_cast<std::size_t>(piece.data() - bytes.data());
      return {
          .event = Event::body, .consumed = consumed, .body = bytes.subspan(offset, piece.size())};
    }
    if (message_->is_done()) {
      reset();
      return {.event = Event::end, .consumed = consumed};
    }
  }
  return {.consumed = consumed};
}

void RequestParser::reset() noexcept {
  in_request_ = false;
  message_.reset();
}

std::optional<std::uint64_t> RequestParser::body_remaining() const {
  if (message_ == nullptr || message_->is_done()) {
    return 0;
  }
  const auto remaining = message_->content_length_remaining();
  return remaining ? std::optional<std::uint64_t>(*remaining) : std::nullopt;
}

RequestParser::Step RequestParser::fail(unsigned status) noexcept {
  reset();
  return {.event = Event::error, .status = status};
}

}  // namespace engineio::http
