#include <string>

#include "apps/bench/generator/failure.hpp"
#include "apps/bench/generator/http.hpp"
#include "apps/bench/generator/transport.hpp"

namespace bench {
namespace {

constexpr char separator = '\x1e';
constexpr std::string_view sid_key = "\"sid\":\"";

/// One HTTP/1.1 connection that is kept alive, with at most one request on its way.
class HttpConnection final : private Stream::Owner {
 public:
  class Owner {
   public:
    virtual void on_response(HttpConnection& connection, std::string_view body) = 0;
    virtual void on_closed() = 0;

   protected:
    ~Owner() = default;
  };

  HttpConnection(Loop& loop, const Address& address, Owner& owner)
      : address_(address), owner_(owner), stream_(loop, *this) {}

  [[nodiscard]] bool busy() const { return busy_; }

  void get(std::string_view target) { begin("GET ", target).append("\r\n"); }

  void post(std::string_view target, std::string_view body) {
    begin("POST ", target)
        .append("Content-Type: text/plain;charset=UTF-8\r\nContent-Length: ")
        .append(std::to_string(body.size()))
        .append("\r\n\r\n")
        .append(body);
  }

  void close() {
    busy_ = false;
    stream_.close();
  }

 private:
  std::string& begin(std::string_view method, std::string_view target) {
    if (!stream_.is_open()) {
      stream_.connect(address_);
    }
    busy_ = true;
    std::string& out = stream_.output();
    out.append(method).append(target).append(" HTTP/1.1\r\nHost: ").append(address_.host);
    return out.append("\r\n");
  }

  std::size_t on_bytes(std::string_view bytes) override {
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
  void on_closed() override {
    if (busy_) {
      owner_.on_closed();
    }
  }

  const Address& address_;
  Owner& owner_;
  Stream stream_;
  bool busy_ = false;
};

// Until the namespace is joined all goes over the first connection, which is what a join costs at
// least; then one connection waits for packets while the other sends some.
class PollingTransport final : public Transport, private HttpConnection::Owner {
 public:
  PollingTransport(Loop& loop, const Address& address, Receiver& receiver)
      : receiver_(receiver), first_(loop, address, *this), second_(loop, address, *this) {}

  void open() override {
    target_ = "/socket.io/?EIO=4&transport=polling";
    poll(first_);
  }

  void close() override {
    first_.close();
    second_.close();
    polling_ = nullptr;
  }

  void send_text(std::string_view packet) override {
    if (!unsent_.empty()) {
      unsent_ += separator;
    }
    unsent_.append(packet);
    if (!handling_) {
      send_waiting();
    }
  }

  void send_binary(std::string_view) override {
    throw Failure("binary events over polling are not supported");
  }

 private:
  void poll(HttpConnection& connection) {
    polling_ = &connection;
    connection.get(target_);
  }

  void send_waiting() {
    HttpConnection& connection = polling_ == &first_ ? second_ : first_;
    if (!unsent_.empty() && !connection.busy()) {
      connection.post(target_, unsent_);
      unsent_.clear();
    }
  }

  void on_response(HttpConnection& connection, std::string_view body) override {
    if (&connection != polling_) {
      if (body != "ok") {
        throw Failure("the answer to a POST: " + describe_mismatch(body, "ok"));
      }
    } else {
      polling_ = nullptr;
      handling_ = true;
      on_payload(body);
      handling_ = false;
    }
    send_waiting();
    poll_again();
  }

  // The POST of the CONNECT packet is answered before the next poll goes out.
  void poll_again() {
    if (polling_ == nullptr && (joined_ || !first_.busy())) {
      poll(first_.busy() ? second_ : first_);
    }
  }

  void on_payload(std::string_view payload) {
    while (true) {
      const std::size_t end = payload.find(separator);
      on_packet(payload.substr(0, end));
      if (end == std::string_view::npos) {
        return;
      }
      payload.remove_prefix(end + 1);
    }
  }

  void on_packet(std::string_view packet) {
    if (packet.starts_with('0')) {
      keep_sid(packet);
    }
    joined_ = joined_ || packet.starts_with("40");
    receiver_.on_text(packet);
  }

  void keep_sid(std::string_view packet) {
    const std::size_t begin = packet.find(sid_key);
    if (begin == std::string_view::npos) {
      throw Failure("the open packet has no sid: " + std::string(packet));
    }
    const std::string_view rest = packet.substr(begin + sid_key.size());
    target_.append("&sid=").append(rest.substr(0, rest.find('"')));
  }

  void on_closed() override { receiver_.on_closed(); }

  Receiver& receiver_;
  HttpConnection first_;
  HttpConnection second_;
  HttpConnection* polling_ = nullptr;  // waits for packets
  std::string target_;
  std::string unsent_;
  bool handling_ = false;  // a payload: what is sent meanwhile leaves together
  bool joined_ = false;
};

}  // namespace

std::unique_ptr<Transport> make_polling_transport(Loop& loop, const Address& address,
                                                  Transport::Receiver& receiver) {
  return std::make_unique<PollingTransport>(loop, address, receiver);
}

}  // namespace bench
