#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace adapters::redis {

/// Appends a command as Redis wants it: an array of binary-safe strings.
void append_command(std::string& into, std::span<const std::string_view> words);
void append_command(std::string& into, std::initializer_list<std::string_view> words);
void append_command(std::string& into, const std::vector<std::string>& words);

}  // namespace adapters::redis
