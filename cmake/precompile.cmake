# precompile_headers(<target> [<header>...]): what most of its sources include is compiled once, with
# the headers named.
function(precompile_headers target)
  target_precompile_headers(
    ${target} PRIVATE <algorithm> <chrono> <deque> <functional> <map> <memory> <mutex> <optional>
                      <regex> <span> <string> <thread> <unordered_map> <vector> ${ARGN})
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    target_compile_options(${target} PRIVATE -fpch-preprocess) # for ccache
  endif()
endfunction()
