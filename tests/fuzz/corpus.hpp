#pragma once

#include <string>
#include <vector>

namespace fuzz {

/// The inputs in a corpus file, one a line: bytes that are no printable ASCII as `\x` and two hex
/// digits, and so are backslashes and a space at the end of a line. corpus.mjs writes them.
[[nodiscard]] std::vector<std::string> read_corpus(const std::string& path);

}  // namespace fuzz
