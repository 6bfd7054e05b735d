#include <array>

#include "engineio/core/engine.hpp"
#include "engineio/core/random.hpp"
#include "engineio/http/cookie.hpp"
#include "engineio/shard_link.hpp"
#include "engineio/websocket/handshake.hpp"
#include "engineio/websocket/permessage_deflate.hpp"

// How sessions and WebSockets begin.

namespace engineio::core {

using protocol::HandshakeError;

namespace {

// Clients of protocol 3 that begin to listen once the handshake is answered (those of the official
// test suite, for one) lose an open packet that arrives in the same read.
constexpr std::chrono::milliseconds v3_open_delay{15};

websocket::UpgradeRequest upgrade_request(const HttpRequest& request) {
  return {.method = request.method,
          .upgrade = request.headers.get("upgrade"),
          .key = request.headers.get("sec-websocket-key"),
          .version = request.headers.get("sec-websocket-version"),
          .protocol = request.headers.get("sec-websocket-protocol")};
}

}  // namespace

// --- A new session ------------------------------------------------------------------------------

void Engine::ask_application(Request request) {
  if (!config_.options.allow_request) {
    begin_session(std::move(request));
    return;
  }
  // The decision may come from any thread, and when the client or the server has gone.
  auto undecided =
      std::make_shared<Undecided>(Undecided{config_.address_limits, std::move(request)});
  Request& waiting = undecided->request;
  if (waiting.place != nullptr) {  // others of that address do not wait for who has gone
    waiting.exchange->on_abort([weak = std::weak_ptr(undecided)] {
      if (const auto gone = weak.lock()) {
        gone->request.place.reset();
      }
    });
  }
  const Activity activity(shard_.activity(), "allow_request");
  config_.options.allow_request(waiting.http(),
                                [this, undecided, link = shard_.link()](AllowDecision decision) {
                                  link->run([this, undecided, decision = std::move(decision)] {
                                    on_decision(undecided->request, decision);
                                  });
                                });
}

void Engine::on_decision(Request& request, const AllowDecision& decision) {
  if (request.exchange == nullptr || request.exchange->answered()) {
    return;  // decided twice, or nobody waits any more
  }
  Request decided = std::move(request);
  if (decision.allowed) {
    begin_session(std::move(decided));
  } else {
    refuse(decided, {HandshakeError::forbidden, "", decision.message, decision.message});
  }
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
  EngineSession& session =
      add_session(std::move(id), version, request.http(), std::move(request.place));
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
  EngineSession& session =
      add_session(std::move(id), version, std::move(handshake), std::move(request.place));
  session.attach_websocket(*transport);
  if (version == protocol::Version::v3) {
    session.open_after(v3_open_delay, config_.acceptor);
  } else {
    session.open(config_.acceptor);
  }
}

// --- A new WebSocket ----------------------------------------------------------------------------

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
    refuse_upgrade(request, refusal->status, refusal->message);
    return nullptr;
  }
  auto compression = negotiate_compression(http);
  if (!compression) {
    refuse_upgrade(request, 400, websocket::invalid_extensions_message);
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

}  // namespace engineio::core
