#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace engineio::protocol {

/// Appends the answer to a JSONP poll, `___eio[<j>]("<payload>");`. Of `j`, the parameter of the
/// request, only the digits are used: it ends up in a script. `payload` is valid UTF-8.
void append_jsonp(std::string& out, std::string_view j, std::string_view payload);

/// The payload in the body of a JSONP POST: the form field `d`, in which clients write a newline as
/// `\n` and the two characters `\n` as `\\n`. nullopt unless there is exactly one `d`; Node then
/// answers `ok` and drops the body.
[[nodiscard]] std::optional<std::string> decode_jsonp_body(std::string_view form);

}  // namespace engineio::protocol
