#include "engineio/http/response.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <utility>

#include "engineio/http/status.hpp"

namespace engineio::http {

namespace {

/// A number as text, in place.
class Digits {
 public:
  template <class Integer>
  explicit Digits(Integer value) {
    const auto* end = std::to_chars(text_.data(), text_.data() + text_.size(), value).ptr;
    size_ = static_cast<std::size_t>(end - text_.data());
  }

  [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }

 private:
  std::array<char, 24> text_;
  std::size_t size_;
};

Bytes concatenate(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const auto part : parts) {
    size += part.size();
  }
  auto bytes = Bytes::allocate(size);
  auto* at = bytes.data();
  for (const auto part : parts) {
    at += part.copy(at, part.size());
  }
  return bytes;
}

bool has_no_body(unsigned status) noexcept { return status == 204 || status == 304; }

/// What Content-Length should be: nullopt if the field is left to the caller of respond().
std::optional<std::size_t> content_length(unsigned status, std::size_t body_size,
                                          const ResponseContext& context) {
  // The length of a representation that is not sent is known only if it was given here.
  const bool unknown = has_no_body(status) || (context.head_only && body_size == 0);
  return unknown ? std::nullopt : std::optional(body_size);
}

/// Whether the given fields can be sent as they are.
bool framing_is_ours(const HttpHeaders& headers, std::optional<std::size_t> length) {
  const auto given = headers.get("Content-Length");
  const bool wrong = given && length && *given != Digits(*length).view();
  return !wrong && !headers.has("Connection") && !headers.has("Transfer-Encoding");
}

HttpHeaders with_our_framing(const HttpHeaders& headers, std::optional<std::size_t> length) {
  auto corrected = headers;
  corrected.remove("Connection");
  corrected.remove("Transfer-Encoding");
  if (length && corrected.has("Content-Length")) {
    corrected.set("Content-Length", Digits(*length).view());
  }
  return corrected;
}

Bytes encode_head(unsigned status, const HttpHeaders& headers, std::optional<std::size_t> length,
                  std::string_view body, const ResponseContext& context) {
  const bool adds_length = length && !headers.has("Content-Length");
  const bool adds_date = !headers.has("Date");
  const Digits status_text(status);
  const Digits length_text(length.value_or(0));
  const Digits timeout_text(context.keep_alive_timeout.count());
  return concatenate({
      "HTTP/1.1 ",
      status_text.view(),
      " ",
      reason_phrase(status),
      "\r\n",           //
      headers.block(),  //
      adds_date ? "Date: " : "",
      adds_date ? context.date : "",
      adds_date ? "\r\n" : "",  //
      context.keep_alive ? "Connection: keep-alive\r\nKeep-Alive: timeout=" : "Connection: close",
      context.keep_alive ? timeout_text.view() : "",
      "\r\n",  //
      adds_length ? "Content-Length: " : "",
      adds_length ? length_text.view() : "",
      adds_length ? "\r\n" : "",  //
      "\r\n",
      body,
  });
}

EncodedResponse encode(unsigned status, const HttpHeaders& headers, std::size_t body_size,
                       std::string_view body, const ResponseContext& context) {
  const auto length = content_length(status, body_size, context);
  const auto& fields =
      framing_is_ours(headers, length) ? headers : with_our_framing(headers, length);
  return {encode_head(status, fields, length, body, context), {}};
}

unsigned final_status(unsigned status) noexcept {
  return status >= 200 && status <= 999 ? status : 500;
}

}  // namespace

EncodedResponse encode_response(unsigned status, const HttpHeaders& headers, std::string_view body,
                                const ResponseContext& context) {
  status = final_status(status);
  const bool sends_body = !context.head_only && !has_no_body(status);
  return encode(status, headers, body.size(), sends_body ? body : "", context);
}

EncodedResponse encode_response(unsigned status, const HttpHeaders& headers, Bytes body,
                                const ResponseContext& context) {
  status = final_status(status);
  auto response = encode(status, headers, body.size(), {}, context);
  if (!context.head_only && !has_no_body(status)) {
    response.body = std::move(body);
  }
  return response;
}

}  // namespace engineio::http
