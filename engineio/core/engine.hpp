#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engineio/core/config.hpp"
#include "engineio/core/counters.hpp"
#include "engineio/core/drain.hpp"
#include "engineio/core/engine_session.hpp"
#include "engineio/http/connection.hpp"
#include "engineio/http/exchange.hpp"
#include "engineio/protocol/handshake.hpp"
#include "engineio/protocol/query.hpp"

namespace engineio::core {

/// The Engine.IO server of one shard: decides what each request is, and holds the shard's sessions.
class Engine final : public http::RequestHandler, private SessionRegistry {
 public:
  /// `config` and `shard` must outlive the engine.
  Engine(const Config& config, Shard& shard);
  ~Engine() override;

  void on_request(std::shared_ptr<http::Exchange> exchange) override;

  void for_each_session(const std::function<void(Session&)>& visit);

  /// See Server::drain(). `on_drained` is for this shard.
  void drain(std::chrono::milliseconds span, Task on_drained);

  /// Ends every session and refuses new ones.
  void close();

  [[nodiscard]] const Counters& counters() const noexcept { return counters_; }

 private:
  /// An Engine.IO request on its way through the checks.
  struct Request {
    std::shared_ptr<http::Exchange> exchange;
    protocol::Query query;
    HttpHeaders headers;  ///< for the response, whatever it says
    bool upgrade = false;
    net::AddressCount::Place place = {};  ///< of a handshake: that of its session

    [[nodiscard]] const HttpRequest& http() const { return exchange->request(); }
    [[nodiscard]] std::string_view parameter(std::string_view name) const {
      return query.get(name).value_or(std::string_view{});
    }
    [[nodiscard]] protocol::Version version() const {
      return parameter("EIO") == "4" ? protocol::Version::v4 : protocol::Version::v3;
    }
  };

  /// What the application decides about.
  struct Undecided {
    std::shared_ptr<AddressLimits> limits;  ///< which the request's place must not outlive
    Request request;
  };

  struct Refusal {
    protocol::HandshakeError error;
    std::string_view name = {};  ///< as Node's `context.name`
    std::string detail = {};     ///< the value at fault
    std::string message = {};    ///< instead of the error's own
    unsigned status = 0;         ///< instead of the error's own, or that of all refused upgrades
    std::chrono::seconds retry_after{0};  ///< 0: not said
  };

  // Requests that are not Engine.IO's.
  void on_application_request(std::shared_ptr<http::Exchange> exchange);
  void on_foreign_upgrade(std::shared_ptr<http::Exchange> exchange);

  // The way of an Engine.IO request, in this order.
  bool hand_to_owner(const Request& request);
  bool run_middlewares(Request& request);
  /// `session`: the one that the request names, if there is one.
  [[nodiscard]] std::optional<Refusal> verify(const Request& request,
                                              const EngineSession* session) const;
  [[nodiscard]] static std::optional<Refusal> verify_session(const Request& request,
                                                             const EngineSession* session);
  /// Whether a handshake may go on, by its origin and its address. Takes its place.
  [[nodiscard]] std::optional<Refusal> admit(Request& request);
  [[nodiscard]] bool has_allowed_origin(const Request& request) const;
  void serve_session(Request request, EngineSession& session);
  void ask_application(Request request);
  void on_decision(Request& request, const AllowDecision& decision);
  void begin_session(Request request);
  void begin_polling(Request request, std::string id);
  void begin_websocket(Request request, std::string id);

  WebSocketTransport* accept_websocket(Request& request, bool is_handshake);
  struct Compression;
  [[nodiscard]] std::optional<Compression> negotiate_compression(const HttpRequest& request);
  [[nodiscard]] std::optional<std::string> make_id(const HttpRequest& request) const;
  EngineSession& add_session(std::string id, protocol::Version version, HttpRequest handshake,
                             net::AddressCount::Place place);
  void refuse(Request& request, const Refusal& refusal);
  void refuse_upgrade(Request& request, unsigned status, std::string_view text,
                      std::chrono::seconds retry_after = {});
  void refuse_while_draining(Request& request);

  [[nodiscard]] EngineSession* find(std::string_view sid) const;
  void on_session_closed(EngineSession& session) override;

  const Config& config_;
  Shard& shard_;
  Counters counters_;
  ShardResources resources_;
  SessionHome home_;
  std::unordered_map<std::string_view, std::unique_ptr<EngineSession>> sessions_;
  std::unordered_map<const http::Exchange*, std::unique_ptr<Timer>> foreign_upgrades_;
  std::unique_ptr<Drain> drain_;
  bool closed_ = false;
};

}  // namespace engineio::core
