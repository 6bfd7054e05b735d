#!/usr/bin/env bash
# Shows that cmake/check_layers.sh and cmake/check_size.sh find what they are for, and only that.
set -euo pipefail
checks="$(cd "$(dirname "${BASH_SOURCE[0]}")/../cmake" && pwd)"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
wrong=0

# expect <accepted|refused> <check> <path>: the content of the file comes from standard input.
expect() {
  local root="$scratch/tree" verdict=accepted
  mkdir -p "$root"/{engineio,socketio,adapters,apps,conformance/server,tests} "$root/$(dirname "$3")"
  cat >"$root/$3"
  "$checks/$2" "$root" >"$scratch/output" || verdict=refused
  rm -r "$root"
  if [[ "$verdict" != "$1" ]]; then
    echo "$2 should have $1 $3: $(<"$scratch/output")"
    wrong=1
  fi
}

layers() {
  expect "$1" check_layers.sh "$2" <<<"$3"
}

layers accepted engineio/net/loop.cpp '#include <boost/asio/io_context.hpp>'
layers refused engineio/core/shard.cpp '#include <boost/asio/io_context.hpp>'
layers refused engineio/net/loop.hpp '#include <boost/asio/io_context.hpp>'
layers accepted engineio/http/parser.cpp '#include <boost/beast/http/parser.hpp>'
layers refused engineio/net/loop.cpp '#include <boost/beast/http/parser.hpp>'
layers refused engineio/net/tls.hpp '#include <openssl/ssl.h>'
layers refused engineio/protocol/sid.cpp '#include <sys/random.h>'
layers accepted socketio/parser/json.cpp '#include <rapidjson/reader.h>'
layers refused socketio/value.cpp '#include <rapidjson/reader.h>'
layers accepted socketio/describe.hpp '#include <boost/describe.hpp>'
layers refused socketio/value.hpp '#include <boost/describe.hpp>'
layers accepted socketio/value.hpp '#include <string_view>'
layers refused engineio/server.cpp '#include "socketio/server.hpp"'
layers refused socketio/server.cpp '#include "adapters/redis.hpp"'
layers accepted socketio/server.cpp '#include "engineio/server.hpp"'
layers refused socketio/server.cpp '#include "engineio/net/loop.hpp"'
layers accepted apps/chat/main.cpp '#include "socketio/server.hpp"'
layers refused apps/chat/main.cpp '#include "socketio/parser/json.hpp"'
layers refused conformance/server/main.cpp '#include "apps/chat/www.hpp"'
layers refused engineio/server.hpp '#include "engineio/net/loop.hpp"'
layers accepted engineio/server.cpp '#include "engineio/net/loop.hpp"'
layers refused engineio/protocol/sid.cpp '#include "engineio/net/loop.hpp"'
layers accepted engineio/http/exchange.cpp '#include "engineio/net/byte_stream.hpp"'
layers refused socketio/server.cpp '#include "socketio/rooms/detail/index.hpp"'
layers accepted socketio/rooms/room.cpp '#include "socketio/rooms/detail/index.hpp"'
layers refused engineio/server.cpp '#include "vendor/thing.hpp"'
layers refused engineio/server.cpp '  co_await write();'

lines() {
  seq -f '  call(%g);' "$1"
}

expect accepted check_size.sh engineio/long.cpp < <(lines 600)
expect refused check_size.sh engineio/long.cpp < <(lines 601)
expect accepted check_size.sh engineio/function.cpp < <(echo 'void f() {' && lines 68 && echo '}')
expect refused check_size.sh engineio/function.cpp < <(echo 'void f() {' && lines 69 && echo '}')
expect accepted check_size.sh tests/function_test.cpp < <(echo 'void f() {' && lines 99 && echo '}')

exit "$wrong"
