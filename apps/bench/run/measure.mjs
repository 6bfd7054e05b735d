// One scenario against one server, and what several rounds of it say together.
import { execFile } from "node:child_process";
import { cpus } from "node:os";
import { promisify } from "node:util";
import { start } from "./servers.mjs";
import { startRedis } from "./redis.mjs";
import { certificate } from "./certificate.mjs";

// The shards of a server have the first cores, the generator the one after them if there is one.
function coresFor({ threads = 1 } = {}) {
  const generator = Math.min(threads, cpus().length - 1);
  const server = Array.from({ length: threads }, (_, core) => core).join(",");
  return { server, generator: String(generator), shared: generator < threads };
}

function toFlags(flags) {
  return Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

function serverFlags({ threads, tls, deflate, recovery, adapter } = {}, redis) {
  return toFlags({
    ...(threads && { threads }),
    ...(tls && { tls: certificate() }),
    ...(deflate && { deflate: "on" }),
    ...(recovery && { recovery: "on" }),
    ...(adapter && { adapter, redis: `127.0.0.1:${redis.port}` }),
  });
}

// What the generator has to know about the server: where it is, and how to talk to it.
function targetFlags({ tls, deflate } = {}, running, sender) {
  return {
    port: running.port,
    "server-pid": running.pid,
    ...(sender && { "sender-port": sender.port }),
    ...(tls && { tls: "on" }),
    ...(deflate && { deflate: "on" }),
  };
}

// Starts all that the row needs. What is started is put into `started` at once.
async function startServers(server, row, cores, started) {
  const keep = (thing) => (started.push(thing), thing);
  const redis = row.server?.adapter && keep(await startRedis(cores.generator));
  const flags = serverFlags(row.server, redis);
  const running = keep(await start(server, cores.server, flags));
  await redis?.subscribed();
  const remote = row.server?.cluster === "remote";
  const sender = remote ? keep(await start(server, cores.generator, flags)) : undefined;
  return targetFlags(row.server, running, sender);
}

// Resolves to what sio_bench reports.
export async function measure(generator, server, row, times) {
  const cores = coresFor(row.server);
  const started = [];
  try {
    const target = await startServers(server, row, cores, started);
    const flags = toFlags({ ...times, ...row.flags, ...target, json: "on" });
    const command = ["-c", cores.generator, generator, row.scenario, ...flags];
    const { stdout } = await promisify(execFile)("taskset", command, { maxBuffer: 1 << 26 });
    return { ...JSON.parse(stdout), shared_core: cores.shared };
  } finally {
    for (const thing of started.reverse()) {
      await thing.stop();
    }
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
  cpu: {
    of: (rounds) => median(rounds.map((r) => (r.server_cpu_seconds * 1e6) / r.count)),
    unit: (rounds) => `µs/${rounds[0].unit}`,
  },
  memory: { of: (rounds) => median(rounds.map((r) => r.bytes_per_connection)), unit: () => "bytes" },
  p99: { of: (rounds) => percentile(rounds, 0.99) / 1e6, unit: () => "ms" },
  seconds: { of: (rounds) => median(rounds.map((r) => r.seconds)), unit: () => "s" },
  share: { of: (rounds) => Math.min(...rounds.map((r) => r.delivered_share * 100)), unit: () => "%" },
};

// The number that stands for the rounds in the table of costs.
export function costOf(row, rounds) {
  return metrics[row.metric ?? "cpu"].of(rounds);
}

export function unitOf(row, rounds) {
  return metrics[row.metric ?? "cpu"].unit(rounds);
}

export function rateOf(rounds) {
  return median(rounds.map((r) => r.count / r.seconds));
}

const BUSY = 0.9;

// Whether the rate may be the generator's limit, and not the server's.
export function generatorLimits(rounds) {
  return rounds[0].shared_core || median(rounds.map((r) => r.generator_load)) > BUSY;
}
