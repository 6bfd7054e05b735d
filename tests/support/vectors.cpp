#include "tests/support/vectors.hpp"

#include <doctest/doctest.h>
#include <rapidjson/error/en.h>
#include <rapidjson/istreamwrapper.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <stdexcept>

#ifndef SIO_VECTORS_DIR
#define SIO_VECTORS_DIR "conformance/vectors"
#endif

namespace tests {
namespace {

std::string path_of(const std::string& file) {
  const char* directory = std::getenv("SIO_VECTORS_DIR");
  return std::string(directory != nullptr ? directory : SIO_VECTORS_DIR) + "/" + file;
}

std::unique_ptr<rapidjson::Document> parse(const std::string& path) {
  std::ifstream input(path, std::ios::binary);
  if (!input) {
    throw std::runtime_error("no vectors at " + path + "; set SIO_VECTORS_DIR");
  }
  rapidjson::IStreamWrapper stream(input);
  auto document = std::make_unique<rapidjson::Document>();
  document->ParseStream<rapidjson::kParseFullPrecisionFlag>(stream);
  if (document->HasParseError()) {
    throw std::runtime_error(path + ": " + rapidjson::GetParseError_En(document->GetParseError()));
  }
  return document;
}

}  // namespace

const rapidjson::Document& load_vectors(const std::string& file) {
  static std::map<std::string, std::unique_ptr<rapidjson::Document>> loaded;
  auto& document = loaded[file];
  if (document == nullptr) {
    document = parse(path_of(file));
  }
  return *document;
}

void for_each_vector(const std::string& file, std::string_view kind,
                     const std::function<void(const rapidjson::Value& vector)>& check) {
  int count = 0;
  for (const auto& vector : load_vectors(file)["vectors"].GetArray()) {
    if (string_of(vector, "kind") == kind) {
      const std::string name = string_of(vector, "name");
      CAPTURE(name);
      check(vector);
      ++count;
    }
  }
  REQUIRE_MESSAGE(count > 0, "no vectors of kind ", std::string(kind), " in ", file);
}

std::string string_of(const rapidjson::Value& object, const char* key) {
  const auto member = object.FindMember(key);
  if (member == object.MemberEnd() || !member->value.IsString()) {
    throw std::runtime_error(std::string("no string member ") + key);
  }
  return {member->value.GetString(), member->value.GetStringLength()};
}

std::string bytes_of(const rapidjson::Value& object, const char* key) {
  return from_hex(string_of(object, key));
}

std::string from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) {
    throw std::runtime_error("odd number of hex digits");
  }
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += digits[byte >> 4];
    hex += digits[byte & 15];
  }
  return hex;
}

}  // namespace tests
