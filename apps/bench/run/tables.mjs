// Tables of what was measured, as Markdown whose columns line up.
import { costOf, generatorLimits, percentile, rateOf, unitOf } from "./measure.mjs";
import { FAILED, Targets } from "./targets.mjs";

function layOut(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => [...row[column]].length)));
  const line = (cells) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(" | ")} |`;
  const rule = widths.map((width, i) => "-".repeat(i === 0 ? width : width - 1) + (i === 0 ? "" : ":"));
  return [line(rows[0]), line(rule), ...rows.slice(1).map(line)].join("\n");
}

export function short(number) {
  if (number === undefined || !Number.isFinite(number)) {
    return "-";
  }
  return number >= 100 ? Math.round(number).toLocaleString("en") : number.toPrecision(3);
}

const times = (ratio) => (ratio === undefined || !Number.isFinite(ratio) ? "-" : `${short(ratio)} ×`);

// In a quick run a row may be measured with less than its title says.
function labelOf({ title, note }) {
  return note ? `${title} [${note}]` : title;
}

function cell(rounds, format) {
  return rounds === FAILED ? "failed" : rounds ? format(rounds) : "-";
}

function verdict(row, targets) {
  const { bound, met } = targets.judge(row) ?? {};
  return bound === undefined ? "-" : `${bound(short)} ${met ? "met" : "MISSED"}`;
}

// results: row -> server's name -> what the rounds reported.
export function costTable(rows, names, results) {
  const targets = new Targets(results);
  const body = rows.map((row) => {
    const [any] = names.map((name) => targets.roundsOf(row, name)).filter(Boolean);
    const ratio = times(targets.costOf(row, "node") / targets.costOf(row, "ours"));
    return [
      any ? `${labelOf(row)} (${unitOf(row, any)})` : labelOf(row),
      ...names.map((name) => cell(results.get(row)?.get(name), (rounds) => short(costOf(row, rounds)))),
      row.metric === "share" ? "-" : ratio,
      verdict(row, targets),
    ];
  });
  return layOut([["cost", ...names, "node/ours", "target"], ...body]);
}

export function speedTable(rows, names, results) {
  const speed = (rounds) => {
    const milliseconds = [0.5, 0.99, 0.999].map((share) => short(percentile(rounds, share) / 1e6));
    const limited = generatorLimits(rounds) ? " !" : "";
    return `${short(rateOf(rounds))}${limited} (${milliseconds.join(" / ")})`;
  };
  const body = rows
    .filter((row) => row.scenario && row.scenario !== "idle")
    .map((row) => [labelOf(row), ...names.map((name) => cell(results.get(row)?.get(name), speed))]);
  return body.length && layOut([["per second (p50 / p99 / p99.9 in ms)", ...names], ...body]);
}

// One sentence about all targets of the run.
export function summary(results) {
  const targets = new Targets(results);
  const judged = [...results.keys()].map((row) => [row.title, targets.judge(row)]);
  const known = judged.filter(([, judgement]) => judgement);
  if (!known.length) {
    return "";
  }
  const missed = known.filter(([, { met }]) => !met).map(([title]) => title);
  const rest = missed.length ? ` Missed: ${missed.join("; ")}.` : "";
  return `${known.length - missed.length} of ${known.length} targets are met.${rest}`;
}
