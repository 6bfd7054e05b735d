#!/usr/bin/env bash
# Shows that the checks of cmake/ (layers, size, limits) find what they are for, and only that.
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

# limits <accepted|refused> <file> <sed script>: the tables of docs/limits.md after a change of a file.
limits() {
  local root="$scratch/limits" verdict=accepted
  sed -i "$3" "$root/$2"
  node "$checks/check_limits.mjs" "$root" >"$scratch/output" || verdict=refused
  if cmp -s "$root/$2" "$checks/../$2" && [[ -n "$3" ]]; then
    echo "check_limits.mjs: $3 changes nothing in $2"
    wrong=1
  fi
  cp "$checks/../$2" "$root/$2"
  if [[ "$verdict" != "$1" ]]; then
    echo "check_limits.mjs should have $1 $2 after $3: $(<"$scratch/output")"
    wrong=1
  fi
}

mkdir "$scratch/limits"
cp -r "$checks"/../{engineio,socketio,adapters,docs,tests} "$scratch/limits"
limits accepted docs/limits.md ''
limits refused engineio/options.hpp 's/http_header_fields = 100/http_header_fields = 200/'
limits refused engineio/options.hpp 's/  std::chrono::milliseconds linger/  std::size_t more_bytes = 1;\n&/'
limits refused engineio/options.hpp 's/ linger{/ lingering{/'
limits refused engineio/options.hpp 's/  std::size_t threshold = 1024;/  std::size_t threshold = 4096;/'
limits refused socketio/options.hpp "s/rooms_per_socket = 100'000/rooms_per_socket = 1'000/"
limits refused socketio/parser.hpp 's/max_depth = 1024;/max_depth = 512;/'
limits refused adapters/redis.hpp "s/response_timeout{10'000}/response_timeout{1'000}/"
limits refused adapters/streams_adapter.hpp 's/read_count = 100;/read_count = 10;/'
limits refused docs/limits.md '/^| `rooms_per_socket`/d'
limits refused docs/limits.md 's/^| `rooms_per_socket`/| `rooms_of_socket`/'
limits refused docs/limits.md 's/| 16 384 | bytes |/| 16 384 | ms |/'
limits refused docs/limits.md 's#`http/head_scanner.cpp`#`http/head_reader.cpp`#'
limits refused docs/limits.md '/^| `engineio::Limits::linger`/d'
limits refused docs/limits.md 's/^| `engineio::Limits::linger`/| `engineio::Limits::lingering`/'
limits refused tests/socketio/socket_test.cpp 's/"rooms of a socket are limited"/"rooms"/'
limits refused tests/engineio/protocol/query_test.cpp 's/"the number of parameters is limited"/"x"/'

exit "$wrong"
