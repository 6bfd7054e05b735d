# add_program(<name>): a program of every source in the current folder, in build/<preset>/bin/. It
# gets the libraries that there are.
function(add_program name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE socketio $<TARGET_NAME_IF_EXISTS:adapters>)
endfunction()
