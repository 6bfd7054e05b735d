#!/usr/bin/env bash
# count.sh <build folder> [benchmark ...]: prints the instructions per operation of all benchmarks,
# or of those named. The profiles stay in <build folder>/instructions/, for callgrind_annotate.
set -euo pipefail
program="$1/bin/instruction_benchmarks"
profiles="$1/instructions"
operations=100

# The C library chooses its string functions by the processor. Valgrind shows the program the same
# one on all machines that have AVX2, and others on older ones: the plain functions serve on all.
plain="-AVX,-AVX2,-AVX_Fast_Unaligned_Load,-BMI1,-BMI2,-ERMS,-FMA,-FSRM,-LZCNT,-MOVBE,-POPCNT"
plain+=",-SSE4_1,-SSE4_2,-SSSE3"

valgrind="$(command -v valgrind)" || {
  echo "count.sh: valgrind is not installed: apt-get install valgrind" >&2
  exit 1
}

# The environment lies on the stack and so moves it: there is nothing in it that is not needed.
count() {
  local profile="$profiles/$1" total
  if ! env -i GLIBC_TUNABLES="glibc.cpu.hwcaps=$plain" "$valgrind" --tool=callgrind \
    --toggle-collect=counted_operation --callgrind-out-file="$profile" \
    "$program" "$1" "$operations" 2>"$profile.log"; then
    cat "$profile.log" >&2
    return 1
  fi
  total="$(awk '/^totals:/ { print $2 }' "$profile")"
  printf '%-24s %8d\n' "$1" $(((total + operations / 2) / operations))
}

mkdir -p "$profiles"
names="$(if (($# > 1)); then printf '%s\n' "${@:2}"; else "$program"; fi)"
echo "# Instructions per operation. Written by ./dev instructions --record; see docs/performance.md."
for name in $names; do
  count "$name"
done
