#!/usr/bin/env bash
# The include firewall: check_layers.sh <root of the sources>. Names each include that breaks the
# layering of the project, and each coroutine, and fails if there was one.
set -euo pipefail
cd "$1"

find engineio socketio adapters apps conformance/server -name '*.[ch]pp' | sort |
  xargs --no-run-if-empty awk '
    function complain(reason) {
      printf "%s:%d: %s: %s\n", FILENAME, FNR, $0, reason
      bad = 1
    }

    # Which files may include a header that is not ours. The first match counts.
    function allowed_files(header) {
      if (header ~ /^[a-z0-9_]+$/) return "."  # the standard library
      if (header ~ /^boost\/(describe|mp11)/) return "^socketio/describe.hpp$"
      if (header ~ /^boost\/asio/) return "^(engineio/net|adapters/redis)/.*cpp$"
      if (header ~ /^boost\/beast/) return "^engineio/http/.*cpp$"
      if (header ~ /^boost\/(system|core)/) return "^(engineio/(net|http)|adapters/redis)/.*cpp$"
      if (header ~ /^openssl\//) return "^(engineio/net|adapters/redis|apps)/.*cpp$"
      if (header ~ /^zlib.h$/) return "^(engineio|apps)/.*cpp$"
      if (header ~ /^rapidjson\//) return "^socketio/parser/.*cpp$"
      if (header ~ /^hiredis\//) return "^adapters/redis/.*cpp$"
      if (header == "unistd.h" && FILENAME == "engineio/core/random.cpp") return "."  # getentropy()
      if (header ~ /\.h$/) return "^(engineio/net|adapters/redis|apps|conformance)/.*cpp$"  # POSIX
      return "^apps/.*cpp$"
    }

    function layer_of(path) { return substr(path, 1, index(path, "/") - 1) }
    function at_root(path) { return path ~ /^[a-z]+\/[a-z0-9_]+\.hpp$/ }
    function above_detail(path) { sub(/detail\/.*/, "", path); return path }

    function check_ours(header, from, to) {
      from = layer_of(FILENAME)
      to = layer_of(header)
      if (rank[to] == "") return complain("not a layer")
      if (rank[to] > rank[from]) return complain(to " lies above " from)
      if (from != to && !at_root(header)) return complain("private to " to)
      if (from == to && at_root(FILENAME) && FILENAME ~ /hpp$/ && !at_root(header))
        return complain("a public header that needs a private one")
      if (header ~ /\/detail\// && index(FILENAME, above_detail(header)) != 1)
        return complain("private to " above_detail(header))
      if (FILENAME ~ sans_io && header ~ /^engineio\/(net|core)\// && header != byte_stream)
        return complain("protocol code does no I/O")
    }

    BEGIN {
      split("engineio socketio adapters apps conformance", layers)
      for (i in layers) rank[layers[i]] = i
      rank["conformance"] = rank["apps"]
      byte_stream = "engineio/net/byte_stream.hpp"  # an interface: what it hides does the I/O
      sans_io = "^(engineio/(protocol|http|websocket)|socketio/parser)/"
    }
    /^#include </ {
      header = $2; gsub(/[<>]/, "", header)
      if (FILENAME !~ allowed_files(header)) complain("belongs in " allowed_files(header))
    }
    /^#include "/ { header = $2; gsub(/"/, "", header); check_ours(header) }
    /(^|[^a-z_])co_(await|return|yield)([^a-z_]|$)/ && !/^ *\/\// { complain("g++ 12 miscompiles coroutines") }
    END { exit bad }'
