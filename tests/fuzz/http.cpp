#include <string>

#include "engineio/http/request_parser.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/targets.hpp"

// The bytes of a connection to requests. The first byte says how they are cut into pieces.

namespace fuzz {

using namespace engineio;
using Event = http::RequestParser::Event;

namespace {

/// Small, so that inputs reach them.
Limits small_limits() {
  Limits limits;
  limits.http_head_bytes = 300;
  limits.http_header_fields = 8;
  return limits;
}

const Limits of_inputs = small_limits();

/// Holds what the parser did not consume, as a connection does.
class Connection {
 public:
  explicit Connection(const Limits& limits) : limits_(limits) {}

  /// Takes bytes until there is an error.
  void receive(std::string_view bytes) {
    kept_ += bytes;
    while (!failed_ && take_step()) {
    }
  }

  /// What came, in a form to compare.
  std::string events;
  HttpRequest request;
  std::size_t heads = 0;

  [[nodiscard]] bool failed() const { return failed_; }

 private:
  bool take_step() {
    Copy copy(kept_);
    const auto step = parser_.parse(copy.span(), request);
    require(step.consumed <= kept_.size(), "no more is consumed than there is");
    note(step);
    kept_.erase(0, step.consumed);
    return step.event != Event::need_more;
  }

  void note(const http::RequestParser::Step& step) {
    switch (step.event) {
      case Event::need_more:
        break;
      case Event::head:
        note_head(step.consumed);
        break;
      case Event::body:
        require(step.body.size() <= step.consumed, "a body is no larger than what it came in");
        events.append(step.body.data(), step.body.size());
        break;
      case Event::end:
        require(!parser_.in_request(), "a request has ended");
        events += "\nend\n";
        break;
      case Event::error:
        // Which of the mistakes in a request is seen first may depend on how much of it is there.
        failed_ = true;
        require(step.status >= 400 && step.status < 500, "what is wrong is the client's mistake");
        events += "\nerror";
        break;
    }
  }

  void note_head(std::size_t size) {
    ++heads;
    const auto& traits = parser_.traits();
    require(parser_.in_request(), "a request has begun");
    // Empty lines in front of a head are no part of it.
    const std::size_t line_ends = std::min(kept_.find_first_not_of("\r\n"), kept_.size());
    require(size - line_ends <= limits_.http_head_bytes, "no more bytes than http_head_bytes");
    require(request.headers.count() <= limits_.http_header_fields, "no more http_header_fields");
    events += request.method + " " + request.target + "\n" + request.headers.block();
    events += {traits.keep_alive ? 'k' : '-', traits.upgrade ? 'u' : '-', '\n'};
  }

  const Limits limits_;
  http::RequestParser parser_{limits_};
  std::string kept_;
  bool failed_ = false;
};

/// A head, written again, is the same.
void check_last_head(const HttpRequest& request) {
  if (!request.headers.has("Host")) {
    return;
  }
  Connection again(Limits{});  // it may be longer: a space is written after every colon
  again.receive(request.method + " " + request.target + " HTTP/1.1\r\n" + request.headers.block() +
                "\r\n");
  require(again.heads == 1, "a request can be sent again");
  require(again.request.method == request.method && again.request.target == request.target &&
              again.request.headers.block() == request.headers.block(),
          "a head that is written again is the same");
}

}  // namespace

void http(std::string_view input) {
  const std::uint8_t how = take_byte(input);
  Connection whole(of_inputs);
  whole.receive(input);
  Connection pieces(of_inputs);
  deliver(pieces, input, how);
  // Of a chunked body that has not ended, up to four bytes may wait for more.
  const std::size_t late = whole.events.size() - pieces.events.size();
  require_same(late < 5 ? whole.events.substr(0, pieces.events.size()) : whole.events,
               pieces.events);
  if (whole.heads > 0 && !whole.failed()) {
    check_last_head(whole.request);
  }
}

}  // namespace fuzz
