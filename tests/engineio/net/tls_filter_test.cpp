#include "engineio/net/tls_filter.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include <doctest/doctest.h>
#include <malloc.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>

#include "tests/engineio/net/tls_support.hpp"

using engineio::net::TlsContext;
using engineio::net::TlsFilter;
using namespace net_support;

namespace {

/// An OpenSSL client in memory.
class MemoryClient {
 public:
  MemoryClient() {
    SSL_set_bio(ssl_, in_, out_);
    SSL_set_connect_state(ssl_);
  }
  ~MemoryClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }

  [[nodiscard]] bool handshaking() const { return SSL_is_init_finished(ssl_) == 0; }
  void feed(std::string_view bytes) {
    BIO_write(in_, bytes.data(), static_cast<int>(bytes.size()));
  }
  void shake_hands() { SSL_do_handshake(ssl_); }
  void write(std::string_view bytes) {
    SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
  }
  void shut_down() { SSL_shutdown(ssl_); }
  [[nodiscard]] std::string read() {
    std::string bytes(100'000, '\0');
    const int size = SSL_read(ssl_, bytes.data(), static_cast<int>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(std::max(size, 0)));
    return bytes;
  }
  [[nodiscard]] bool closed_by_peer() const {
    return (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) != 0;
  }
  [[nodiscard]] std::string take_output() {
    std::string bytes(BIO_ctrl_pending(out_), '\0');
    BIO_read(out_, bytes.data(), static_cast<int>(bytes.size()));
    return bytes;
  }

 private:
  SSL_CTX* context_ = SSL_CTX_new(TLS_client_method());
  SSL* ssl_ = SSL_new(context_);
  BIO* in_ = BIO_new(BIO_s_mem());
  BIO* out_ = BIO_new(BIO_s_mem());
};

struct Fixture {
  /// What the filter makes of `bytes` that arrive in pieces of `piece` bytes.
  std::string decrypt(std::string_view bytes, std::size_t piece = 100'000) {
    std::string plain;
    std::array<char, 20'000> buffer{};
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
      std::span<const char> received(bytes.substr(0, piece));
      std::size_t size = buffer.size();
      while (size == buffer.size()) {
        size = filter.decrypt(received, buffer);
        plain.append(buffer.data(), size);
      }
    }
    return plain;
  }

  std::string take_output() {
    const std::string output(filter.output());
    filter.drop_output(output.size());
    return output;
  }

  void shake_hands(std::size_t piece = 100'000) {
    while (client.handshaking() || filter.handshaking()) {
      client.shake_hands();
      CHECK(decrypt(client.take_output(), piece).empty());
      client.feed(take_output());
      REQUIRE_FALSE(filter.failed());
    }
  }

  TemporaryDirectory directory;
  Authority authority{directory};
  Identity identity = authority.issue("server");
  TlsContext context{{.certificate_file = identity.certificate_file,
                      .private_key_file = identity.private_key_file,
                      .ca_file = {}}};
  TlsFilter filter{context};
  MemoryClient client;
};

}  // namespace

TEST_SUITE("net tls filter") {
  TEST_CASE_FIXTURE(Fixture, "bytes may come in pieces of any size") {
    for (const std::size_t piece : {1U, 7U, 100'000U}) {
      Fixture fresh;
      fresh.shake_hands(piece);
      const std::string message(40'000, 'm');
      fresh.client.write(message);
      CHECK(fresh.decrypt(fresh.client.take_output(), piece) == message);
    }
  }

  TEST_CASE_FIXTURE(Fixture, "several records fill one buffer") {
    shake_hands();
    client.write("one ");
    client.write("two ");
    client.write("three");
    std::array<char, 100> buffer{};
    const std::string encrypted = client.take_output();
    std::span<const char> received(encrypted);
    CHECK(filter.decrypt(received, buffer) == 13);
    CHECK(received.empty());
    CHECK(std::string_view(buffer.data(), 13) == "one two three");
  }

  TEST_CASE_FIXTURE(Fixture, "a small buffer takes a record in parts") {
    shake_hands();
    client.write("one two three");
    const std::string encrypted = client.take_output();
    std::span<const char> received(encrypted);
    std::array<char, 5> buffer{};
    CHECK(filter.decrypt(received, buffer) == 5);
    CHECK(filter.decrypt(received, buffer) == 5);
    CHECK(filter.decrypt(received, buffer) == 3);
  }

  TEST_CASE_FIXTURE(Fixture, "what is encrypted can be read, and sent in parts") {
    shake_hands();
    filter.encrypt("hello ");
    filter.encrypt("world");
    const std::string first(filter.output().substr(0, 10));
    filter.drop_output(10);
    client.feed(first + take_output());
    CHECK(client.read() == "hello ");
    CHECK(client.read() == "world");
    CHECK(filter.output().empty());
  }

  TEST_CASE_FIXTURE(Fixture, "both sides say when they close") {
    shake_hands();
    CHECK_FALSE(filter.closed());
    filter.close();
    filter.close();
    CHECK(filter.closed());
    client.feed(take_output());
    CHECK(client.read().empty());
    CHECK(client.closed_by_peer());
    CHECK_FALSE(filter.closed_by_peer());
    client.shut_down();
    CHECK(decrypt(client.take_output()).empty());
    CHECK(filter.closed_by_peer());
    CHECK_FALSE(filter.failed());
  }

  TEST_CASE_FIXTURE(Fixture, "what is no TLS fails, and the peer is told") {
    CHECK(decrypt("GET / HTTP/1.1\r\n\r\n").empty());
    CHECK(filter.failed());
    CHECK(decrypt("more of it").empty());
  }

  TEST_CASE_FIXTURE(Fixture, "a damaged record fails, and the peer is told") {
    shake_hands();
    client.write("message");
    std::string encrypted = client.take_output();
    encrypted.back() = static_cast<char>(encrypted.back() ^ 1);
    CHECK(decrypt(encrypted).empty());
    CHECK(filter.failed());
    CHECK_FALSE(filter.output().empty());
  }

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  TEST_CASE_FIXTURE(Fixture, "an idle connection takes less than 16 kB") {
    shake_hands();  // what OpenSSL allocates once
    const std::size_t before = mallinfo2().uordblks;
    std::size_t of_client = 0;
    const auto as_client = [&of_client](auto action) {
      const std::size_t without = mallinfo2().uordblks;
      action();
      of_client += mallinfo2().uordblks - without;
    };
    std::unique_ptr<MemoryClient> peer;
    as_client([&] { peer = std::make_unique<MemoryClient>(); });
    TlsFilter measured(context);
    std::array<char, 10> buffer{};
    while (peer->handshaking() || measured.handshaking()) {
      std::string to_server;
      as_client([&] {
        peer->shake_hands();
        to_server = peer->take_output();
      });
      std::span<const char> received(to_server);
      CHECK(measured.decrypt(received, buffer) == 0);
      as_client([&] { peer->feed(measured.output()); });
      measured.drop_output(measured.output().size());
    }
    const std::size_t bytes = mallinfo2().uordblks - before - of_client;
    MESSAGE("bytes: ", bytes);
    CHECK(bytes < 16 * 1024);
  }
#endif
}
