#include "tests/adapters/support/frames.hpp"

namespace tests {

std::string without_ack_id(const std::string& frame) {
  std::size_t begin = frame.starts_with("42") ? 2 : 0;
  if (frame.starts_with("45")) {
    begin = frame.find('-') + 1;
  }
  if (begin != 0 && begin < frame.size() && frame[begin] == '/') {
    begin = frame.find(',') + 1;
  }
  std::size_t end = begin;
  while (begin != 0 && end < frame.size() && frame[end] >= '0' && frame[end] <= '9') {
    ++end;
  }
  return begin == 0 ? frame : frame.substr(0, begin) + frame.substr(end);
}

}  // namespace tests
