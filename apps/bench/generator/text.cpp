#include "apps/bench/generator/text.hpp"

#include "apps/bench/generator/failure.hpp"

namespace bench {

std::string_view field_of(std::string_view json, std::string_view name) {
  const std::string key = "\"" + std::string(name) + "\":\"";
  const std::size_t begin = json.find(key);
  if (begin == std::string_view::npos) {
    throw Failure("no " + std::string(name) + " in <" + std::string(json) + ">");
  }
  const std::string_view rest = json.substr(begin + key.size());
  return rest.substr(0, rest.find('"'));
}

}  // namespace bench
