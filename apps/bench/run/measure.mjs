// One scenario against one server, and what several rounds of it say together.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { start } from "./servers.mjs";

const SERVER_CORE = "0";
const GENERATOR_CORE = "1";

function toFlags(flags) {
  return Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

// Resolves to what sio_bench reports.
export async function measure(generator, server, row, times, threads = 1) {
  const cores = threads === 1 ? SERVER_CORE : `${SERVER_CORE},${GENERATOR_CORE}`;
  const running = await start(server, cores, threads === 1 ? [] : ["--threads", String(threads)]);
  const target = { port: running.port, "server-pid": running.pid, json: "on" };
  const flags = toFlags({ ...times, ...row.flags, ...target });
  try {
    const command = ["-c", GENERATOR_CORE, generator, row.scenario, ...flags];
    const { stdout } = await promisify(execFile)("taskset", command, { maxBuffer: 1 << 26 });
    return JSON.parse(stdout);
  } finally {
    await running.stop();
  }
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// Over the samples of all rounds.
export function percentile(rounds, share) {
  const buckets = rounds.flatMap((round) => round.latency_ns).sort(([a], [b]) => a - b);
  const samples = buckets.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [bound, count] of buckets) {
    seen += count;
    if (seen >= share * samples) {
      return bound;
    }
  }
  return 0;
}

const metrics = {
  cpu: (rounds) => median(rounds.map((r) => (r.server_cpu_seconds * 1e6) / r.count)),
  memory: (rounds) => median(rounds.map((r) => r.bytes_per_connection)),
  p99: (rounds) => percentile(rounds, 0.99) / 1e6,
};

// The number that stands for the rounds in the table of costs.
export function costOf(row, rounds) {
  return metrics[row.metric ?? "cpu"](rounds);
}

export function unitOf(row, rounds) {
  const names = { cpu: `µs/${rounds[0].unit}`, memory: "bytes", p99: "ms" };
  return names[row.metric ?? "cpu"];
}

export function rateOf(rounds) {
  return median(rounds.map((r) => r.count / r.seconds));
}

export function generatorLoadOf(rounds) {
  return median(rounds.map((r) => r.generator_load));
}
