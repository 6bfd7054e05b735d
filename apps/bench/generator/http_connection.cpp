#include "apps/bench/generator/http_connection.hpp"

#include "apps/bench/generator/failure.hpp"
#include "apps/bench/generator/http.hpp"

namespace bench {

void HttpConnection::get(std::string_view target) { begin("GET ", target).append("\r\n"); }

void HttpConnection::post(std::string_view target, std::string_view body) {
  begin("POST ", target)
      .append("Content-Type: text/plain;charset=UTF-8\r\nContent-Length: ")
      .append(std::to_string(body.size()))
      .append("\r\n\r\n")
      .append(body);
}

void HttpConnection::close() {
  busy_ = false;
  stream_.close();
}

void HttpConnection::cut() {
  busy_ = false;
  stream_.cut();
}

std::string& HttpConnection::begin(std::string_view method, std::string_view target) {
  if (!stream_.is_open()) {
    stream_.connect(address_);
  }
  busy_ = true;
  std::string& out = stream_.output();
  out.append(method).append(target).append(" HTTP/1.1\r\nHost: ").append(address_.host);
  return out.append("\r\n");
}

std::size_t HttpConnection::on_bytes(std::string_view bytes) {
  const auto response = http::read_response(bytes);
  if (!response) {
    return 0;
  }
  if (!busy_ || response->size != bytes.size()) {
    throw Failure("a response that nobody asked for: " + std::string(bytes));
  }
  busy_ = false;
  owner_.on_response(*this, response->body);
  return bytes.size();
}

// A server may close a connection that it does not owe an answer.
void HttpConnection::on_closed() {
  if (busy_) {
    owner_.on_closed();
  }
}

}  // namespace bench
