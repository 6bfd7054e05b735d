#include "apps/chat/config/sources.hpp"

#include <doctest/doctest.h>

#include "tests/apps/chat/config/temporary_file.hpp"

using namespace chat;
using namespace std::chrono_literals;

namespace {

Sources with_file(const TemporaryFile& file) { return {.file = file.path()}; }

/// The problems, with the path of the file taken out.
std::vector<std::string> problems_of(Sources sources) {
  try {
    static_cast<void>(load(sources));
  } catch (const ConfigurationError& error) {
    std::vector<std::string> problems = error.problems();
    for (std::string& problem : problems) {
      if (!sources.file.empty() && problem.starts_with(sources.file)) {
        problem.erase(0, sources.file.size());
      }
    }
    return problems;
  }
  return {};
}

std::vector<std::string> problems_in(const std::string& content) {
  const TemporaryFile file(content);
  return problems_of(with_file(file));
}

Sources with_flags(const std::vector<std::pair<std::string, std::string>>& values) {
  Sources sources;
  for (const auto& [name, value] : values) {
    REQUIRE(find_field(name) != nullptr);
    sources.flags.emplace_back(find_field(name), value);
  }
  return sources;
}

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("without sources everything has its default, and a folder for data") {
  const Settings settings = load({.environment = {{"HOME", "/home/ada"}}}).settings;
  CHECK(settings.profile == Profile::chat);
  CHECK(settings.websocket.port == 3000);
  CHECK(settings.server.data_directory == "/home/ada/.local/state/sio_chat");
  CHECK(load({.environment = {{"HOME", "/home/ada"}, {"XDG_STATE_HOME", "/state"}}})
            .settings.server.data_directory == "/state/sio_chat");
  CHECK(load({}).settings.server.data_directory == "sio_chat-data");
}

TEST_CASE("flags are stronger than the file, and the file than the environment") {
  const TemporaryFile file("[websocket]\nport = 2\npingInterval = 2\n");
  Sources sources = with_flags({{"websocket.port", "3"}});
  sources.file = file.path();
  sources.environment = {{"SIO_CHAT_WEBSOCKET_PORT", "1"},
                         {"SIO_CHAT_WEBSOCKET_PING_INTERVAL", "1"},
                         {"SIO_CHAT_WEBSOCKET_PING_TIMEOUT", "1"}};
  const Settings settings = load(sources).settings;
  CHECK(settings.websocket.port == 3);
  CHECK(settings.websocket.ping_interval == 2ms);
  CHECK(settings.websocket.ping_timeout == 1ms);
}

TEST_CASE("the configuration of the WebSocket service in the seed documents can be written down") {
  const TemporaryFile file(R"(
[websocket]
enabled = true
debug = false
path = "/socket.io"
port = 3000
transports = ["websocket", "polling"]
pingInterval = 25000
pingTimeout = 5000
maxConnections = 1000
ssl = false
keepAlive = true

[websocket.retryConfig]
attempts = 3
delay = 1000
maxDelay = 5000
timeout = 10000

[websocket.logger]
level = "info"
pretty = true
)");
  const Settings settings = load(with_file(file)).settings;
  CHECK(settings.websocket.transports == Strings{"websocket", "polling"});
  CHECK(settings.websocket.ping_timeout == 5s);
  CHECK(settings.websocket.max_connections == 1000);
  CHECK(settings.retry.attempts == 3);
  CHECK(settings.retry.timeout == 10s);
  CHECK(settings.logger.level == LogLevel::info);
}

TEST_CASE("the environment may name the file") {
  const TemporaryFile file("profile = \"chat\"\n[server]\nthreads = 7\n");
  CHECK(load({.environment = {{"SIO_CHAT_CONFIG", file.path()}}}).settings.server.threads == 7);
}

TEST_CASE("variables that mean nothing are warned of") {
  const auto configuration =
      load({.environment = {{"SIO_CHAT_PORT", "tcp://10.0.0.1:3000"}, {"SIO_CHATTY", "yes"}}});
  CHECK(configuration.warnings == Strings{"the variable SIO_CHAT_PORT is no setting"});
}

TEST_CASE("lists have commas outside of the file") {
  const Settings settings =
      load(with_flags({{"websocket.transports", "websocket"},
                       {"websocket.corsOrigins", "https://a.example,https://b.example"}}))
          .settings;
  CHECK(settings.websocket.transports == Strings{"websocket"});
  CHECK(settings.websocket.cors_origins == Strings{"https://a.example", "https://b.example"});
}

TEST_CASE("a Redis may be given as host and port") {
  CHECK(load(with_flags({{"redis.url", "cache:6380"}})).settings.redis.url == "redis://cache:6380");
  CHECK(load(with_flags({{"redis.url", "rediss://cache"}})).settings.redis.url == "rediss://cache");
  CHECK_FALSE(load({}).settings.redis.enabled());
}

TEST_CASE("a wrong value is named with its place and what was expected") {
  CHECK(problems_of(with_flags({{"websocket.port", "65536"}})) ==
        Strings{"the flag --port: websocket.port is \"65536\", expected a number from 0 to 65535"});
  CHECK(problems_of({.environment = {{"SIO_CHAT_AUTH_REQUIRED", "yes"}}}) ==
        Strings{"the variable SIO_CHAT_AUTH_REQUIRED: auth.required is \"yes\", "
                "expected true or false"});
  CHECK(problems_in("[websocket]\npingInterval = 0\n\n[websocket.logger]\nlevel = \"loud\"\n") ==
        Strings{":5: websocket.logger.level is \"loud\", expected one of error, warn, info, debug",
                ":2: websocket.pingInterval is \"0\", expected milliseconds from 1 to 3600000"});
}

TEST_CASE("a file that is wrong in itself is refused") {
  CHECK(problems_in("[websocket]\nprot = 3000\n") ==
        Strings{":2: there is no setting websocket.prot; --print-config shows all"});
  CHECK(problems_in("[websocket]\ntransports = \"polling\"\n") ==
        Strings{":2: websocket.transports is \"polling\", "
                "expected a list of polling, websocket or both"});
  CHECK(problems_in("[server]\nhost = [\"a\"]\n") ==
        Strings{":2: server.host is \"a\", expected one text"});
  CHECK(problems_in("[server]\nhost = 2026-01-01\n") ==
        Strings{":2: server.host is a date or a time, expected one text"});
  CHECK(problems_in("[server\n").front().starts_with(":1: "));
  CHECK(problems_of({.file = "/nowhere/chat.toml"}).front().starts_with(": "));
}

TEST_CASE("secrets are not shown") {
  const TemporaryFile file("[auth]\nsecret = [\"hunter2\"]\n");
  CHECK(problems_of(with_file(file)) == Strings{":2: auth.secret is a secret, expected one text"});
  Settings settings;
  settings.auth.secret = "hunter2";
  settings.redis.url = "redis://:hunter2@cache";
  CHECK(print_configuration(settings).find("hunter2") == std::string::npos);
}

TEST_CASE("what is printed can be read again") {
  Settings settings = load({.environment = {{"HOME", "/home/ada"}}}).settings;
  settings.websocket.port = 4'711;
  settings.chat.welcome = "Say \"friend\"\\enter";
  settings.websocket.cors_origins = {"https://a.example"};
  const TemporaryFile file(print_configuration(settings));
  const Settings again = load(with_file(file)).settings;
  for (const Field& field : fields()) {
    CAPTURE(field.name);
    CHECK(field.get(again) == field.get(settings));
  }
}

TEST_CASE("settings that contradict each other are refused") {
  const auto problem = [](const std::vector<std::pair<std::string, std::string>>& values) {
    const Strings problems = problems_of(with_flags(values));
    return problems.size() == 1 ? problems.front() : std::to_string(problems.size()) + " problems";
  };
  CHECK(problem({{"websocket.ssl", "true"}}) ==
        "websocket.ssl is true, expected tls.certificateFile and tls.keyFile with it");
  CHECK(problem({{"websocket.path", "socket.io"}}) ==
        "websocket.path is \"socket.io\", expected / and a name, such as /socket.io");
  CHECK(problem({{"websocket.corsOrigins", "*,https://a.example"}}) ==
        "websocket.corsOrigins has * among others, expected * alone or a list of origins");
  CHECK(problem({{"profile", "nest"}}) ==
        "profile is \"nest\", expected auth.secret (--jwt-secret) with it");
  CHECK(problem({{"auth.required", "true"}}) ==
        "auth.required is true, expected auth.secret or auth.publicKeyFile with it");
  CHECK(problem({{"auth.secret", "s"}, {"auth.algorithm", "RS256"}}) ==
        "auth.algorithm is \"RS256\", expected HS256, HS384 or HS512 with auth.secret");
  CHECK(problem({{"messages.store", "redis"}}) ==
        "messages.store is \"redis\", expected redis.url with it");
  CHECK(problem({{"websocket.recovery", "1000"}, {"redis.url", "cache:6379"}}) ==
        "redis.adapter is \"classic\", expected streams, or websocket.recovery = 0");
  CHECK(problem({{"redis.clusterNodes", "a:1,b:2"}}) ==
        "redis.keyPrefix is \"\", expected a hash tag such as {chat}: with redis.clusterNodes");
  CHECK(problem({{"messages.page", "101"}}) ==
        "messages.page is \"101\", expected at most the 100 of messages.mostPage");
  CHECK(problem({{"cluster.heartbeat", "5000"}}) ==
        "cluster.nodeTimeout is \"9000\", expected at least two times cluster.heartbeat, "
        "which is 5000");
}
