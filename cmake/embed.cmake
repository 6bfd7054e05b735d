# embed_files(<target> FOLDER <folder> HEADER <header> NAMESPACE <namespace>) compiles the files of
# <folder> into <target> and defines the find_asset() that <header> declares.

set(EMBED_SCRIPT "${CMAKE_CURRENT_LIST_DIR}/embed_script.cmake")

function(embed_files target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "FOLDER;HEADER;NAMESPACE" "")
  set(source "${CMAKE_CURRENT_BINARY_DIR}/${target}_assets.cpp")
  file(GLOB_RECURSE files CONFIGURE_DEPENDS "${arg_FOLDER}/*")
  add_custom_command(
    OUTPUT "${source}"
    COMMAND "${CMAKE_COMMAND}" "-DOUTPUT=${source}" "-DFOLDER=${arg_FOLDER}"
            "-DHEADER=${arg_HEADER}" "-DNAMESPACE=${arg_NAMESPACE}" -P "${EMBED_SCRIPT}"
    DEPENDS ${files} "${EMBED_SCRIPT}"
    COMMENT "Embedding ${arg_FOLDER}"
    VERBATIM)
  target_sources(${target} PRIVATE "${source}")
endfunction()
