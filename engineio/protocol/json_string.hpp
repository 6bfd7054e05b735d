#pragma once

#include <string>
#include <string_view>

namespace engineio::protocol {

/// Appends `text`, valid UTF-8, as JSON.stringify writes it: quoted, with quotes, backslashes and
/// control characters escaped.
void append_json_string(std::string& out, std::string_view text);

/// The same for JavaScript source: U+2028 and U+2029, which used to end a line there, are escaped
/// too.
void append_javascript_string(std::string& out, std::string_view text);

}  // namespace engineio::protocol
