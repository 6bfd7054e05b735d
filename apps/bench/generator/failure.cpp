#include "apps/bench/generator/failure.hpp"

#include <cerrno>
#include <cstring>

namespace bench {
namespace {

constexpr std::size_t printed_bytes = 200;

std::string quote(std::string_view bytes) {
  std::string text = "<";
  for (const char byte : bytes.substr(0, printed_bytes)) {
    text += byte >= ' ' && byte <= '~' ? byte : '.';
  }
  return text + (bytes.size() > printed_bytes ? ">..." : ">");
}

}  // namespace

void check_system(bool condition, const std::string& what) {
  if (!condition) {
    throw Failure(what + ": " + std::strerror(errno));
  }
}

std::string describe_mismatch(std::string_view got, std::string_view expected) {
  return "got " + std::to_string(got.size()) + " bytes " + quote(got) + ", expected " +
         std::to_string(expected.size()) + " bytes " + quote(expected);
}

}  // namespace bench
