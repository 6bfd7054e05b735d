#include "adapters/redis/resp.hpp"

#include <charconv>
#include <cstddef>

namespace adapters::redis {

namespace {

void append_header(std::string& into, char type, std::size_t number) {
  char line[24];
  line[0] = type;
  char* end = std::to_chars(line + 1, line + sizeof(line) - 2, number).ptr;
  *end++ = '\r';
  *end++ = '\n';
  into.append(line, end);
}

void append_word(std::string& into, std::string_view word) {
  append_header(into, '$', word.size());
  into.append(word).append("\r\n", 2);
}

template <class Words>
void append_words(std::string& into, const Words& words) {
  append_header(into, '*', words.size());
  for (const auto& word : words) {
    append_word(into, word);
  }
}

}  // namespace

void append_command(std::string& into, std::span<const std::string_view> words) {
  append_words(into, words);
}

void append_command(std::string& into, std::initializer_list<std::string_view> words) {
  append_words(into, words);
}

void append_command(std::string& into, const std::vector<std::string>& words) {
  append_words(into, words);
}

}  // namespace adapters::redis
