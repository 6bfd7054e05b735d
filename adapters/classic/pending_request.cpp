#include "adapters/classic/pending_request.hpp"

#include <iterator>
#include <utility>

#include "adapters/wire/broadcast_options.hpp"
#include "adapters/wire/socket_description.hpp"

namespace adapters::classic {

using socketio::ValueView;

void CountRequest::finish(std::string error) {
  callback_(error.empty() ? servers().value_or(0) : 0);
}

std::string CountRequest::timeout_error() const { return "Redis did not answer"; }

void FetchRequest::finish(std::string error) { callback_({std::move(error), std::move(sockets_)}); }

std::string FetchRequest::timeout_error() const {
  return "timeout reached while waiting for fetchSockets response";
}

bool FetchRequest::add(ValueView response) {
  const ValueView sockets = response["sockets"];
  if (!sockets.is_array()) {
    return false;
  }
  for (const ValueView element : sockets.elements()) {
    if (auto socket = wire::read_socket(element)) {
      sockets_.push_back(*std::move(socket));
    }
  }
  return true;
}

void RoomsRequest::finish(std::string error) {
  callback_({std::move(error),
             {std::make_move_iterator(rooms_.begin()), std::make_move_iterator(rooms_.end())}});
}

std::string RoomsRequest::timeout_error() const {
  return "timeout reached while waiting for allRooms response";
}

bool RoomsRequest::add(ValueView response) {
  auto rooms = wire::read_rooms(response["rooms"]);
  if (!rooms) {
    return false;
  }
  rooms_.insert(std::make_move_iterator(rooms->begin()), std::make_move_iterator(rooms->end()));
  return true;
}

void ServerEventRequest::finish(std::string error) {
  callback_({std::move(error), std::move(responses_), {}});
}

std::string ServerEventRequest::timeout_error() const {
  if (!servers()) {
    return "timeout reached: Redis did not answer";
  }
  return "timeout reached: only " + std::to_string(responses_.size()) +
         " responses received out of " + std::to_string(*servers() - 1);
}

bool ServerEventRequest::add(ValueView response) {
  responses_.push_back(response["data"].to_value());
  return true;
}

}  // namespace adapters::classic
