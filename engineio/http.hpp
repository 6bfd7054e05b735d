#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engineio/function.hpp"

namespace engineio {

/// HTTP header fields in their order, with case-insensitive names (RFC 9110 section 5). Held as the
/// one block of text that goes over the wire, because most messages are only written or read once.
class HttpHeaders {
 public:
  /// Adds a field. One whose name is not a token or whose value holds CR, LF or NUL is refused:
  /// false.
  bool add(std::string_view name, std::string_view value);

  /// Replaces all fields of that name by one, in the place of the first.
  bool set(std::string_view name, std::string_view value);
  void remove(std::string_view name);

  /// The first field of that name. The view lives until the headers change.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return get(name).has_value(); }

  /// Whether a comma-separated field (`Connection: keep-alive, Upgrade`) holds `token`, in any of
  /// the fields of that name and in any case.
  [[nodiscard]] bool has_token(std::string_view name, std::string_view token) const;

  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] bool empty() const noexcept { return block_.empty(); }

  /// Calls `visit(name, value)` for each field in order.
  template <class Visitor>
  void for_each(Visitor&& visit) const {
    std::size_t position = 0;
    std::string_view name;
    std::string_view value;
    while (next(position, name, value)) {
      visit(name, value);
    }
  }

  /// `Name: value\r\n` for each field.
  [[nodiscard]] const std::string& block() const noexcept { return block_; }

  void clear() noexcept;
  void shrink_to_fit() { block_.shrink_to_fit(); }

 private:
  bool next(std::size_t& position, std::string_view& name, std::string_view& value) const;

  std::string block_;
  std::uint16_t count_ = 0;
};

struct HttpRequest {
  std::string method = {};  ///< as sent: `GET`
  std::string target = {};  ///< as sent: `/path?query`
  HttpHeaders headers = {};
  std::string body = {};            ///< of requests to the application; empty for Engine.IO's own
  std::string remote_address = {};  ///< as Node prints it: `::ffff:127.0.0.1`
  std::string forwarded_address = {};  ///< see client_address(); empty: that of the connection
  bool secure = false;                 ///< over TLS

  /// The address of the connection, or what trusted proxies have seen (Options::trusted_proxies).
  [[nodiscard]] const std::string& client_address() const noexcept {
    return forwarded_address.empty() ? remote_address : forwarded_address;
  }

  [[nodiscard]] std::string_view path() const {
    return std::string_view(target).substr(0, target.find('?'));
  }
};

struct HttpResponse {
  unsigned status = 200;
  HttpHeaders headers = {};  ///< Content-Length, Date and Connection are added when it is sent
  std::string body = {};
};

/// The answer to one request, which may be given later and from any thread. Given once: further
/// answers are ignored, and so is one to a peer that is gone. Dropped without an answer, it answers
/// 500.
class HttpResponder {
 public:
  class Channel {
   public:
    virtual ~Channel() = default;
    virtual void respond(HttpResponse response) = 0;
  };

  explicit HttpResponder(std::shared_ptr<Channel> channel) : channel_(std::move(channel)) {}
  HttpResponder(HttpResponder&&) noexcept = default;
  HttpResponder& operator=(HttpResponder&& other) noexcept {
    std::swap(channel_, other.channel_);
    return *this;
  }
  ~HttpResponder();

  void respond(HttpResponse response);
  void respond(unsigned status, std::string_view content_type, std::string body);

 private:
  std::shared_ptr<Channel> channel_;
};

/// Serves requests outside of the Engine.IO path. Called on the connection's shard, so concurrently
/// on several when the server has several; `request` lives during the call.
using HttpHandler = std::function<void(const HttpRequest& request, HttpResponder responder)>;

}  // namespace engineio
