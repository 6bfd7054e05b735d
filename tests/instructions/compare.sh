#!/usr/bin/env bash
# compare.sh <recorded> <counted>: the guard. Prints both counts of each benchmark, and fails if one
# is more than 5% above its record. A line of either file is a name and a count.
set -euo pipefail

awk -v limit=5 '
  /^#/ || NF == 0 { next }
  FILENAME == ARGV[1] { recorded[$1] = $2; next }

  function print_line(name, before, now, change, verdict) {
    line = sprintf("%-24s %10s %10s %8s  %s", name, before, now, change, verdict)
    sub(/ +$/, "", line)
    print line
  }
  function judge(before, now) {
    if (now <= 0) return "nothing was counted"
    if (before == "") return "not recorded"
    if (now * 100 > before * (100 + limit)) return "grew"
    if (now * 100 < before * (100 - limit)) return "fell"
    return ""
  }

  !any++ { print_line("", "recorded", "now", "change") }
  {
    counted[$1] = 1
    verdict = judge(recorded[$1], $2)
    fell += verdict == "fell"
    bad += verdict != "" && verdict != "fell"
    print_line($1, recorded[$1], $2,
               recorded[$1] > 0 ? sprintf("%+.1f%%", 100 * ($2 / recorded[$1] - 1)) : "", verdict)
  }

  END {
    for (name in recorded)
      if (recorded[name] != "" && !(name in counted)) {
        print_line(name, recorded[name], "", "", "was not counted")
        ++bad
      }
    if (fell) print "note: more than " limit "% below the record: " fell ". Keep it: ./dev instructions --record"
    if (bad) {
      print "error: " bad " of the counts above are not as recorded; one may grow by " limit "%."
      print "What is executed: callgrind_annotate build/release/instructions/<name>"
      print "If it has to be: ./dev instructions --record, and commit the record with the change."
    }
    exit bad > 0 || !any
  }' "$1" "$2"
