#include "apps/chat/auth/session_expiry.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "engineio/shard.hpp"
#include "engineio/timers.hpp"
#include "socketio/date.hpp"

namespace chat {

using socketio::Object;
using socketio::Socket;
using socketio::Value;
using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

constexpr seconds longest_wait = std::chrono::hours(1);

// Lives in the socket's handler of `refreshToken`.
class SessionExpiry : public std::enable_shared_from_this<SessionExpiry> {
 public:
  SessionExpiry(Socket& socket, std::shared_ptr<const TokenVerifier> verifier,
                const VerifiedToken& token, SessionExpiryOptions options)
      : socket_(socket),
        verifier_(std::move(verifier)),
        options_(std::move(options)),
        subject_(token.claims["sub"]),
        expires_(token.expires) {}

  // To be called once; later it goes on by itself.
  void wait() {
    if (!expires_) {
      timer_.stop();
      return;
    }
    const sys_seconds next = noticed_ ? *expires_ : *expires_ - options_.notice;
    const seconds delay = std::clamp(next - options_.clock(), seconds(0), longest_wait);
    engineio::Shard& shard = socket_.shard();
    shard.timers().start(timer_, shard.now() + delay, [this] { look_at_the_clock(); });
  }

  Value refresh(const Value& token) {
    VerifiedToken verified = verifier_->verify_found(token, options_.clock());
    if (!verified) {
      return Object{{"error", verified.error}};
    }
    if (verified.claims["sub"] != subject_) {
      return Object{{"error", "the token is of another user: disconnect and connect with it"}};
    }
    expires_ = verified.expires;
    noticed_ = false;
    wait();
    if (options_.on_refresh) {
      options_.on_refresh(socket_, verified.claims);
    }
    Object answer{{"success", true}};
    if (expires_) {
      answer.append("expiresAt", socketio::format_date(*expires_));
    }
    return answer;
  }

 private:
  void look_at_the_clock() {
    const auto alive = shared_from_this();
    const sys_seconds now = options_.clock();
    if (now >= *expires_) {
      const auto socket = socket_.shared_from_this();
      socket->emit("authError", authentication_error("jwt expired"));
      socket->disconnect();
      return;
    }
    if (!noticed_ && now >= *expires_ - options_.notice) {
      noticed_ = true;
      socket_.emit("tokenExpiring", Object{{"expiresAt", socketio::format_date(*expires_)}});
    }
    wait();
  }

  Socket& socket_;
  const std::shared_ptr<const TokenVerifier> verifier_;
  const SessionExpiryOptions options_;
  const Value subject_;
  std::optional<sys_seconds> expires_;
  bool noticed_ = false;
  engineio::Timer timer_;
};

}  // namespace

Value authentication_error(std::string_view error) {
  return Object{{"message", "Authentication failed"}, {"error", error}};
}

void end_with_token(Socket& socket, std::shared_ptr<const TokenVerifier> verifier,
                    const VerifiedToken& token, SessionExpiryOptions options) {
  auto session =
      std::make_shared<SessionExpiry>(socket, std::move(verifier), token, std::move(options));
  session->wait();
  socket.on("refreshToken",
            [session](const Value& request) { return session->refresh(request["token"]); });
}

}  // namespace chat
