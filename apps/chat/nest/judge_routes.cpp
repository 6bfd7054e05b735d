#include "apps/chat/nest/judge_routes.hpp"

#include <stdexcept>
#include <string>
#include <utility>

#include "apps/chat/nest/auth_gateway.hpp"
#include "apps/chat/nest/nest_call.hpp"
#include "socketio/codec.hpp"

namespace chat {

using engineio::HttpRequest;
using engineio::HttpResponder;
using socketio::Object;
using socketio::Value;

namespace {

void respond(HttpResponder& responder, unsigned status, const Object& body) {
  std::string json;
  socketio::write_json([&](auto& writer) { Value(body).write_to(writer); }, json);
  responder.respond(status, "application/json; charset=utf-8", std::move(json));
}

void respond_bad_request(HttpResponder& responder, std::string_view message) {
  respond(responder, 400,
          Object{{"message", message}, {"error", "Bad Request"}, {"statusCode", 400}});
}

void respond_not_found(const HttpRequest& request, HttpResponder responder) {
  respond(responder, 404,
          Object{{"message", "Cannot " + request.method + " " + request.target},
                 {"error", "Not Found"},
                 {"statusCode", 404}});
}

// Sends `{event, data}` of the body to `target(body)`.
template <class Target>
void emit_body(const HttpRequest& request, HttpResponder& responder, Target&& target) {
  const auto document = socketio::Document::from_json(request.body);
  const Value body = document ? document->root().to_value() : Value();
  const auto event = body["event"].as_string();
  if (!event) {
    respond_bad_request(responder, "the body must be a JSON object with a text `event`");
    return;
  }
  try {
    target(body).emit(*event, body["data"]);
  } catch (const std::invalid_argument&) {  // the name of the event is reserved
    respond(responder, 500, Object{{"statusCode", 500}, {"message", "Internal server error"}});
    return;
  }
  respond(responder, 201, Object{{"success", true}});
}

}  // namespace

void serve_judge_routes(socketio::Server& io) {
  io.on_http(
      "POST", "/judge/send-to-user", [&io](const HttpRequest& request, HttpResponder responder) {
        emit_body(request, responder,
                  [&](const Value& body) { return io.to(user_room(find_field(body, "userId"))); });
      });
  io.on_http("POST", "/judge/broadcast",
             [&io](const HttpRequest& request, HttpResponder responder) {
               emit_body(request, responder, [&](const Value&) { return io.sockets().everyone(); });
             });
  io.on_http(respond_not_found);
}

}  // namespace chat
