#include "engineio/core/engine.hpp"

#include "engineio/core/client_address.hpp"
#include "engineio/http/cors.hpp"
#include "engineio/http/origin.hpp"
#include "engineio/http/responder.hpp"
#include "engineio/http/status.hpp"

namespace engineio::core {

using protocol::HandshakeError;

namespace {

constexpr std::string_view draining_message = "The server is going down";

// When a client whose address has too many sessions may ask again. Sooner would be in vain: one
// that has vanished is noticed by the heartbeat only.
constexpr std::chrono::seconds retry_after_sessions{10};
// The rate is one or more in a second.
constexpr std::chrono::seconds retry_after_handshakes{1};

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

// For Activity; without the query, which may hold secrets.
std::string describe_request(const void* request) {
  const auto& asked = *static_cast<const HttpRequest*>(request);
  return asked.method + " " + quoted(asked.path());
}

}  // namespace

Engine::Engine(const Config& config, Shard& shard)
    : config_(config),
      shard_(shard),
      resources_(config.options),
      home_{shard_, *this, resources_, counters_} {}

Engine::~Engine() = default;

void Engine::on_request(std::shared_ptr<http::Exchange> exchange) {
  if (!config_.trusted_proxies.empty()) {
    exchange->set_forwarded_address(client_address(config_.trusted_proxies, exchange->request()));
  }
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
  } else if (const auto excluded = admit(request)) {
    refuse(request, *excluded);
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
        const Activity activity(shard_.activity(), &full, describe_request);
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
  const Activity activity(shard_.activity(), "a middleware for HTTP");
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

bool Engine::has_allowed_origin(const Request& request) const {
  const auto& allowed = config_.options.allowed_origins;
  if (allowed.empty()) {
    return true;
  }
  const HttpHeaders& headers = request.http().headers;
  const auto origin = headers.get("origin");
  return http::is_listed(allowed, origin.value_or("")) ||
         (!origin && !http::comes_from_elsewhere(headers, request.query.get("j").has_value()));
}

// Only for handshakes: who has a session has been let in.
std::optional<Engine::Refusal> Engine::admit(Request& request) {
  const HttpRequest& http = request.http();
  if (!has_allowed_origin(request)) {
    counters_.origins_refused.add();
    return Refusal{.error = HandshakeError::forbidden,
                   .name = "FORBIDDEN_ORIGIN",
                   .detail = std::string(http.headers.get("origin").value_or("")),
                   .message = "Forbidden origin",
                   .status = 403};
  }
  using Verdict = AddressLimits::Verdict;
  const Verdict verdict =
      config_.address_limits->admit(http.client_address(), shard_.now(), request.place);
  if (verdict == Verdict::admitted) {
    return std::nullopt;
  }
  counters_.handshakes_limited.add();
  const bool too_fast = verdict == Verdict::too_many_handshakes;
  return Refusal{.error = HandshakeError::forbidden,
                 .name = too_fast ? "TOO_MANY_HANDSHAKES" : "TOO_MANY_SESSIONS",
                 .detail = http.client_address(),
                 .message = too_fast ? "Too many handshakes from this address"
                                     : "Too many sessions from this address",
                 .status = 429,
                 .retry_after = too_fast ? retry_after_handshakes : retry_after_sessions};
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
    refuse_upgrade(request, refusal.status != 0 ? refusal.status : 400, text, refusal.retry_after);
    return;
  }
  request.headers.add("Content-Type", "application/json");
  if (refusal.retry_after.count() != 0) {
    request.headers.add("Retry-After", std::to_string(refusal.retry_after.count()));
  }
  request.exchange->respond(
      refusal.status != 0 ? refusal.status : protocol::http_status(refusal.error), request.headers,
      protocol::error_body(refusal.error, refusal.message));
}

void Engine::refuse_upgrade(Request& request, unsigned status, std::string_view text,
                            std::chrono::seconds retry_after) {
  std::string raw = http::status_line(status);
  raw += "Connection: close\r\nContent-type: text/html\r\nContent-Length: ";
  raw += std::to_string(text.size());
  if (retry_after.count() != 0) {
    raw += "\r\nRetry-After: ";
    raw += std::to_string(retry_after.count());
  }
  raw += "\r\n\r\n";
  raw += text;
  request.exchange->write_and_end(raw);
}

// A load balancer takes 503 for an invitation to try another server.
void Engine::refuse_while_draining(Request& request) {
  counters_.requests_refused.add();
  if (request.upgrade) {
    refuse_upgrade(request, 503, draining_message);
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

// --- Sessions -----------------------------------------------------------------------------------

EngineSession& Engine::add_session(std::string id, protocol::Version version, HttpRequest handshake,
                                   net::AddressCount::Place place) {
  handshake.headers.shrink_to_fit();
  auto session = std::make_unique<EngineSession>(
      config_.options, home_, std::move(id), static_cast<unsigned>(version), std::move(handshake));
  EngineSession& added = *session;
  sessions_.emplace(added.id(), std::move(session));
  added.keep(std::move(place));
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
