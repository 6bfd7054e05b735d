#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engineio/http.hpp"

namespace engineio {

/// Cross-origin resource sharing, as the npm package `cors` does it. CORS never refuses a request
/// and does not cover WebSocket: browsers enforce it. To refuse, use Options::allowed_origins.
struct Cors {
  struct Off {};
  struct ReflectOrigin {};                                      ///< the request's own
  using OriginPattern = std::variant<std::string, std::regex>;  ///< exact, or searched
  using OriginList = std::vector<OriginPattern>;
  using OriginFunction = std::function<bool(std::string_view origin)>;  ///< on the shard's thread

  /// Whom to allow. A string is one exact origin, or `*` for any. Off: no CORS header at all.
  std::variant<Off, std::string, std::regex, OriginList, OriginFunction, ReflectOrigin> origin = {};
  std::string methods = "GET,HEAD,PUT,PATCH,POST,DELETE";
  std::optional<std::string> allowed_headers = {};  ///< nullopt: what the preflight asks for
  std::optional<std::string> exposed_headers = {};
  bool credentials = false;
  std::optional<std::chrono::seconds> max_age = {};
  unsigned options_success_status = 204;

  [[nodiscard]] bool enabled() const noexcept { return !std::holds_alternative<Off>(origin); }
};

/// The cookie on the response to a polling handshake. Its value is the session id. Useful only for
/// load balancers that route by cookie.
struct Cookie {
  enum class SameSite { unset, strict, lax, none };

  std::string name = "io";  ///< a token (RFC 6265); checked when the server starts
  std::optional<std::string> path = "/";
  std::optional<std::string> domain = {};
  std::optional<std::chrono::seconds> max_age = {};
  bool http_only = true;
  bool secure = false;
  bool partitioned = false;
  SameSite same_site = SameSite::lax;
};

/// gzip or deflate on answers to polls.
struct HttpCompression {
  std::size_t threshold = 1024;  ///< bytes; smaller bodies are left alone
  int level = 6;                 ///< zlib's, 1 to 9
};

/// permessage-deflate (RFC 7692). Costs memory and time for each connection; off by default.
struct PerMessageDeflate {
  std::size_t threshold = 1024;  ///< bytes; applies when the server's context is not kept
  int level = 6;                 ///< zlib's, 1 to 9
  /// True: no window is held between messages. False, as in Node: better compression, and up to
  /// 300 kB for each connection that uses it.
  bool server_no_context_takeover = false;
  bool client_no_context_takeover = false;
  int server_max_window_bits = 15;  ///< 9 to 15
};

/// Certificates and keys are PEM files. Server::reload_tls() reads them again without a restart.
struct Tls {
  std::string certificate_file = {};  ///< the leaf first, then its chain
  std::string private_key_file = {};
  std::string ca_file = {};  ///< to verify client certificates with; empty: none are asked for
  bool require_client_certificate = false;
};

/// So many in so much time: a bucket that holds `burst` and fills by `per_second`.
struct RateLimit {
  std::uint32_t per_second = 0;  ///< 0: any number
  std::uint32_t burst = 0;       ///< at once, after a pause; 0: what comes in one second
};

/// Limits on what one peer, or all peers together, may cost. Every one is enforced. Those of an
/// address are off by default: behind a proxy that Options::trusted_proxies does not name, all
/// clients have one address. Of IPv6, 2^64 addresses (a /64 network) count as one.
struct Limits {
  std::size_t http_head_bytes = 16 * 1024;   ///< request line and headers; more: 431
  std::size_t http_header_fields = 100;      ///< more: 431
  std::size_t http_pipelined_requests = 16;  ///< unanswered on one connection; then reading pauses
  std::chrono::milliseconds http_head_timeout{60'000};  ///< first byte of a head to its last
  std::chrono::milliseconds http_body_timeout{60'000};  ///< end of the head to end of the body
  std::chrono::milliseconds keep_alive_timeout{
      65'000};  ///< idle between requests; above that of usual proxies (60 s)
  std::size_t websocket_frames_per_message = 16 * 1024;  ///< data frames; more: close 1008
  std::size_t packets_per_payload = 10'000;  ///< of one polling request; more: parse error
  std::size_t outgoing_queue_bytes = 64 * 1024 * 1024;  ///< unsent to one session; more closes it
  std::chrono::milliseconds write_stall_timeout{
      30'000};                              ///< unsent bytes and no progress downward; closes
  std::chrono::milliseconds linger{2'000};  ///< for the peer to close after we did
  std::chrono::milliseconds websocket_close_timeout{30'000};  ///< for the peer's close frame
  std::chrono::milliseconds polling_close_timeout{
      30'000};  ///< for the GET that fetches the close packet
  std::chrono::milliseconds last_poll_timeout{
      50};                      ///< for the GET sent before the POST that closes
  std::size_t connections = 0;  ///< of the whole server; 0: as many as descriptors allow
  std::size_t connections_per_address =
      0;  ///< TCP connections of one peer, proxies not counted; 0: any
  std::size_t sessions_per_address = 0;  ///< of one client, seen through proxies; more: 429; 0: any
  RateLimit handshakes_per_address = {};  ///< of one client, seen through proxies; more: 429
  std::size_t mailbox_tasks = 1'000'000;  ///< waiting for one shard
  std::size_t mailbox_bytes =
      256 * 1024 * 1024;  ///< of packets that wait for one shard; then no more
};

enum class TransportName : std::uint8_t { polling, websocket };

/// A shard that has not come back from its turn, most likely from a handler of the application.
struct Stall {
  unsigned shard = 0;
  std::chrono::milliseconds duration{0};  ///< so far
  bool over = false;                      ///< told a second time, when the shard goes on
  /// Words that continue "busy with": "`message` of `/chat`", an HTTP request, a middleware; empty
  /// where that is not known.
  std::string_view activity = {};  ///< lives during the call
};

/// The answer of Options::allow_request.
struct AllowDecision {
  bool allowed = true;
  std::string message = {};  ///< for the refused client; empty: `Forbidden`
};

/// Options of an Engine.IO server. Names and defaults are those of the Node server.
struct Options {
  std::string path = {};           ///< empty: `/engine.io`, or `/socket.io` for Socket.IO
  bool add_trailing_slash = true;  ///< false: every path that begins with `path` matches

  std::chrono::milliseconds ping_interval{25'000};
  std::chrono::milliseconds ping_timeout{20'000};
  std::chrono::milliseconds upgrade_timeout{10'000};
  std::size_t max_http_buffer_size =
      1'000'000;  ///< bytes of a message or a request body; sent as maxPayload

  std::vector<TransportName> transports{TransportName::polling, TransportName::websocket};
  bool allow_upgrades = true;  ///< false: no upgrade is advertised (an attempt still succeeds)
  bool allow_eio3 = false;     ///< also serve protocol 3 (Socket.IO v2 clients)

  /// Decides on each handshake (not on later requests). `decide` may be called later and from any
  /// thread.
  std::function<void(const HttpRequest& request, std::function<void(AllowDecision)> decide)>
      allow_request = {};

  /// The origins that may open a session, over polling and WebSocket alike; empty: all. A handshake
  /// from another one is answered 403. So is one without an Origin header that comes from a page
  /// all the same: JSONP, or where Sec-Fetch-Site names another site. The rest is no browser's, or
  /// of pages of this server, and passes.
  Cors::OriginList allowed_origins = {};

  /// Runs before each Engine.IO request, in order. A middleware may add `headers` to the response.
  /// An answer ends the request there; nullopt goes on.
  using Middleware =
      std::function<std::optional<HttpResponse>(const HttpRequest& request, HttpHeaders& headers)>;
  std::vector<Middleware> middlewares = {};

  /// Called once per session, with the headers of the handshake's response, which it may change.
  std::function<void(HttpHeaders& headers, const HttpRequest& request)> initial_headers = {};
  /// Called for each response to a poll or a POST and for the response to a WebSocket handshake.
  std::function<void(HttpHeaders& headers, const HttpRequest& request)> headers = {};

  /// Replaces the random part of session ids: must return something unique, of 1 to 64 characters
  /// of `A-Za-z0-9_-`, or nullopt to refuse the handshake. Ids of its own do not carry their shard,
  /// so it needs `threads = 1`.
  std::function<std::optional<std::string>(const HttpRequest& request)> generate_id = {};

  std::optional<std::string> initial_packet =
      {};  ///< a text message that follows the handshake at once

  Cors cors = {};
  std::optional<Cookie> cookie = {};
  std::optional<HttpCompression> http_compression = HttpCompression{};
  std::optional<PerMessageDeflate> per_message_deflate = {};

  bool destroy_upgrade = true;  ///< close connections that ask for an upgrade on a foreign path ...
  std::chrono::milliseconds destroy_upgrade_timeout{1'000};  ///< ... after this time

  /// Addresses and networks (`10.0.0.0/8`, `::1`; `unix` for listen_unix()) whose
  /// `X-Forwarded-For` is believed: HttpRequest::client_address is the last address there that is
  /// not one of them. Without them nobody is believed.
  std::vector<std::string> trusted_proxies = {};
  /// Connections from trusted proxies begin with a PROXY header, version 1 or 2 (HAProxy's
  /// `send-proxy`, AWS's NLB), whose source becomes the connection's address; one without it is
  /// closed.
  bool proxy_protocol = false;

  unsigned threads = 0;  ///< shards; 0: one for each core
  /// A shard that is busy for this long with one turn is reported to `on_stall`, and the others
  /// accept its new connections until that is over; 0: nobody watches.
  std::chrono::milliseconds stall_threshold{1'000};
  /// Called from a thread of its own when a stall has lasted that long, and when it is over. It
  /// should return soon: no other stall is noticed meanwhile. Empty: nobody is told. Socket.IO's
  /// server logs it as a warning where this is empty.
  std::function<void(const Stall&)> on_stall = {};
  /// Sends to many connections with one system call where the kernel offers it (Linux 5.19).
  bool io_uring = true;
  Limits limits = {};
};

}  // namespace engineio
