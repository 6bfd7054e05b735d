#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace bench {

/// The server did something wrong, or the run cannot go on: the run ends without a result.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// `condition` or the end, with the text of errno.
void check_system(bool condition, const std::string& what);

/// What a packet should have been and what it was, short enough to print.
[[nodiscard]] std::string describe_mismatch(std::string_view got, std::string_view expected);

}  // namespace bench
