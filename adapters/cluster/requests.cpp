#include "adapters/cluster/requests.hpp"

#include <algorithm>
#include <utility>

namespace adapters::cluster {

void Requests::add(std::string id, Request request, engineio::Clock::time_point deadline) {
  const auto [position, added] = waiting_.try_emplace(std::move(id));
  if (!added) {
    request.on_end("the id of the request is in use");
    return;
  }
  Waiting& waiting = position->second;
  waiting.request = std::move(request);
  timers_.start(waiting.timer, deadline, [this, id = position->first] {
    monitor_.count(BusMonitor::Event::request_timed_out);
    const auto late = waiting_.find(id);
    end(late, timeout_error(late->second));
  });
}

void Requests::expect(const std::string& id, std::size_t responses) {
  const auto found = waiting_.find(id);
  if (found != waiting_.end()) {
    found->second.expected = responses;
    end_if_complete(found);
  }
}

void Requests::fail(const std::string& id, std::string error) {
  const auto found = waiting_.find(id);
  if (found != waiting_.end()) {
    end(found, std::move(error));
  }
}

void Requests::respond(const std::string& id, const Message& message) {
  const auto found = waiting_.find(id);
  if (found == waiting_.end() || found->second.request.response != message.type) {
    return;
  }
  Waiting& waiting = found->second;
  auto& responders = waiting.responders;
  if (!message.uid.empty()) {
    if (std::find(responders.begin(), responders.end(), message.uid) != responders.end()) {
      return;
    }
    responders.emplace_back(message.uid);
  }
  ++waiting.received;
  waiting.request.on_response(message.data);
  end_if_complete(found);
}

void Requests::end_if_complete(Position position) {
  const Waiting& waiting = position->second;
  if (waiting.expected && waiting.received >= *waiting.expected) {
    end(position, "");
  }
}

void Requests::end(Position position, std::string error) {
  auto on_end = std::move(position->second.request.on_end);
  waiting_.erase(position);
  on_end(std::move(error));
}

std::string Requests::timeout_error(const Waiting& waiting) {
  std::string text = "timeout reached: ";
  if (!waiting.expected) {
    return text.append(servers_unknown);
  }
  text.append("only ").append(std::to_string(waiting.received));
  return text.append(" responses received out of ").append(std::to_string(*waiting.expected));
}

}  // namespace adapters::cluster
