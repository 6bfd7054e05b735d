#include "socketio/parser/placeholders.hpp"

#include "socketio/value_view.hpp"

namespace socketio::parser {

void append_placeholder(std::string& out, std::size_t index) {
  out.append(R"({"_placeholder":true,"num":)").append(std::to_string(index)).push_back('}');
}

bool bind_placeholder(Tape& tape, std::size_t object, std::span<const std::string> attachments) {
  const ValueView view(tape.root() + object);
  if (view.find("_placeholder").as_bool() != true) {
    return true;
  }
  const auto num = view.find("num").as_uint64();
  if (!num || *num >= attachments.size()) {
    return false;
  }
  tape.truncate(object);
  tape.binary(attachments[*num]);
  return true;
}

}  // namespace socketio::parser
