#include "apps/chat/monitoring/routes.hpp"

#include <memory>
#include <utility>

namespace chat {

using engineio::HttpRequest;
using engineio::HttpResponder;

namespace {

void answer_ready(HttpResponder& responder, const std::string& problem) {
  responder.respond(problem.empty() ? 200 : 503, "text/plain",
                    problem.empty() ? "ready\n" : "not ready: " + problem + "\n");
}

}  // namespace

void serve_monitoring(socketio::Server& io, Readiness& readiness, const Metrics& metrics,
                      std::function<std::string()> stats) {
  io.on_http("GET", "/healthz", [](const HttpRequest&, HttpResponder responder) {
    responder.respond(200, "text/plain", "ok\n");
  });
  io.on_http("GET", "/readyz", [&readiness](const HttpRequest&, HttpResponder responder) {
    auto shared = std::make_shared<HttpResponder>(std::move(responder));
    readiness.ask(Readiness::Clock::now(),
                  [shared](const std::string& problem) { answer_ready(*shared, problem); });
  });
  io.on_http("GET", "/metrics", [&metrics](const HttpRequest&, HttpResponder responder) {
    responder.respond(200, "text/plain; version=0.0.4; charset=utf-8", metrics.text());
  });
  io.on_http("GET", "/stats",
             [stats = std::move(stats)](const HttpRequest&, HttpResponder responder) {
               responder.respond(200, "application/json", stats());
             });
}

}  // namespace chat
