#include "adapters/redis/socket/stream.hpp"

#include <array>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "adapters/redis/socket/lookup.hpp"

namespace adapters::redis {

namespace asio = boost::asio;
using boost::system::error_code;
using PlainSocket = asio::generic::stream_protocol::socket;
using TlsSocket = asio::ssl::stream<PlainSocket>;
using Endpoints = std::vector<asio::generic::stream_protocol::endpoint>;

/// What the operations under way keep alive, longer than the Stream if need be.
class Stream::Socket {
 public:
  virtual ~Socket() = default;
  virtual void connect(const Address& address) = 0;
  virtual void write(std::span<const std::string_view> pieces) = 0;
  virtual void close() = 0;
};

namespace {

std::string text_of(const error_code& error) {
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) {
    return "Redis closed the connection";
  }
  return error.message();
}

bool is_tls_error(const error_code& error) {
  return error.category() == asio::error::get_ssl_category();
}

std::optional<asio::ip::address> numeric(const std::string& host) {
  error_code error;
  const asio::ip::address address = asio::ip::make_address(host, error);
  return error ? std::nullopt : std::optional(address);
}

template <class Layer>
class SocketOver final : public Stream::Socket,
                         public std::enable_shared_from_this<SocketOver<Layer>> {
 public:
  template <class... Arguments>
  SocketOver(Loop& loop, StreamObserver& observer, Arguments&&... arguments)
      : loop_(loop),
        observer_(&observer),
        layer_(loop.context(), std::forward<Arguments>(arguments)...) {}

  void connect(const Address& address) override {
    if (!address.path.empty()) {
      return connect_to({asio::local::stream_protocol::endpoint(address.path)});
    }
    if (const auto ip = numeric(address.host)) {
      return connect_to({asio::ip::tcp::endpoint(*ip, address.port)});
    }
    lookup_.emplace(
        loop_, address.host,
        [this, port = address.port](std::vector<std::string> found, const std::string& error) {
          on_found(found, port, error);
        });
  }

  void write(std::span<const std::string_view> pieces) override {
    const auto on_written = [self = this->shared_from_this()](
                                const error_code& error, std::size_t) { self->on_written(error); };
    if constexpr (is_tls) {
      // One record for many pieces, and OpenSSL may want to look at it again later.
      encrypting_.clear();
      for (const std::string_view piece : pieces) {
        encrypting_.append(piece);
      }
      asio::async_write(layer_, asio::buffer(encrypting_), on_written);
    } else {
      std::vector<asio::const_buffer> buffers;
      for (const std::string_view piece : pieces) {
        buffers.push_back(asio::buffer(piece));
      }
      asio::async_write(layer_, std::move(buffers), on_written);
    }
  }

  void close() override {
    observer_ = nullptr;
    lookup_.reset();
    error_code ignored;
    layer_.lowest_layer().close(ignored);
  }

  Layer& layer() noexcept { return layer_; }

 private:
  static constexpr bool is_tls = std::is_same_v<Layer, TlsSocket>;

  void on_found(const std::vector<std::string>& addresses, std::uint16_t port,
                const std::string& error) {
    Endpoints endpoints;
    for (const std::string& address : addresses) {
      if (const auto ip = numeric(address)) {
        endpoints.push_back(asio::ip::tcp::endpoint(*ip, port));
      }
    }
    if (endpoints.empty()) {
      return closed(error.empty() ? "the host has no address" : error, false);
    }
    connect_to(endpoints);
  }

  void connect_to(const Endpoints& endpoints) {
    asio::async_connect(layer_.lowest_layer(), endpoints,
                        [self = this->shared_from_this()](const error_code& error, const auto&) {
                          self->on_tcp_connected(error);
                        });
  }

  void on_tcp_connected(const error_code& error) {
    if (observer_ == nullptr) {
      return;
    }
    if (error) {
      return closed(error.message(), false);
    }
    error_code ignored;  // a Unix socket has no such options
    layer_.lowest_layer().set_option(asio::ip::tcp::no_delay(true), ignored);
    layer_.lowest_layer().set_option(asio::socket_base::keep_alive(true), ignored);
    if constexpr (is_tls) {
      layer_.async_handshake(asio::ssl::stream_base::client,
                             [self = this->shared_from_this()](const error_code& failed) {
                               self->on_handshake(failed);
                             });
    } else {
      connected();
    }
  }

  void on_handshake(const error_code& error) {
    if (observer_ == nullptr) {
      return;
    }
    if constexpr (is_tls) {
      const long verified = SSL_get_verify_result(layer_.native_handle());
      if (error && verified != X509_V_OK) {
        return closed(std::string("its certificate is not accepted (see RedisOptions::tls): ") +
                          X509_verify_cert_error_string(verified),
                      true);
      }
    }
    if (error) {
      return closed("TLS handshake: " + text_of(error), is_tls_error(error));
    }
    connected();
  }

  void connected() {
    observer_->on_connected();
    if (observer_ != nullptr) {
      read();
    }
  }

  void read() {
    layer_.async_read_some(asio::buffer(received_), [self = this->shared_from_this()](
                                                        const error_code& error, std::size_t size) {
      self->on_read(error, size);
    });
  }

  void on_read(const error_code& error, std::size_t size) {
    if (observer_ == nullptr) {
      return;
    }
    if (error) {
      return closed(text_of(error), is_tls_error(error));
    }
    observer_->on_bytes(std::span<const char>(received_.data(), size));
    if (observer_ != nullptr) {
      read();
    }
  }

  void on_written(const error_code& error) {
    if (observer_ == nullptr) {
      return;
    }
    if (error) {
      return closed(text_of(error), is_tls_error(error));
    }
    observer_->on_written();
  }

  void closed(const std::string& reason, bool refused) {
    StreamObserver* observer = observer_;
    close();
    observer->on_closed(reason, refused);
  }

  Loop& loop_;
  StreamObserver* observer_;  // nullptr: the Stream is gone, or has been told that it is closed
  Layer layer_;
  std::optional<Lookup> lookup_;
  std::array<char, 64 * 1024> received_;
  std::string encrypting_;
};

/// Whom we expect to meet, and how we ask for it.
void expect_host(SSL* ssl, const Address& address, const RedisOptions::Tls& options) {
  const std::string& name = options.server_name.empty() ? address.host : options.server_name;
  if (numeric(name)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str());
  } else {
    SSL_set1_host(ssl, name.c_str());
    SSL_set_tlsext_host_name(ssl, name.c_str());
  }
}

}  // namespace

Stream::Stream(Loop& loop, const Address& address, TlsContext* tls, StreamObserver& observer) {
  if (tls != nullptr) {
    auto socket = std::make_shared<SocketOver<TlsSocket>>(loop, observer, tls->handle());
    expect_host(socket->layer().native_handle(), address, tls->options());
    socket_ = std::move(socket);
  } else {
    socket_ = std::make_shared<SocketOver<PlainSocket>>(loop, observer);
  }
  socket_->connect(address);
}

Stream::~Stream() { socket_->close(); }

void Stream::write(std::span<const std::string_view> pieces) { socket_->write(pieces); }

}  // namespace adapters::redis
