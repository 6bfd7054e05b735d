#include "engineio/core/engine.hpp"

#include <array>

#include "engineio/core/random.hpp"
#include "engineio/http/cookie.hpp"
#include "engineio/http/cors.hpp"
#include "engineio/http/responder.hpp"
#include "engineio/http/status.hpp"
#include "engineio/websocket/handshake.hpp"
#include "engineio/websocket/permessage_deflate.hpp"

namespace engineio::core {

using protocol::HandshakeError;

namespace {

// Clients of protocol 3 that begin to listen once the handshake is answered (those of the official
// test suite, for one) lose an open packet that arrives in the same read.
constexpr std::chrono::milliseconds v3_open_delay{15};

constexpr std::string_view draining_message = "The server is going down";

std::optional<TransportName> parse_transport(std::string_view name) {
  if (name == "polling") {
    return TransportName::polling;
  }
  if (name == "websocket") {
    return TransportName::websocket;
  }
  return std::nullopt;
}

// What Node's checkInvalidHeaderChar() lets through: tab and everything printable.
bool is_valid_header_value(std::string_view value) {
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && byte != '\t') || byte == 0x7f) {
      return false;
    }
  }
  return true;
}

std::string raw_refusal(unsigned status, std::string_view text) {
  std::string raw = http::status_line(status);
  raw += "Connection: close\r\nContent-type: text/html\r\nContent-Length: ";
  raw += std::to_string(text.size());
  raw += "\r\n\r\n";
  raw += text;
  return raw;
}

websocket::UpgradeRequest upgrade_request(const HttpRequest& request) {
  return {.method = request.method,
          .upgrade = request.headers.get("upgrade"),
          .key = request.headers.get("sec-websocket-key"),
          .version = request.headers.get("sec-websocket-version"),
          .protocol = request.headers.get("sec-websocket-protocol")};
}

}  // namespace

Engine::Engine(const Config& config, Shard& shard)
    : config_(config),
      shard_(shard),
      resources_(config.options),
      home_{shard_, *this, resources_, counters_} {}

Engine::~Engine() = default;

void Engine::on_request(std::shared_ptr<http::Exchange> exchange) {
  const std::string_view target = exchange->request().target;
  if (!target.starts_with(config_.path)) {
    if (exchange->is_upgrade() && config_.options.destroy_upgrade) {
      on_foreign_upgrade(std::move(exchange));
    } else {
      on_application_request(std::move(exchange));
    }
    return;
  }
  Request request;
  request.query.parse(protocol::split_target(target).query);
  request.upgrade = exchange->is_upgrade() && is_enabled(config_.options, TransportName::websocket);
  request.exchange = std::move(exchange);

  if (hand_to_owner(request) || !run_middlewares(request)) {
    return;
  }
  EngineSession* session = find(request.parameter("sid"));
  if (const auto refusal = verify(request, session)) {
    refuse(request, *refusal);
  } else if (session != nullptr) {
    serve_session(std::move(request), *session);
  } else if (drain_ != nullptr) {
    refuse_while_draining(request);
  } else {
    ask_application(std::move(request));
  }
}

// --- Not Engine.IO ------------------------------------------------------------------------------

void Engine::on_application_request(std::shared_ptr<http::Exchange> exchange) {
  const HttpRequest& request = exchange->request();
  const HttpHandler* handler = config_.find_route(request.method, request.path());
  if (handler == nullptr) {
    exchange->respond(404, {});
    return;
  }
  http::Exchange& reference = *exchange;
  reference.read_body(
      config_.options.max_http_buffer_size,
      [this, handler, exchange = std::move(exchange)](http::BodyEnd end, std::span<char> body) {
        if (end == http::BodyEnd::too_large) {
          exchange->respond(413, {});
          return;
        }
        HttpRequest full = exchange->take_request();
        full.body.assign(body.data(), body.size());
        (*handler)(full, http::make_responder(exchange, shard_));
      });
}

// Node gives other users of its HTTP server this time to answer.
void Engine::on_foreign_upgrade(std::shared_ptr<http::Exchange> exchange) {
  const http::Exchange* key = exchange.get();
  exchange->on_abort([this, key] { foreign_upgrades_.erase(key); });
  auto timer = std::make_unique<Timer>();
  shard_.timers().start(*timer, shard_.now() + config_.options.destroy_upgrade_timeout,
                        [this, key, exchange = std::move(exchange)] {
                          const auto kept = std::move(foreign_upgrades_.at(key));
                          foreign_upgrades_.erase(key);
                          exchange->on_abort({});
                          exchange->write_and_end({});
                        });
  foreign_upgrades_.emplace(key, std::move(timer));
}

// --- Checks -------------------------------------------------------------------------------------

// The requests of one session may arrive on any shard; the connection moves to the session's.
bool Engine::hand_to_owner(const Request& request) {
  const std::string_view sid = request.parameter("sid");
  if (config_.shards == 1 || sid.empty()) {
    return false;
  }
  const auto owner = config_.sid_codec.shard_of(sid);
  if (!owner || *owner == shard_.index()) {
    return false;
  }
  if (request.exchange->first_in_line()) {
    request.exchange->migrate(*owner);
  } else {
    request.exchange->retry_when_first();
  }
  return true;
}

bool Engine::run_middlewares(Request& request) {
  if (config_.options.cors.enabled() &&
      http::apply_cors(config_.options.cors, request.http(), request.headers)) {
    request.exchange->respond(config_.options.cors.options_success_status, request.headers);
    return false;
  }
  for (const Options::Middleware& middleware : config_.options.middlewares) {
    if (auto response = middleware(request.http(), request.headers)) {
      request.headers.for_each([&](std::string_view name, std::string_view value) {
        response->headers.add(name, value);
      });
      request.exchange->respond(*response);
      return false;
    }
  }
  return true;
}

std::optional<Engine::Refusal> Engine::verify(const Request& request,
                                              const EngineSession* session) const {
  const std::string_view transport_name = request.parameter("transport");
  const auto transport = parse_transport(transport_name);
  if (!transport || !is_enabled(config_.options, *transport)) {
    return Refusal{HandshakeError::transport_unknown, "", std::string(transport_name)};
  }
  const std::string_view origin = request.http().headers.get("origin").value_or("");
  if (!is_valid_header_value(origin)) {
    return Refusal{HandshakeError::bad_request, "INVALID_ORIGIN", std::string(origin)};
  }
  if (!request.parameter("sid").empty()) {
    return verify_session(request, session);
  }
  if (request.http().method != "GET") {
    return Refusal{HandshakeError::bad_handshake_method, "", request.http().method};
  }
  if (*transport == TransportName::websocket && !request.upgrade) {
    return Refusal{HandshakeError::bad_request, "TRANSPORT_HANDSHAKE_ERROR"};
  }
  return std::nullopt;
}

std::optional<Engine::Refusal> Engine::verify_session(const Request& request,
                                                      const EngineSession* session) {
  if (session == nullptr) {
    return Refusal{HandshakeError::session_id_unknown, "", std::string(request.parameter("sid"))};
  }
  const std::string_view transport = request.parameter("transport");
  if (!request.upgrade && parse_transport(transport) != session->transport()) {
    return Refusal{HandshakeError::bad_request, "TRANSPORT_MISMATCH", std::string(transport)};
  }
  if (static_cast<unsigned>(request.version()) != session->protocol()) {
    return Refusal{HandshakeError::bad_request, "PROTOCOL_MISMATCH",
                   std::string(request.parameter("EIO"))};
  }
  if (!request.upgrade && session->transport() == TransportName::websocket) {
    return Refusal{HandshakeError::bad_request, "TRANSPORT_HANDSHAKE_ERROR"};
  }
  return std::nullopt;
}

void Engine::refuse(Request& request, const Refusal& refusal) {
  counters_.requests_refused.add();
  const std::string_view text =
      refusal.message.empty() ? protocol::message(refusal.error) : refusal.message;
  if (config_.on_connection_error) {
    config_.on_connection_error(
        {request.http(), static_cast<unsigned>(refusal.error), text, refusal.name, refusal.detail});
  }
  if (request.upgrade) {
    request.exchange->write_and_end(raw_refusal(400, text));
    return;
  }
  request.headers.add("Content-Type", "application/json");
  request.exchange->respond(protocol::http_status(refusal.error), request.headers,
                            protocol::error_body(refusal.error, refusal.message));
}

// A load balancer takes 503 for an invitation to try another server.
void Engine::refuse_while_draining(Request& request) {
  counters_.requests_refused.add();
  if (request.upgrade) {
    request.exchange->write_and_end(raw_refusal(503, draining_message));
    return;
  }
  request.headers.add("Content-Type", "text/plain");
  request.exchange->respond(503, request.headers, draining_message);
}

// --- A request of a session ---------------------------------------------------------------------

void Engine::serve_session(Request request, EngineSession& session) {
  if (request.upgrade) {
    const bool wants_websocket = request.parameter("transport") == "websocket";
    WebSocketTransport* candidate = accept_websocket(request, false);
    if (candidate != nullptr && !(wants_websocket && session.begin_upgrade(*candidate))) {
      candidate->detach_and_close();
    }
    return;
  }
  PollingTransport& polling = *session.polling();
  const std::string& method = request.http().method;
  if (method == "GET") {
    polling.on_poll({std::move(request.exchange), std::move(request.headers)});
  } else if (method == "POST") {
    polling.on_data({std::move(request.exchange), std::move(request.headers)});
  } else {
    request.exchange->respond(500, request.headers);
  }
}

// --- A new session ------------------------------------------------------------------------------

void Engine::ask_application(Request request) {
  if (!config_.options.allow_request) {
    begin_session(std::move(request));
    return;
  }
  // The decision may come from any thread and after the client has gone.
  auto shared = std::make_shared<Request>(std::move(request));
  config_.options.allow_request(shared->http(), [this, shared](AllowDecision decision) {
    auto proceed = [this, shared, decision = std::move(decision)] {
      if (shared->exchange == nullptr || shared->exchange->stream() == nullptr) {
        return;  // decided twice, or nobody is there any more
      }
      Request decided = std::move(*shared);
      if (decision.allowed) {
        begin_session(std::move(decided));
      } else {
        refuse(decided, {HandshakeError::forbidden, "", decision.message, decision.message});
      }
    };
    if (shard_.is_current()) {
      proceed();
    } else {
      shard_.post(std::move(proceed));
    }
  });
}

void Engine::begin_session(Request request) {
  if (request.version() == protocol::Version::v3 && !config_.options.allow_eio3) {
    refuse(request, {HandshakeError::unsupported_protocol_version, "",
                     std::string(request.parameter("EIO"))});
    return;
  }
  auto id = make_id(request.http());
  if (closed_ || !id || find(*id) != nullptr) {
    refuse(request, {HandshakeError::bad_request, "ID_GENERATION_ERROR"});
  } else if (request.upgrade) {
    begin_websocket(std::move(request), std::move(*id));
  } else {
    begin_polling(std::move(request), std::move(*id));
  }
}

std::optional<std::string> Engine::make_id(const HttpRequest& request) const {
  if (config_.options.generate_id) {
    return config_.options.generate_id(request);
  }
  std::array<std::byte, protocol::sid_entropy_size> random;
  fill_random(random);
  return std::string(protocol::view(config_.sid_codec.make(random, shard_.index())));
}

void Engine::begin_polling(Request request, std::string id) {
  const protocol::Version version = request.version();
  PollingSettings settings{
      .version = version, .base64 = !request.parameter("b64").empty(), .jsonp = std::nullopt};
  if (const auto jsonp = request.query.get("j")) {
    settings.jsonp = std::string(*jsonp);
  }
  if (config_.options.cookie) {
    request.headers.add("Set-Cookie", http::set_cookie(*config_.options.cookie, id));
  }
  if (config_.options.initial_headers) {
    config_.options.initial_headers(request.headers, request.http());
  }
  EngineSession& session = add_session(std::move(id), version, request.http());
  session.attach_polling(std::move(settings),
                         {std::move(request.exchange), std::move(request.headers)});
  session.open(config_.acceptor);
}

void Engine::begin_websocket(Request request, std::string id) {
  const protocol::Version version = request.version();
  const bool wants_websocket = request.parameter("transport") == "websocket";
  HttpRequest handshake = request.http();
  WebSocketTransport* transport = accept_websocket(request, true);
  if (transport == nullptr) {
    return;
  }
  if (!wants_websocket) {
    transport->detach_and_close();
    return;
  }
  EngineSession& session = add_session(std::move(id), version, std::move(handshake));
  session.attach_websocket(*transport);
  if (version == protocol::Version::v3) {
    session.open_after(v3_open_delay, config_.acceptor);
  } else {
    session.open(config_.acceptor);
  }
}

struct Engine::Compression {
  std::string response;  // value of the Sec-WebSocket-Extensions field; empty: none was agreed on
  std::unique_ptr<websocket::MessageCompression> state;
};

// nullopt: the client's offer is malformed.
std::optional<Engine::Compression> Engine::negotiate_compression(const HttpRequest& request) {
  Compression compression;
  const auto offer = request.headers.get("sec-websocket-extensions");
  if (!config_.options.per_message_deflate || !offer) {
    return compression;
  }
  auto negotiation = websocket::negotiate_deflate(*offer, resources_.deflate.options());
  if (!negotiation.valid) {
    return std::nullopt;
  }
  if (negotiation.agreement) {
    compression.response = std::move(negotiation.agreement->response);
    compression.state = std::make_unique<websocket::MessageCompression>(
        negotiation.agreement->parameters, resources_.deflate);
  }
  return compression;
}

// Null when the request is no WebSocket handshake (RFC 6455 section 4.2) and was refused as such.
WebSocketTransport* Engine::accept_websocket(Request& request, bool is_handshake) {
  const HttpRequest& http = request.http();
  const websocket::UpgradeRequest upgrade = upgrade_request(http);
  if (const auto refusal = websocket::check_upgrade(upgrade)) {
    request.exchange->write_and_end(raw_refusal(refusal->status, refusal->message));
    return nullptr;
  }
  auto compression = negotiate_compression(http);
  if (!compression) {
    request.exchange->write_and_end(raw_refusal(400, websocket::invalid_extensions_message));
    return nullptr;
  }
  if (is_handshake && config_.options.initial_headers) {
    config_.options.initial_headers(request.headers, http);
  }
  if (config_.options.headers) {
    config_.options.headers(request.headers, http);
  }
  std::string head;
  websocket::append_switching_protocols(head, upgrade, compression->response);
  head += request.headers.block();
  head += "\r\n";

  const WebSocketSettings settings{.version = request.version(),
                                   .base64 = !request.parameter("b64").empty(),
                                   .close_timeout = config_.options.limits.websocket_close_timeout};
  auto transport =
      std::make_unique<WebSocketTransport>(*request.exchange->stream(), shard_, settings,
                                           config_.decoder_limits, std::move(compression->state));
  WebSocketTransport* accepted = transport.get();
  request.exchange->upgrade(std::move(head), std::move(transport));
  return accepted;
}

// --- Sessions -----------------------------------------------------------------------------------

EngineSession& Engine::add_session(std::string id, protocol::Version version,
                                   HttpRequest handshake) {
  handshake.headers.shrink_to_fit();
  auto session = std::make_unique<EngineSession>(
      config_.options, home_, std::move(id), static_cast<unsigned>(version), std::move(handshake));
  EngineSession& added = *session;
  sessions_.emplace(added.id(), std::move(session));
  counters_.sessions.add();
  if (config_.on_session_begins) {
    config_.on_session_begins(added);
  }
  return added;
}

EngineSession* Engine::find(std::string_view sid) const {
  const auto found = sessions_.find(sid);
  return found == sessions_.end() ? nullptr : found->second.get();
}

// The session may be further up the call stack, so it lives until the end of the turn.
void Engine::on_session_closed(EngineSession& session) {
  auto node = sessions_.extract(session.id());
  counters_.sessions.subtract();
  if (config_.on_session_ended) {
    config_.on_session_ended(session);
  }
  shard_.after_turn([gone = std::move(node.mapped())] {});
}

void Engine::for_each_session(const std::function<void(Session&)>& visit) {
  for (const auto& entry : sessions_) {
    visit(*entry.second);
  }
}

void Engine::drain(std::chrono::milliseconds span, Task on_drained) {
  std::vector<std::string> ids;
  for (const auto& entry : sessions_) {
    ids.emplace_back(entry.first);
  }
  drain_ = std::make_unique<Drain>(shard_, std::move(ids), span,
                                   Drain::Actions{.close =
                                                      [this](const std::string& id) {
                                                        if (EngineSession* session = find(id)) {
                                                          session->close();
                                                        }
                                                      },
                                                  .is_empty = [this] { return sessions_.empty(); },
                                                  .on_drained = std::move(on_drained)});
}

void Engine::close() {
  closed_ = true;
  while (!sessions_.empty()) {
    sessions_.begin()->second->discard_and_close();
  }
}

}  // namespace engineio::core
