#pragma once

#include <string>
#include <vector>

#include "adapters/redis_reply.hpp"

namespace chat {

/// The elements of an array; empty where the command failed.
[[nodiscard]] inline std::vector<std::string> texts_of(const adapters::redis::Result& result) {
  std::vector<std::string> texts;
  for (const adapters::redis::Reply& element : result.reply.elements) {
    texts.push_back(element.text);
  }
  return texts;
}

}  // namespace chat
