// Tables of what was measured, as Markdown whose columns line up.
import { costOf, generatorLoadOf, percentile, rateOf, unitOf } from "./measure.mjs";

const BUSY = 0.9;

function layOut(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => [...row[column]].length)));
  const line = (cells) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(" | ")} |`;
  const rule = widths.map((width, i) => "-".repeat(i === 0 ? width : width - 1) + (i === 0 ? "" : ":"));
  return [line(rows[0]), line(rule), ...rows.slice(1).map(line)].join("\n");
}

function short(number) {
  if (number === undefined || !Number.isFinite(number)) {
    return "-";
  }
  return number >= 100 ? Math.round(number).toLocaleString("en") : number.toPrecision(3);
}

const times = (ratio) => (ratio === undefined || !Number.isFinite(ratio) ? "-" : `${short(ratio)} ×`);

// The most that ours may cost; undefined where the run does not tell.
function limitOf(row, costs) {
  if (row.target?.value) {
    return row.target.value;
  }
  if (row.target?.floor) {
    return costs.floor && row.target.floor * costs.floor;
  }
  const real = Object.entries(costs).filter(([name]) => name !== "floor" && name !== "ours");
  return row.target?.best && real.length ? Math.min(...real.map(([, cost]) => cost)) : undefined;
}

function verdict(row, costs) {
  const limit = limitOf(row, costs);
  return limit === undefined || costs.ours === undefined
    ? "-"
    : `${short(limit)} ${costs.ours <= limit ? "met" : "MISSED"}`;
}

const roundsOf = (results, row, name) => results.get(row)?.get(name);

// results: row -> server's name -> what the rounds reported.
export function costTable(rows, names, results) {
  const body = rows.map((row) => {
    const measured = names.filter((name) => roundsOf(results, row, name));
    const costs = Object.fromEntries(
      measured.map((name) => [name, costOf(row, roundsOf(results, row, name))]),
    );
    const unit = measured.length ? unitOf(row, roundsOf(results, row, measured[0])) : "";
    const ratio = times(costs.node / costs.ours);
    return [`${row.title} (${unit})`, ...names.map((n) => short(costs[n])), ratio, verdict(row, costs)];
  });
  return layOut([["cost", ...names, "node/ours", "target"], ...body]);
}

export function speedTable(rows, names, results) {
  const cell = (rounds) => {
    if (!rounds) {
      return "-";
    }
    const milliseconds = [0.5, 0.99, 0.999].map((share) => short(percentile(rounds, share) / 1e6));
    const busy = generatorLoadOf(rounds) > BUSY ? " !" : "";
    return `${short(rateOf(rounds))}${busy} (${milliseconds.join(" / ")})`;
  };
  const counted = rows.filter((row) => row.scenario !== "idle");
  const body = counted.map((row) => [
    row.title,
    ...names.map((name) => cell(roundsOf(results, row, name))),
  ]);
  return layOut([["per second (p50 / p99 / p99.9 in ms)", ...names], ...body]);
}
