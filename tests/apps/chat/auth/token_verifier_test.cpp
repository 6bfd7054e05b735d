#include "apps/chat/auth/token_verifier.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

#include "tests/apps/chat/auth/known_tokens.hpp"
#include "tests/apps/chat/auth/signing.hpp"

using namespace chat;
using namespace std::chrono_literals;
using socketio::Object;
using socketio::Value;
using std::chrono::sys_seconds;
using tests::sign;

namespace {

constexpr sys_seconds now{1'700'000'000s};

TokenRules with_secret() { return {.keys = secret_keys("secret")}; }

std::string error_of(const std::string& token, TokenRules rules = with_secret()) {
  return TokenVerifier(std::move(rules)).verify(token, now).error;
}

}  // namespace

TEST_CASE("a good token gives its claims and its end") {
  const TokenVerifier verifier(with_secret());
  const VerifiedToken token = verifier.verify(tests::hs256_token, now);
  CHECK(token);
  CHECK(token.claims == Value(Object{{"sub", "ada"}, {"exp", 2'000'000'000}}));
  CHECK(token.expires == sys_seconds(2'000'000'000s));
  CHECK(verifier.verify(tests::hs384_token, now));
  CHECK(verifier.verify(tests::hs512_token, now));
}

TEST_CASE("what is no token") {
  CHECK(error_of("") == "jwt must be provided");
  for (const char* text : {"x", "a.b", "a.b.c.d", "..."}) {
    CHECK(error_of(text) == "jwt malformed");
  }
  const std::string good = sign("{}");
  for (const std::string& text :
       {std::string(".."), "x." + good.substr(good.find('.') + 1), good + "=", good + " ",
        " " + good, sign("{}", "{x"), sign("{}", "null"), sign("{}", "0"), sign("{}", "\"\""),
        sign("{x"), sign("{} x"), sign("null")}) {
    CHECK(error_of(text) == "invalid token");
  }
}

TEST_CASE("the signature comes first, then the algorithm, then whether it is right") {
  const std::string good = sign("{}");
  CHECK(error_of(good.substr(0, good.rfind('.') + 1)) == "jwt signature is required");
  CHECK(error_of(chat::encode_base64url(R"({"alg":"none"})") + ".e30.") ==
        "jwt signature is required");
  for (const char* header : {R"({"alg":"none"})", R"({"alg":"RS256"})", R"({"alg":"ES256"})",
                             R"({"alg":"hs256"})", R"({"alg":5})", "{}", "5", "[]"}) {
    CHECK(error_of(sign("{}", header)) == "invalid algorithm");
  }
  CHECK(error_of(sign("{}", tests::hs256_header, "another")) == "invalid signature");
  CHECK(error_of(sign(R"({"exp":1})", tests::hs256_header, "another")) == "invalid signature");
}

TEST_CASE("a key serves its algorithm only") {
  const TokenRules rsa{.keys = {{TokenAlgorithm::rs256, tests::rsa_key}}};
  CHECK(error_of(tests::rs256_token, rsa).empty());
  CHECK(error_of(tests::hs256_token, rsa) == "invalid algorithm");
  CHECK(error_of(sign("{}", tests::hs256_header, tests::rsa_key), rsa) == "invalid algorithm");
  const TokenRules hs512{.keys = {{TokenAlgorithm::hs512, "secret"}}};
  CHECK(error_of(tests::hs512_token, hs512).empty());
  CHECK(error_of(tests::hs256_token, hs512) == "invalid algorithm");
}

TEST_CASE("several keys may be about at a time") {
  const TokenRules rules{.keys = {{TokenAlgorithm::hs256, "old"},
                                  {TokenAlgorithm::hs256, "new"},
                                  {TokenAlgorithm::es256, tests::p256_key}}};
  CHECK(error_of(sign("{}", tests::hs256_header, "old"), rules).empty());
  CHECK(error_of(sign("{}", tests::hs256_header, "new"), rules).empty());
  CHECK(error_of(sign("{}"), rules) == "invalid signature");
  CHECK(error_of(tests::es256_token, rules).empty());
  CHECK(error_of(tests::rs256_token, rules) == "invalid algorithm");
}

TEST_CASE("a token counts from nbf on, until before exp") {
  CHECK(error_of(sign(R"({"nbf":1700000000,"exp":1700000001})")).empty());
  CHECK(error_of(sign(R"({"exp":1700000000.5})")).empty());
  CHECK(error_of(sign(R"({"nbf":1700000001})")) == "jwt not active");
  CHECK(error_of(sign(R"({"nbf":1700000000.5})")) == "jwt not active");
  CHECK(error_of(sign(R"({"exp":1700000000})")) == "jwt expired");
  CHECK(error_of(sign(R"({"exp":-1e300})")) == "jwt expired");
  CHECK(error_of(sign(R"({"nbf":1700000001,"exp":1})")) == "jwt not active");
  for (const char* odd : {"null", "\"1\"", "true", "[]"}) {
    CHECK(error_of(sign(R"({"nbf":)" + std::string(odd) + "}")) == "invalid nbf value");
    CHECK(error_of(sign(R"({"exp":)" + std::string(odd) + "}")) == "invalid exp value");
  }
}

TEST_CASE("clocks may differ by the tolerance") {
  TokenRules rules = with_secret();
  rules.tolerance = 5s;
  CHECK(error_of(sign(R"({"nbf":1700000005})"), rules).empty());
  CHECK(error_of(sign(R"({"nbf":1700000006})"), rules) == "jwt not active");
  CHECK(error_of(sign(R"({"exp":1699999996})"), rules).empty());
  CHECK(error_of(sign(R"({"exp":1699999995})"), rules) == "jwt expired");
  const TokenVerifier verifier(rules);
  CHECK(verifier.verify(sign(R"({"exp":1700000001})"), now).expires == now + 6s);
}

TEST_CASE("the end is the first whole second at which the token does not count") {
  const TokenVerifier verifier(with_secret());
  CHECK_FALSE(verifier.verify(sign("{}"), now).expires.has_value());
  CHECK(verifier.verify(sign(R"({"exp":1700000001.5})"), now).expires == now + 2s);
  CHECK(verifier.verify(sign(R"({"exp":253402300799})"), now).expires ==
        sys_seconds(253'402'300'799s));
  CHECK_FALSE(verifier.verify(sign(R"({"exp":253402300800})"), now).expires.has_value());
  CHECK_FALSE(verifier.verify(sign(R"({"exp":1e300})"), now).expires.has_value());
}

TEST_CASE("audience and issuer, in this order") {
  TokenRules rules = with_secret();
  rules.audiences = {"chat", "admin"};
  rules.issuers = {"a", "b"};
  CHECK(error_of(sign(R"({"aud":"chat","iss":"b"})"), rules).empty());
  CHECK(error_of(sign(R"({"aud":["x","admin"],"iss":"a"})"), rules).empty());
  for (const char* payload : {"{}", R"({"aud":"x"})", R"({"aud":[]})", R"({"aud":5,"iss":"x"})"}) {
    CHECK(error_of(sign(payload), rules) == "jwt audience invalid. expected: chat or admin");
  }
  for (const char* payload : {R"({"aud":"chat"})", R"({"aud":"chat","iss":["a"]})"}) {
    CHECK(error_of(sign(payload), rules) == "jwt issuer invalid. expected: a,b");
  }
  CHECK(error_of(sign(R"({"aud":"x","exp":1})"), rules) == "jwt expired");
}

TEST_CASE("a payload that is no object, as jsonwebtoken takes it") {
  const TokenVerifier verifier(with_secret());
  CHECK(verifier.verify(sign("5"), now).claims == Value(5));
  CHECK(verifier.verify(sign("{x", R"({"alg":"HS256"})"), now).claims == Value("{x"));
  CHECK(verifier.verify(sign("null", R"({"alg":"HS256"})"), now).claims == Value("null"));
  CHECK(verifier.verify(sign(R"("{\"sub\":\"a\"}")"), now).claims["sub"] == Value("a"));
  CHECK(verifier.verify(sign(" {\"sub\":\"a\"}\n"), now).claims["sub"] == Value("a"));
}

TEST_CASE("a header may have any bytes") {
  CHECK(error_of(sign("{}", "{\"alg\":\"HS256\",\"kid\":\"\xff\"}")).empty());
  CHECK(error_of(sign("{}", R"({"alg":"none","alg":"HS256"})")).empty());
}

TEST_CASE("a token has at most most_bytes") {
  TokenRules rules = with_secret();
  const std::string token = sign("{}");
  rules.most_bytes = token.size();
  CHECK(error_of(token, rules).empty());
  rules.most_bytes = token.size() - 1;
  CHECK(error_of(token, rules) == "jwt longer than " + std::to_string(token.size() - 1) + " bytes");
  CHECK(TokenRules().most_bytes == 16 * 1024);
}

TEST_CASE("a token as it was found") {
  const TokenVerifier verifier(with_secret());
  CHECK(verifier.verify_found(Value(tests::hs256_token), now));
  for (const Value& none : {Value(), Value(""), Value(false), Value(0)}) {
    CHECK(verifier.verify_found(none, now).error == "No token provided");
  }
  for (const Value& odd : {Value(5), Value(true), Value(Object{}), Value(socketio::Array{"a"})}) {
    CHECK(verifier.verify_found(odd, now).error == "jwt must be a string");
  }
}

TEST_CASE("rules without a key make no verifier") {
  CHECK_THROWS_WITH_AS(TokenVerifier(TokenRules{}),
                       "There is no key for tokens: set a secret or a public key.",
                       std::invalid_argument);
}

TEST_CASE("algorithms by their names") {
  CHECK(token_algorithm("HS256") == TokenAlgorithm::hs256);
  CHECK(token_algorithm("HS384") == TokenAlgorithm::hs384);
  CHECK(token_algorithm("HS512") == TokenAlgorithm::hs512);
  CHECK(token_algorithm("RS256") == TokenAlgorithm::rs256);
  CHECK(token_algorithm("ES256") == TokenAlgorithm::es256);
  for (const char* name : {"none", "", "hs256", "PS256"}) {
    CHECK_FALSE(token_algorithm(name).has_value());
  }
}
