// The benchmark: `node run.mjs <folder of the programs> [--quick] [--only TEXT] [--rounds N]`.
// Every server serves each scenario on a core of its own while the generator has another; the
// servers take turns, over several rounds. A full run writes docs/benchmarks.md.
import { writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measure } from "./run/measure.mjs";
import { growth, main } from "./run/scenarios.mjs";
import { availableServers } from "./run/servers.mjs";
import { costTable, speedTable } from "./run/tables.mjs";

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
const times = flags.quick ? { warmup: 0.7, duration: 1 } : { warmup: 1, duration: 3 };
const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 5));
const servers = availableServers(programs).filter(({ name }) =>
  flags.servers ? flags.servers.split(",").includes(name) : !flags.quick || name !== "bun",
);
let failures = 0;

async function measureRow(row, candidates, threads) {
  const reports = new Map();
  for (let round = 0; round < rounds; ++round) {
    for (const server of candidates) {
      try {
        const report = await measure(generator, server, row, times, threads);
        reports.set(server.name, [...(reports.get(server.name) ?? []), report]);
      } catch (error) {
        ++failures;
        console.error(`${row.title}, ${server.name}: ${error.stderr ?? error.message}`);
      }
    }
  }
  return reports;
}

async function measureAll(rows, candidates, threads = 1) {
  const results = new Map();
  for (const row of rows.filter(({ title }) => title.includes(flags.only))) {
    results.set(row, await measureRow(row, candidates, threads));
    console.log(costTable([row], candidates.map(({ name }) => name), results).split("\n").at(-1));
  }
  return results;
}

// Both tables of a part of the run.
function section(title, results, candidates) {
  const rows = [...results.keys()];
  const names = candidates.map(({ name }) => name);
  const parts = [costTable(rows, names, results), speedTable(rows, names, results)];
  return [`## ${title}`, ...parts].join("\n\n");
}

function preface() {
  const machine = `${cpus().length} × ${cpus()[0].model}, Linux ${release()}`;
  return [
    "# Benchmarks",
    `Written by \`./dev bench\` on ${new Date().toISOString().slice(0, 10)}. Machine: ${machine}.`,
    servers.map(({ name, version }) => `- ${name}: ${version}`).join("\n"),
    `Medians of ${rounds} rounds of ${times.duration} s in which the servers take turns; one core for ` +
      "the server, one for the load generator, which checks every byte. Costs are the CPU time of the " +
      "server's process. `floor` answers with hard-coded bytes: what the kernel alone costs. " +
      "Percentiles are over the samples of all rounds. `!`: the generator's core was the limit.",
  ].join("\n\n");
}

const parts = [preface()];
const results = await measureAll(main, servers);
parts.push(section("Costs and speed", results, servers));
if (!flags.quick) {
  const compared = servers.filter(({ name }) => ["ours", "floor", "node"].includes(name));
  parts.push(section("Growth", await measureAll(growth, compared), compared));
  const ours = servers.filter(({ name }) => name === "ours");
  const threaded = main.filter(({ title }) => /in flight|outstanding/.test(title));
  parts.push(section("Two threads", await measureAll(threaded, ours, 2), ours));
}

const report = `${parts.join("\n\n")}\n`;
console.log(`\n${report}`);
if (!flags.quick && !flags.only && !flags.servers && failures === 0) {
  writeFileSync(fileURLToPath(new URL("../../docs/benchmarks.md", import.meta.url)), report);
}
process.exitCode = failures === 0 ? 0 : 1;
