#!/usr/bin/env bash
# Shows that compare.sh refuses what has grown, and only that.
set -euo pipefail
compare="$(dirname "${BASH_SOURCE[0]}")/compare.sh"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
wrong=0

# expect <accepted|refused> <recorded> <counted> <in the output>
expect() {
  local verdict=accepted
  printf '# a comment\n%b\n' "$2" >"$scratch/recorded"
  printf '# a comment\n%b\n' "$3" >"$scratch/counted"
  "$compare" "$scratch/recorded" "$scratch/counted" >"$scratch/output" || verdict=refused
  if [[ "$verdict" != "$1" ]] || ! grep -q -e "$4" "$scratch/output"; then
    echo "should be $1, with '$4': recorded $2, counted $3: $(<"$scratch/output")"
    wrong=1
  fi
}

expect accepted 'decode 1000\nencode 200' 'decode 1000\nencode 200' 'encode .* 200 .*+0.0%$'
expect accepted 'decode 1000' 'decode 1050' '+5.0%$'
expect refused 'decode 1000' 'decode 1051' '+5.1%  grew$'
expect refused 'decode 1000\nencode 200' 'decode 1000\nencode 400' 'encode .* grew$'
expect accepted 'decode 1000' 'decode 950' '-5.0%$'
expect accepted 'decode 1000' 'decode 949' '^note: .* below the record: 1'
expect refused 'decode 1000\nencode 200' 'decode 500\nencode 400' '^note: .* below the record: 1'
expect refused 'decode 1000' 'decode 0' 'nothing was counted$'
expect refused 'decode 1000' 'decode 1000\nencode 200' 'encode .* not recorded$'
expect refused 'decode 1000\nencode 200' 'decode 1000' 'encode .* was not counted$'
expect refused 'decode 1000' '' 'decode .* was not counted$'
expect refused 'decode 1000' 'decode 1051' 'instructions --record'

exit "$wrong"
