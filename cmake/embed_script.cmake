# The build step behind embed_files(): writes OUTPUT from the files in FOLDER.

set(type_.css "text/css; charset=utf-8")
set(type_.html "text/html; charset=utf-8")
set(type_.js "text/javascript; charset=utf-8")
set(type_.svg "image/svg+xml")

# The file's bytes as lines of C++ string literals.
function(read_as_literal path literal size)
  file(READ "${path}" bytes HEX)
  string(LENGTH "${bytes}" digits)
  math(EXPR byte_count "${digits} / 2")
  string(REPEAT "[0-9a-f][0-9a-f]" 24 line)
  string(REGEX REPLACE "(${line})" "\\1\n" lines "${bytes}\n")
  string(REGEX REPLACE "\n+" "\"\n    \"" lines "${lines}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" lines "${lines}")
  set(${literal} "\"${lines}\"" PARENT_SCOPE)
  set(${size} ${byte_count} PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE files RELATIVE "${FOLDER}" "${FOLDER}/*")
foreach(file IN LISTS files)
  cmake_path(GET file EXTENSION LAST_ONLY extension)
  if(NOT DEFINED type_${extension})
    message(FATAL_ERROR "embed_script.cmake knows no content type for ${file}")
  endif()
  read_as_literal("${FOLDER}/${file}" literal size)
  string(APPEND entries "    {\"/${file}\", {{${literal}, ${size}}, \"${type_${extension}}\"}},\n")
endforeach()

file(WRITE "${OUTPUT}"
"#include \"${HEADER}\"

#include <utility>

namespace ${NAMESPACE} {
namespace {

constexpr std::pair<std::string_view, Asset> assets[] = {
${entries}};

}  // namespace

std::optional<Asset> find_asset(std::string_view path) {
  for (const auto& [name, asset] : assets) {
    if (path == name || (path == \"/\" && name == \"/index.html\")) {
      return asset;
    }
  }
  return std::nullopt;
}

}  // namespace ${NAMESPACE}
")
