// The benchmark: `node run.mjs <folder of the programs> [--quick] [--only TEXT] [--rounds N]`.
// Every server serves each scenario on a core of its own while the generator has another; the
// servers take turns, over several rounds. A full run writes docs/benchmarks.md.
import { writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measure } from "./run/measure.mjs";
import { sections } from "./run/scenarios.mjs";
import { availableServers, LIMITED } from "./run/servers.mjs";
import { costTable, speedTable, summary } from "./run/tables.mjs";
import { FAILED } from "./run/targets.mjs";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", default: "" }, // scenarios whose title has this in it
    servers: { type: "string" }, // names, with commas between them
    rounds: { type: "string" },
  },
});

const programs = resolve(positionals[0] ?? "build/release/bin");
const generator = join(programs, "sio_bench");
const times = flags.quick ? { warmup: 0.5, duration: 0.7 } : { warmup: 0.6, duration: 1.5 };
const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 3));
const servers = availableServers(programs).filter(({ name }) =>
  flags.servers ? flags.servers.split(",").includes(name) : !flags.quick || name !== "bun",
);
const results = new Map(); // row -> server's name -> what the rounds reported
const failed = new Set(); // servers

// The row as it is measured in this run; undefined if it is not.
function adapt(row) {
  if (!flags.quick || row.quick === undefined) {
    return row;
  }
  const note = Object.entries(row.quick || {}).map(([name, value]) => `${name} ${value}`).join(", ");
  return row.quick && { ...row, flags: { ...row.flags, ...row.quick }, note };
}

async function measureOnce(row, server, reports) {
  if (reports.get(server.name) === FAILED) {
    return;
  }
  try {
    const report = await measure(generator, server, row, times);
    reports.set(server.name, [...(reports.get(server.name) ?? []), report]);
  } catch (error) {
    failed.add(server.name);
    reports.set(server.name, FAILED);
    console.error(`${row.title}, ${server.name}: ${error.stderr || error.message}`);
  }
}

async function measureRow(row, candidates, count) {
  if (row.of) {
    return results.get([...results.keys()].find(({ title }) => title === row.of)) ?? new Map();
  }
  const reports = new Map();
  const able = candidates.filter(({ name }) => !row.without?.includes(name));
  for (let round = 0; round < count; ++round) {
    for (const server of round % 2 ? able.toReversed() : able) { // nobody is always the first
      await measureOnce(row, server, reports);
    }
  }
  return reports;
}

// Measures a section; resolves to its part of the report.
async function measureSection({ title, rows, servers: wanted, rounds: count = rounds }) {
  const takesPart = wanted ? (name) => wanted.includes(name) : (name) => name !== LIMITED;
  const candidates = servers.filter(({ name }) => takesPart(name));
  const names = candidates.map(({ name }) => name);
  const wantedRows = candidates.length ? rows.filter((row) => row.title.includes(flags.only)) : [];
  const measured = wantedRows.map(adapt).filter(Boolean);
  for (const row of measured) {
    results.set(row, await measureRow(row, candidates, flags.rounds || flags.quick ? rounds : count));
    console.log(costTable([row], names, results).split("\n").at(-1));
  }
  const tables = [costTable(measured, names, results), speedTable(measured, names, results)];
  return measured.length ? [`## ${title}`, ...tables.filter(Boolean)].join("\n\n") : "";
}

function preface() {
  const machine = `${cpus().length} × ${cpus()[0].model}, Linux ${release()}`;
  return [
    "# Benchmarks",
    `Written by \`./dev bench\` on ${new Date().toISOString().slice(0, 10)}. Machine: ${machine}.`,
    servers.map(({ name, version }) => `- ${name}: ${version}`).join("\n"),
    `Medians of up to ${rounds} rounds of ${times.duration} s in which the servers take turns; one core for ` +
      "the server, one for the load generator, which checks every byte. Costs are the CPU time of the " +
      "server's process. `floor` answers with hard-coded bytes: what the kernel alone costs. Percentiles " +
      "are over the samples of all rounds. `!`: the generator was the limit, or shared a core with the " +
      "server. The target is what ours may cost at most, or must reach. More in apps/bench/README.md.",
  ].join("\n\n");
}

const parts = [];
for (const section of sections) {
  parts.push(await measureSection(section));
}

const report = `${[preface(), summary(results), ...parts].filter(Boolean).join("\n\n")}\n`;
console.log(`\n${report}`);
if (!flags.quick && !flags.only && !flags.servers && !failed.has("ours")) {
  writeFileSync(fileURLToPath(new URL("../../docs/benchmarks.md", import.meta.url)), report);
}
process.exitCode = failed.size === 0 ? 0 : 1;
