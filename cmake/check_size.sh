#!/usr/bin/env bash
# check_size.sh <root of the sources>: no file of more than 600 lines, no function of more than 70.
# Functions are told by the layout that clang-format gives them; those of tests may be longer.
set -euo pipefail
cd "$1"

find engineio socketio adapters apps conformance/server tests -name '*.[ch]pp' | sort |
  xargs --no-run-if-empty awk '
    function too_long(what, line, length_, limit) {
      printf "%s:%d: %s of %d lines, at most %d\n", FILENAME, line, what, length_, limit
      bad = 1
    }
    # A function begins with the last line before its closing brace that is indented as that is.
    function function_ends(indent) {
      if (FILENAME !~ /^tests\// && FNR - begin[indent] >= 70)
        too_long("function", begin[indent], FNR - begin[indent] + 1, 70)
    }
    function file_ends() {
      if (lines > 600) { printf "%s: file of %d lines, at most 600\n", file, lines; bad = 1 }
      else if (lines > 400) printf "%s: file of %d lines, better 400\n", file, lines
    }

    FNR == 1 { if (file) file_ends(); file = FILENAME; begin[0] = begin[2] = 1 }
    { lines = FNR }
    /^}$/ { function_ends(0) }
    /^  }$/ { function_ends(2) }
    /^[^ }#\/]/ { begin[0] = FNR }
    /^  [^ }#\/]/ { begin[2] = FNR }
    END { file_ends(); exit bad }'
