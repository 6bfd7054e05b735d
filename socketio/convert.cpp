#include "socketio/convert.hpp"

namespace socketio {
std::optional<Date> read_date(ValueView view) {
  if (const auto text = view.as_string()) {
    return parse_date(*text);
  }
  const std::optional<double> number = view.as_double();
  using Milliseconds = std::chrono::duration<double, std::milli>;
  if (!number || !(Milliseconds(*number) >= min_date.time_since_epoch() &&
                   Milliseconds(*number) <= max_date.time_since_epoch())) {
    return std::nullopt;
  }
  return Date(std::chrono::duration_cast<std::chrono::milliseconds>(Milliseconds(*number)));
}

void Convert<Object>::write(Writer& writer, const Object& object) {
  writer.begin_object(object.size());
  for (const Member& member : object) {
    writer.key(member.key);
    member.value.write_to(writer);
  }
  writer.end_object();
}

}  // namespace socketio
