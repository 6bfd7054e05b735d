# How our own code is compiled. Nothing here reaches those who use the libraries.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

if(NOT PROJECT_IS_TOP_LEVEL)
  return()
endif()

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
endif()

if(SOCKETIO_DEVELOPER)
  add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Werror)
  add_compile_options(-fstack-protector-strong)
  add_compile_definitions($<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
  add_compile_definitions($<$<NOT:$<CONFIG:Release>>:_GLIBCXX_ASSERTIONS>)
  add_link_options(-Wl,-z,relro,-z,now)
endif()

if(SOCKETIO_SANITIZE)
  add_compile_options(-fsanitize=${SOCKETIO_SANITIZE} -fno-sanitize-recover=all)
  add_compile_options(-fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SOCKETIO_SANITIZE})
endif()
# g++ 12 loses track of Boost.Optional and std::regex in instrumented code.
if(SOCKETIO_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  add_compile_options(-Wno-error=maybe-uninitialized)
endif()
# g++ 12 needs more than twice the time for these, and ASan finds what a null pointer does.
if(SOCKETIO_SANITIZE MATCHES undefined AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  add_compile_options(-fno-sanitize=null,alignment,object-size,vptr)
endif()
if(SOCKETIO_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  add_compile_options(-Wno-tsan) # Asio's fences, which guard nothing that TSan would need to see
endif()
