#pragma once

#include <rapidjson/document.h>

#include <functional>
#include <string>
#include <string_view>

namespace tests {

/// A file of golden vectors by its name, e.g. "engineio_v4.json", parsed once. It is looked for in
/// the directory that the environment variable SIO_VECTORS_DIR names, else in the one that the
/// tests were compiled with, else in conformance/vectors. A missing file ends the tests.
const rapidjson::Document& load_vectors(const std::string& file);

/// Calls `check` for each vector of a kind, with its name in the messages of failing assertions.
/// Fails the test if there is none.
void for_each_vector(const std::string& file, std::string_view kind,
                     const std::function<void(const rapidjson::Value& vector)>& check);

/// The string member `key`.
std::string string_of(const rapidjson::Value& object, const char* key);

/// The string member `key`, decoded from hex digits.
std::string bytes_of(const rapidjson::Value& object, const char* key = "bytes");

std::string from_hex(std::string_view hex);
std::string to_hex(std::string_view bytes);

}  // namespace tests
