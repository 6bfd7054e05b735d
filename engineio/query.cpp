#include "engineio/query.hpp"

#include <cstddef>

#include "engineio/protocol/query.hpp"

namespace engineio {

std::vector<std::pair<std::string, std::string>> query_parameters(std::string_view target) {
  const protocol::Query query(protocol::split_target(target).query);
  std::vector<std::pair<std::string, std::string>> parameters;
  parameters.reserve(query.size());
  for (std::size_t i = 0; i < query.size(); ++i) {
    const auto [key, value] = query[i];
    parameters.emplace_back(key, value);
  }
  return parameters;
}

}  // namespace engineio
