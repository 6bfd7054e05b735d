#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace engineio::protocol {

/// One `key=value` of a form, still encoded; views into the form.
struct FormField {
  std::string_view key;
  std::string_view value;  ///< empty when there is no `=`
};

/// Walks the fields of an application/x-www-form-urlencoded text (WHATWG URL, section 5.1), which
/// is also the syntax of a query. Empty fields (`a=1&&b=2`) are skipped.
class FormReader {
 public:
  explicit FormReader(std::string_view form) : rest_(form) {}

  [[nodiscard]] std::optional<FormField> next();

 private:
  std::string_view rest_;
};

/// Appends `encoded` with `+` as space and percent escapes decoded. Invalid escapes stay as they
/// are, and what is not UTF-8 afterwards becomes U+FFFD.
void append_form_decoded(std::string& out, std::string_view encoded);

}  // namespace engineio::protocol
