#include "engineio/net/tls_context.hpp"

#include <fstream>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include "tests/engineio/net/tls_support.hpp"

using engineio::Tls;
using engineio::net::TlsContext;
using namespace net_support;

namespace {

std::string error_of(const Tls& tls) {
  try {
    const TlsContext context(tls);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("net tls context") {
  TEST_CASE("good files make a context, bad ones an error that names the file") {
    const TemporaryDirectory directory;
    const Authority authority(directory);
    const Identity good = authority.issue("good");
    const Identity other = authority.issue("other");
    Tls tls{.certificate_file = good.certificate_file,
            .private_key_file = good.private_key_file,
            .ca_file = {}};
    CHECK(error_of(tls).empty());

    SUBCASE("no certificate") {
      tls.certificate_file = directory.file("absent.pem");
      CHECK(contains(error_of(tls), "certificate file '" + tls.certificate_file + "'"));
    }
    SUBCASE("a certificate that is none") {
      std::ofstream(tls.certificate_file) << "nonsense";
      CHECK(contains(error_of(tls), "certificate file '" + tls.certificate_file + "'"));
    }
    SUBCASE("no key") {
      tls.private_key_file = directory.file("absent.key");
      CHECK(contains(error_of(tls), "private key file '" + tls.private_key_file + "'"));
    }
    SUBCASE("another certificate's key") {
      tls.private_key_file = other.private_key_file;
      CHECK(contains(error_of(tls), "private key file '" + tls.private_key_file + "'"));
    }
    SUBCASE("authorities that are none") {
      tls.ca_file = directory.file("absent-ca.pem");
      CHECK(contains(error_of(tls), "'" + tls.ca_file + "'"));
    }
    SUBCASE("required client certificates without authorities") {
      tls.require_client_certificate = true;
      CHECK(contains(error_of(tls), "Tls::ca_file"));
      tls.ca_file = authority.certificate_file();
      CHECK(error_of(tls).empty());
    }
  }
}
