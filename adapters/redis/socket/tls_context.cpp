#include "adapters/redis/socket/tls_context.hpp"

#include <stdexcept>
#include <string>

#include <boost/asio/ssl/context.hpp>

namespace adapters::redis {

namespace ssl = boost::asio::ssl;

namespace {

void check(const boost::system::error_code& error, const char* option, const std::string& file) {
  if (error) {
    throw std::invalid_argument(std::string("RedisOptions::tls.") + option + ", '" + file +
                                "', cannot be used: " + error.message() + ".");
  }
}

}  // namespace

TlsContext::TlsContext(const RedisOptions::Tls& options)
    : options_(options), context_(std::make_unique<ssl::context>(ssl::context::tls_client)) {
  boost::system::error_code error;
  SSL_CTX_set_min_proto_version(context_->native_handle(), TLS1_2_VERSION);
  context_->set_verify_mode(options_.verify ? ssl::verify_peer : ssl::verify_none);
  // An encrypted key is an error; OpenSSL would ask for its password on the terminal.
  context_->set_password_callback(
      [](std::size_t, ssl::context::password_purpose) { return std::string(); });
  if (options_.ca_file.empty()) {
    context_->set_default_verify_paths(error);
  } else {
    context_->load_verify_file(options_.ca_file, error);
  }
  check(error, "ca_file", options_.ca_file);
  if (!options_.certificate_file.empty()) {
    context_->use_certificate_chain_file(options_.certificate_file, error);
    check(error, "certificate_file", options_.certificate_file);
    context_->use_private_key_file(options_.key_file, ssl::context::pem, error);
    check(error, "key_file", options_.key_file);
  }
}

TlsContext::~TlsContext() = default;

}  // namespace adapters::redis
