# add_layer(<name> [PRECOMPILE <header>...]): a static library of every source in the current folder,
# as `socketio::<name>`. Headers at the folder's root are its public API; those in subfolders are
# private. A folder without sources makes no library.
function(add_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "PRECOMPILE")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cpp)
  file(GLOB public_headers CONFIGURE_DEPENDS *.hpp)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS *.hpp)

  if(NOT sources)
    return()
  endif()
  add_library(${name} STATIC ${sources})
  add_library(socketio::${name} ALIAS ${name})
  target_compile_features(${name} PUBLIC cxx_std_20)
  target_include_directories(
    ${name} PUBLIC "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>"
                   "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")

  if(SOCKETIO_PRECOMPILE)
    precompile_headers(${name} ${arg_PRECOMPILE})
  endif()
  if(SOCKETIO_TESTS)
    add_self_contained_check(${name} ${headers})
  endif()
  if(SOCKETIO_INSTALL)
    install(TARGETS ${name} EXPORT socketio ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
    install(FILES ${public_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/${name})
  endif()
endfunction()

# Target self_contained: compiles each header alone, so that none depends on what others include
# before it. A source that begins with its header has shown that already.
function(add_self_contained_check name)
  set(units)
  foreach(header IN LISTS ARGN)
    cmake_path(REPLACE_EXTENSION header cpp OUTPUT_VARIABLE source)
    cmake_path(RELATIVE_PATH header BASE_DIRECTORY "${PROJECT_SOURCE_DIR}")
    set(first)
    if(EXISTS "${source}")
      file(STRINGS "${source}" first REGEX "^#include" LIMIT_COUNT 1)
    endif()
    if(first STREQUAL "#include \"${header}\"")
      continue()
    endif()
    set(unit "${CMAKE_CURRENT_BINARY_DIR}/self_contained/${header}.cpp")
    file(CONFIGURE OUTPUT "${unit}" CONTENT "#include \"${header}\"\n")
    list(APPEND units "${unit}")
  endforeach()
  add_library(${name}_self_contained OBJECT EXCLUDE_FROM_ALL ${units})
  target_link_libraries(${name}_self_contained PRIVATE ${name})
  target_compile_options(${name}_self_contained PRIVATE -O0 -g0 -U_FORTIFY_SOURCE)

  if(NOT TARGET self_contained)
    add_custom_target(self_contained)
  endif()
  add_dependencies(self_contained ${name}_self_contained)
endfunction()
