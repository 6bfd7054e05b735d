#include "engineio/http/compression.hpp"

#include <doctest/doctest.h>
#include <zlib.h>

#include <optional>
#include <random>
#include <string>

using engineio::HttpHeaders;
using engineio::http::Compressor;
using engineio::http::content_coding_name;
using engineio::http::ContentCoding;
using engineio::http::negotiate_content_coding;

namespace {

std::string negotiated(std::string_view accept_encoding) {
  HttpHeaders headers;
  headers.add("Accept-Encoding", accept_encoding);
  return std::string(content_coding_name(negotiate_content_coding(headers)));
}

/// The body again, or nullopt if `compressed` is not exactly one stream of the format.
std::optional<std::string> inflated(std::string_view compressed, int window_bits) {
  std::string input(compressed);
  std::string output(4'000'000, '\0');
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, window_bits) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(output.data());
  stream.avail_out = static_cast<uInt>(output.size());
  const bool complete = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0;
  output.resize(stream.total_out);
  inflateEnd(&stream);
  return complete ? std::optional(output) : std::nullopt;
}

constexpr int zlib_format = 15;
constexpr int gzip_format = 15 + 16;

std::string noise(std::size_t size) {
  std::mt19937 random(42);
  std::string text(size, '\0');
  for (auto& c : text) {
    c = static_cast<char>(random());
  }
  return text;
}

}  // namespace

TEST_CASE("nothing is negotiated without Accept-Encoding") {
  CHECK(negotiate_content_coding({}) == ContentCoding::identity);
  CHECK(negotiated("") == "identity");
}

TEST_CASE("the client's order decides") {
  CHECK(negotiated("gzip, deflate") == "gzip");
  CHECK(negotiated("deflate, gzip") == "deflate");
  CHECK(negotiated("gzip, deflate, br, zstd") == "gzip");
  CHECK(negotiated("br, deflate") == "deflate");
  CHECK(negotiated("GZIP") == "gzip");
}

TEST_CASE("quality comes before order") {
  CHECK(negotiated("gzip;q=0.5, deflate;q=0.8") == "deflate");
  CHECK(negotiated("gzip;q=0.5, deflate") == "deflate");
  CHECK(negotiated("gzip ; q=1.0 , deflate;q=0.9") == "gzip");
  CHECK(negotiated("gzip;x=1;q=0.2, deflate;q=0.1") == "gzip");
}

TEST_CASE("quality 0 refuses") {
  CHECK(negotiated("gzip;q=0") == "identity");
  CHECK(negotiated("gzip;q=0, deflate") == "deflate");
  CHECK(negotiated("gzip;q=0, *") == "deflate");
  CHECK(negotiated("*, gzip;q=0.0") == "deflate");
  CHECK(negotiated("*;q=0") == "identity");
}

TEST_CASE("an asterisk stands for both, behind what is named") {
  CHECK(negotiated("*") == "gzip");
  CHECK(negotiated("deflate, *") == "deflate");
  CHECK(negotiated("*, deflate") == "deflate");
  CHECK(negotiated("*;q=0.9, deflate;q=0.1") == "gzip");
}

TEST_CASE("other codings are not ours") {
  CHECK(negotiated("br") == "identity");
  CHECK(negotiated("identity") == "identity");
  CHECK(negotiated("x-gzip, gzipped") == "identity");
}

TEST_CASE("malformed lists do no harm") {
  CHECK(negotiated(",,;,;q=1,gzip") == "gzip");
  CHECK(negotiated("gzip;q=abc") == "identity");
  CHECK(negotiated("gzip;q=") == "identity");
  CHECK(negotiated("gzip;q=nan") == "identity");
}

TEST_CASE("several fields are one list") {
  HttpHeaders headers;
  headers.add("Accept-Encoding", "br");
  headers.add("accept-encoding", "deflate");
  headers.add("Accept-Encoding", "gzip");
  CHECK(negotiate_content_coding(headers) == ContentCoding::deflate);
}

TEST_CASE("bodies survive both codings, again and again") {
  Compressor compressor(6);
  for (const auto& body : {std::string(), std::string("a"), std::string(3'000'000, 'x'),
                           noise(100'000), std::string("short again")}) {
    CHECK(inflated(compressor.compress(ContentCoding::gzip, body), gzip_format) == body);
    CHECK(inflated(compressor.compress(ContentCoding::deflate, body), zlib_format) == body);
  }
}

TEST_CASE("compressed text is smaller") {
  Compressor compressor(1);
  CHECK(compressor.compress(ContentCoding::gzip, std::string(2000, 'a')).size() < 100);
}
