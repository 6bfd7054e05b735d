#!/usr/bin/env bash
# run.sh <build folder>: installs the project into a scratch folder, then builds and runs a program
# against it in both ways there are: find_package and pkg-config.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

cmake --install "$1" --prefix "$scratch/installed" >/dev/null

cmake -G Ninja -S "$here" -B "$scratch/build" "-DCMAKE_PREFIX_PATH=$scratch/installed" >/dev/null
cmake --build "$scratch/build"
"$scratch/build/consumer"
"$scratch/build/cluster"

PKG_CONFIG_PATH="$(dirname "$(find "$scratch/installed" -name socketio.pc)")"
export PKG_CONFIG_PATH
# build_and_run <source> <package>
build_and_run() {
  local flags
  read -ra flags < <(pkg-config --cflags --libs "$2")
  "${CXX:-c++}" -std=c++20 "$here/$1" "${flags[@]}" -o "$scratch/program"
  "$scratch/program"
}
build_and_run main.cpp socketio
build_and_run cluster.cpp socketio_adapters

client="$scratch/installed/share/socketio/client"
for file in socket.io{,.min,.esm.min,.msgpack.min}.js{,.map}{,.gz,.br} version; do
  [[ -s "$client/$file" ]] || { echo "not installed: $file"; exit 1; }
done
