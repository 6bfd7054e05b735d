#include "tests/fuzz/corpus.hpp"

#include <fstream>
#include <stdexcept>
#include <string_view>

namespace fuzz {

namespace {

std::string unescaped(std::string_view line) {
  std::string bytes;
  while (!line.empty()) {
    if (line.starts_with("\\x") && line.size() >= 4) {
      bytes += static_cast<char>(std::stoi(std::string(line.substr(2, 2)), nullptr, 16));
      line.remove_prefix(4);
    } else {
      bytes += line.front();
      line.remove_prefix(1);
    }
  }
  return bytes;
}

}  // namespace

std::vector<std::string> read_corpus(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    throw std::runtime_error("no corpus at " + path);
  }
  std::vector<std::string> inputs;
  for (std::string line; std::getline(file, line);) {
    inputs.push_back(unescaped(line));
  }
  return inputs;
}

}  // namespace fuzz
