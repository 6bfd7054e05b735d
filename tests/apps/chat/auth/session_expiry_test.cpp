#include "apps/chat/auth/session_expiry.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/apps/chat/auth/signing.hpp"
#include "tests/socketio/world.hpp"

using namespace chat;
using namespace std::chrono_literals;
using socketio::Socket;
using socketio::Value;
using std::chrono::sys_seconds;
using tests::sign;
using tests::take;
using tests::Texts;

namespace {

constexpr sys_seconds begin{1'700'000'000s};  // 2023-11-14T22:13:20Z

std::string token(std::chrono::seconds end, const std::string& user = "ada") {
  return sign(R"({"sub":")" + user + R"(","exp":)" +
              std::to_string((begin + end).time_since_epoch().count()) + "}");
}

// One client whose token has been accepted.
struct Fixture {
  explicit Fixture(const std::string& accepted, std::chrono::seconds notice = 60s) {
    const auto start = world.shards[0]->now();
    const auto clock = [this, start] {
      return begin + step +
             std::chrono::floor<std::chrono::seconds>(world.shards[0]->now() - start);
    };
    const SessionExpiryOptions options{
        .notice = notice,
        .on_refresh = [this](Socket&, const Value& claims) { refreshed.push_back(claims); },
        .clock = clock};
    world.io().on_connection([this, accepted, options](Socket& socket) {
      end_with_token(socket, verifier, verifier->verify(accepted, begin), options);
    });
    client = &world.join();
  }

  Texts refresh(const std::string& argument) {
    world.receive(*client, "21[\"refreshToken\"" + argument + "]");
    return take(*client);
  }

  tests::World world;
  std::shared_ptr<const TokenVerifier> verifier =
      std::make_shared<const TokenVerifier>(TokenRules{.keys = secret_keys("secret")});
  std::chrono::seconds step{0};  // of the wall clock
  std::vector<Value> refreshed;
  tests::FakeSession* client = nullptr;
};

const Texts ended = {R"(2["authError",{"message":"Authentication failed","error":"jwt expired"}])",
                     "1"};
const Texts warned = {R"(2["tokenExpiring",{"expiresAt":"2023-11-14T22:18:20.000Z"}])"};

}  // namespace

TEST_CASE("a session ends with its token, and the client is told a minute before") {
  Fixture f(token(300s));
  f.world.advance(239s);
  CHECK(take(*f.client).empty());
  f.world.advance(1s);
  CHECK(take(*f.client) == warned);
  f.world.advance(59s);
  CHECK(take(*f.client).empty());
  f.world.advance(1s);
  CHECK(take(*f.client) == ended);
  CHECK(f.world.shards[0]->timers().size() == 0);
}

TEST_CASE("without a notice it just ends") {
  Fixture f(token(300s), 0s);
  f.world.advance(299s);
  CHECK(take(*f.client).empty());
  f.world.advance(1s);
  CHECK(take(*f.client) == ended);
}

TEST_CASE("a token that is about to end is announced at once") {
  Fixture f(token(10s));
  f.world.advance(0s);
  CHECK(take(*f.client).size() == 1);
}

TEST_CASE("a token without an end ends nothing") {
  Fixture f(sign(R"({"sub":"ada"})"));
  f.world.advance(24h * 365);
  CHECK(take(*f.client).empty());
}

TEST_CASE("a new token of the same user goes on") {
  Fixture f(token(300s));
  f.world.advance(250s);
  CHECK(take(*f.client) == warned);
  CHECK(f.refresh(R"(,{"token":")" + token(600s) + "\"}") ==
        Texts{R"(31[{"success":true,"expiresAt":"2023-11-14T22:23:20.000Z"}])"});
  REQUIRE(f.refreshed.size() == 1);
  CHECK(f.refreshed[0]["sub"] == Value("ada"));
  f.world.advance(289s);
  CHECK(take(*f.client).empty());
  f.world.advance(1s);
  CHECK(take(*f.client).size() == 1);
  f.world.advance(60s);
  CHECK(take(*f.client) == ended);
}

TEST_CASE("a new token may be without an end") {
  Fixture f(token(300s));
  CHECK(f.refresh(R"(,{"token":")" + sign(R"({"sub":"ada"})") + "\"}") ==
        Texts{R"(31[{"success":true}])"});
  f.world.advance(24h);
  CHECK(take(*f.client).empty());
}

TEST_CASE("what is refused changes nothing") {
  Fixture f(token(300s));
  for (const char* argument : {"", ",null", ",5", ",{}", R"(,{"token":""})"}) {
    CHECK(f.refresh(argument) == Texts{R"(31[{"error":"No token provided"}])"});
  }
  CHECK(f.refresh(R"(,{"token":"x"})") == Texts{R"(31[{"error":"jwt malformed"}])"});
  CHECK(f.refresh(R"(,{"token":")" + token(600s, "eve") + "\"}") ==
        Texts{R"(31[{"error":"the token is of another user: disconnect and connect with it"}])"});
  CHECK(f.refreshed.empty());
  f.world.advance(300s);
  CHECK(take(*f.client).back() == "1");
}

TEST_CASE("a step of the wall clock is noticed within an hour") {
  Fixture f(token(24h), 0s);
  f.step = 24h;
  f.world.advance(1h);
  CHECK(take(*f.client) == ended);
}

TEST_CASE("nothing is left of a client that leaves") {
  Fixture f(token(300s));
  CHECK(f.world.shards[0]->timers().size() > 0);
  f.world.receive(*f.client, "1");
  f.world.advance(300s);
  CHECK(take(*f.client).empty());
}
