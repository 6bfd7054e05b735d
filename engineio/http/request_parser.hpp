#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "engineio/http.hpp"
#include "engineio/http/head_scanner.hpp"
#include "engineio/options.hpp"

namespace engineio::http {

/// What a request's head means for its connection.
struct RequestTraits {
  enum class Expectation : std::uint8_t { none, continue_100, unknown };

  bool keep_alive = true;  ///< RFC 9112 section 9.3, also for HTTP/1.0
  bool upgrade = false;    ///< `Connection: upgrade` and an Upgrade field
  bool head_only = false;  ///< the method is HEAD
  Expectation expectation = Expectation::none;
};

/// Parses HTTP/1.x requests (RFC 9112), without I/O. As strict as Node: what two implementations
/// could frame differently is refused.
///
/// It keeps no bytes: whoever calls it presents what was not consumed again, in front of the next
/// bytes. Splitting the input anywhere gives the same requests. One instance parses all requests of
/// a connection, and holds no memory but while a body is being received.
class RequestParser {
 public:
  enum class Event : std::uint8_t {
    need_more,
    head,   ///< `request` and traits() are filled
    body,   ///< Step::body, a part of the input with its transfer coding removed
    end,    ///< the request is complete
    error,  ///< answer Step::status, then close; the parser is of no further use
  };

  struct Step {
    Event event = Event::need_more;
    std::size_t consumed = 0;
    std::span<char> body{};
    unsigned status = 0;
  };

  /// Limits::http_head_bytes also bounds the framing of a chunked body: a chunk's line, the
  /// trailer fields, and all chunk extensions together.
  explicit RequestParser(const Limits& limits);
  ~RequestParser();

  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  /// The next event. `end` may come without new bytes: call again until it asks for more.
  /// `request` is filled when the event is `head`, and of no meaning otherwise.
  [[nodiscard]] Step parse(std::span<char> bytes, HttpRequest& request);

  /// Forgets a request whose head was reported: the next bytes begin a new one.
  void reset() noexcept;

  /// Of the request whose head was reported last.
  [[nodiscard]] const RequestTraits& traits() const noexcept { return traits_; }

  /// A head was reported and its end was not.
  [[nodiscard]] bool in_request() const noexcept { return in_request_; }

  /// The bytes of the body still to come; nullopt if it is chunked. Only while in_request().
  [[nodiscard]] std::optional<std::uint64_t> body_remaining() const;

 private:
  class Message;

  Step parse_head(std::span<char> bytes, HttpRequest& request);
  bool begin_message(std::string_view head, HttpRequest& request);
  Step parse_body(std::span<char> bytes);
  Step fail(unsigned status) noexcept;

  const Limits& limits_;
  HeadScanner scanner_;
  RequestTraits traits_;
  bool in_request_ = false;
  std::unique_ptr<Message> message_;  ///< only while a body is being received
};

}  // namespace engineio::http
