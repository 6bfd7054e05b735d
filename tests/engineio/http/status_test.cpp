#include "engineio/http/status.hpp"

#include <doctest/doctest.h>

using engineio::http::reason_phrase;

TEST_CASE("reason phrases are those of Node") {
  CHECK(reason_phrase(100) == "Continue");
  CHECK(reason_phrase(101) == "Switching Protocols");
  CHECK(reason_phrase(200) == "OK");
  CHECK(reason_phrase(204) == "No Content");
  CHECK(reason_phrase(304) == "Not Modified");
  CHECK(reason_phrase(400) == "Bad Request");
  CHECK(reason_phrase(408) == "Request Timeout");
  CHECK(reason_phrase(413) == "Payload Too Large");
  CHECK(reason_phrase(414) == "URI Too Long");
  CHECK(reason_phrase(418) == "I'm a Teapot");
  CHECK(reason_phrase(431) == "Request Header Fields Too Large");
  CHECK(reason_phrase(511) == "Network Authentication Required");
}

TEST_CASE("other codes are unknown") {
  CHECK(reason_phrase(0) == "unknown");
  CHECK(reason_phrase(299) == "unknown");
  CHECK(reason_phrase(999) == "unknown");
}
