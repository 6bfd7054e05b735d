#include "apps/chat/limits/validation.hpp"

#include <algorithm>
#include <utility>

namespace chat {

using socketio::ValueView;

namespace {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos;
}

std::string longer_than(std::string_view name, std::size_t most) {
  return std::string(name) + " must be shorter than or equal to " + std::to_string(most) +
         " characters";
}

}  // namespace

std::size_t character_count(std::string_view utf8) noexcept {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

PayloadReader::PayloadReader(ValueView payload) : payload_(payload) {
  if (!payload.is_object()) {
    reject("the payload must be an object");
  }
}

void PayloadReader::reject(std::string reason) {
  if (error_.empty()) {
    error_ = std::move(reason);
  }
}

std::string_view PayloadReader::text(std::string_view name, std::size_t most) {
  return checked_text(name, payload_.find(name), most);
}

std::optional<std::string_view> PayloadReader::optional_text(std::string_view name,
                                                             std::size_t most) {
  const ValueView value = payload_.find(name);
  return value.is_null() ? std::nullopt : std::optional(checked_text(name, value, most));
}

std::string_view PayloadReader::checked_text(std::string_view name, ValueView value,
                                             std::size_t most) {
  const auto text = value.as_string();
  if (!text) {
    reject(std::string(name) + " must be a string");
  } else if (is_blank(*text)) {
    reject(std::string(name) + " should not be empty");
  } else if (character_count(*text) > most) {
    reject(longer_than(name, most));
  } else {
    return *text;
  }
  return {};
}

bool PayloadReader::flag(std::string_view name) {
  const auto flag = payload_.find(name).as_bool();
  if (!flag) {
    reject(std::string(name) + " must be a boolean value");
  }
  return flag.value_or(false);
}

std::optional<std::int64_t> PayloadReader::optional_integer(std::string_view name,
                                                            std::int64_t least, std::int64_t most) {
  const ValueView value = payload_.find(name);
  if (value.is_null()) {
    return std::nullopt;
  }
  const auto number = value.as_int64();
  if (!number) {
    reject(std::string(name) + " must be an integer number");
  } else if (*number < least) {
    reject(std::string(name) + " must not be less than " + std::to_string(least));
  } else if (*number > most) {
    reject(std::string(name) + " must not be greater than " + std::to_string(most));
  } else {
    return number;
  }
  return std::nullopt;
}

std::optional<std::span<const std::byte>> PayloadReader::optional_bytes(std::string_view name,
                                                                        std::size_t most_bytes) {
  const ValueView value = payload_.find(name);
  if (value.is_null()) {
    return std::nullopt;
  }
  const auto bytes = value.as_binary();
  if (!bytes) {
    reject(std::string(name) + " must be binary");
  } else if (bytes->empty()) {
    reject(std::string(name) + " should not be empty");
  } else if (bytes->size() > most_bytes) {
    reject(std::string(name) + " must be of at most " + std::to_string(most_bytes) + " bytes");
  } else {
    return bytes;
  }
  return std::nullopt;
}

std::vector<std::string_view> PayloadReader::texts(std::string_view name, std::size_t most,
                                                   std::size_t most_characters) {
  const ValueView list = payload_.find(name);
  std::vector<std::string_view> texts;
  if (!list.is_array()) {
    reject(std::string(name) + " must be an array");
  } else if (list.size() == 0) {
    reject(std::string(name) + " should not be empty");
  } else if (list.size() > most) {
    reject(std::string(name) + " must contain no more than " + std::to_string(most) + " elements");
  } else {
    for (const ValueView element : list.elements()) {
      texts.push_back(checked_text("each value in " + std::string(name), element, most_characters));
    }
  }
  return texts;
}

}  // namespace chat
