// sio_decode: what our decoders make of bytes. Reads inputs from standard input, each a line
// `<kind> <size> <size> ...` and the bytes of as many messages, and answers each with a line of
// JSON.

#include <algorithm>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/decode/kinds.hpp"

namespace {

using decode::Kind;

const Kind* find_kind(std::string_view name) {
  for (const auto kinds : {decode::engineio_kinds(), decode::socketio_kinds()}) {
    const auto found = std::ranges::find(kinds, name, &Kind::name);
    if (found != kinds.end()) {
      return &*found;
    }
  }
  return nullptr;
}

bool read_messages(std::istream& head, std::vector<std::string>& messages) {
  messages.clear();
  for (std::size_t size = 0; head >> size;) {
    std::string& message = messages.emplace_back(size, '\0');
    if (!std::cin.read(message.data(), static_cast<std::streamsize>(size))) {
      return false;
    }
  }
  return head.eof();
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  std::vector<std::string> messages;
  std::string answer;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream head(line);
    std::string name;
    head >> name;
    const Kind* kind = find_kind(name);
    if (kind == nullptr || !read_messages(head, messages)) {
      std::cerr << "sio_decode: not an input: " << line << '\n';
      return 1;
    }
    answer.clear();
    decode::NotationWriter writer(answer);
    kind->decode(messages, writer);
    std::cout << answer << '\n';
  }
  return 0;
}
