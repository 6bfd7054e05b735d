// What is measured, in sections. Of a row:
//   scenario, flags  for sio_bench; `quick` replaces some of the flags in a quick run, false leaves
//                    the row out there
//   server           flags of the server; `cluster: "remote"` puts the sender at another server
//   without          servers that cannot take part
//   of               the title of the row whose measurements it shows, by another metric
//   metric           see measure.mjs; the CPU time of the server if there is none
//   target           what ours must reach: at most `floor` times the cost of the floor, at most or
//                    at least a value, at most the `best` of the others, or related to the cost of
//                    ours in another row (`row`): at most `times` of it or `plus` so many more.
//                    `scaling`: as two shards against the one of that row. `limits`: with all limits
//                    on, at most so many times as without
// A section is measured as often as it says (`rounds`), with all servers or some (`servers`).
import { LIMITED } from "./servers.mjs";

const echo = (connections, inFlight) => ({
  scenario: "echo",
  flags: { connections, "in-flight": inFlight },
});
const broadcast = (connections, outstanding) => ({
  scenario: "broadcast",
  flags: { connections, outstanding, size: 128 },
});

const idle = { scenario: "idle", metric: "memory", quick: { connections: 2000 } };

const main = [
  { title: "echo, 100 connections, 1 in flight", ...echo(100, 1), target: { floor: 1.25 } },
  { title: "echo, 1000 connections, 8 in flight", ...echo(1000, 8), target: { floor: 1.8 } },
  { title: "broadcast to 1000, 1 outstanding", ...broadcast(1000, 1), target: { floor: 1.15 } },
  { title: "broadcast to 1000, 16 outstanding", ...broadcast(1000, 16), target: { floor: 1.25 } },
  {
    title: "1000 connections in 100 rooms, all sending",
    scenario: "rooms",
    flags: { connections: 1000, rooms: 100 },
    target: { floor: 1.4 },
  },
  {
    title: "binary echo, 1 kB attachment",
    scenario: "binary",
    flags: { connections: 100, size: 1000 },
    target: { floor: 1.4 },
  },
  {
    title: "a chat of 1000 in 20 rooms",
    scenario: "mixed",
    flags: { connections: 1000, rooms: 20 },
    without: ["floor"],
  },
  {
    title: "connect and join over WebSocket",
    scenario: "connect",
    flags: { connections: 5000 },
    quick: { connections: 1000 },
    target: { floor: 2 },
  },
  {
    title: "connect and join over polling",
    scenario: "connect",
    flags: { connections: 5000, transport: "polling" },
    quick: { connections: 1000 },
    target: { floor: 2.5 },
  },
  {
    title: "connect and join over polling, then upgrade",
    scenario: "connect",
    flags: { connections: 2000, transport: "upgrade" },
    quick: { connections: 500 },
    without: ["floor"],
  },
  {
    title: "echo over long-polling",
    scenario: "echo",
    flags: { connections: 100, transport: "polling" },
    target: { floor: 1.7 },
  },
  { title: "idle connection, joined", ...idle, flags: { connections: 10_000 }, target: { most: 2500 } },
  {
    title: "p99 at a fixed 20,000 echoes/s over 1000 connections",
    scenario: "echo",
    metric: "p99",
    flags: { connections: 1000, rate: 20_000 },
    target: { best: true },
  },
  {
    title: "p99 of 5 broadcasts/s to 10,000",
    scenario: "broadcast",
    metric: "p99",
    flags: { connections: 10_000, rate: 5, size: 128 },
    quick: { connections: 2000 },
  },
];

const tlsAndDeflate = [
  {
    title: "echo over TLS, 100 connections, 1 in flight",
    ...echo(100, 1),
    server: { tls: true },
    target: { row: "echo, 100 connections, 1 in flight", times: 1.6 },
  },
  {
    title: "idle connection with TLS",
    ...idle,
    flags: { connections: 10_000 },
    server: { tls: true },
    target: { most: 24 * 1024 },
  },
  {
    title: "idle connection that has used permessage-deflate",
    ...idle,
    flags: { connections: 10_000, size: 2000 },
    server: { deflate: true },
    without: ["bun"],
    target: { row: "idle connection, joined", plus: 12 * 1024 },
  },
];

// How cost grows with the number of connections and with the size of rooms. In the last three rows
// one client of each room sends.
const perDelivery = (connections, smallest) => ({
  target: connections === 10_000 ? { row: smallest, times: 1.3 } : undefined,
});
const growth = [
  ...[100, 1000, 10_000].map((n) => ({
    title: `echo, ${n} connections`,
    ...echo(n, 1),
    ...perDelivery(n, "echo, 100 connections"),
  })),
  ...[100, 1000, 10_000].map((n) => ({
    title: `broadcast to ${n}`,
    ...broadcast(n, 1),
    ...perDelivery(n, "broadcast to 100"),
  })),
  ...[10, 100, 1000, 10_000].map((n) => ({
    title: `10,000 connections in rooms of ${n}, one of each sending`,
    scenario: "rooms",
    flags: { connections: 10_000, rooms: 10_000 / n, senders: 10_000 / n },
  })),
].map((row) => ({ ...row, quick: false }));

const twoThreads = main
  .filter(({ title }) => /in flight|outstanding/.test(title))
  .map((row) => ({
    ...row,
    title: `${row.title}, 2 threads`,
    quick: false,
    server: { threads: 2 },
    target: { scaling: row.title },
  }));

const fire = [
  {
    title: "p99 until a client that was cut off has all it missed",
    scenario: "jitter",
    metric: "p99",
    flags: { connections: 10_000, duration: 60, concurrency: 500 },
    quick: { connections: 1000, duration: 8, "cut-every": 4 },
    server: { recovery: true },
    target: { most: 1000 },
  },
  {
    title: "events that arrived, in order and once",
    of: "p99 until a client that was cut off has all it missed",
    metric: "share",
    target: { least: 100 },
  },
  {
    title: "15,000 clients lose the server: until the last is back in its room",
    scenario: "avalanche",
    metric: "seconds",
    flags: { connections: 15_000, rooms: 100, concurrency: 1000 },
    quick: { connections: 3000 },
    target: { most: 4 },
  },
];

const cluster = ["redis", "sharded", "streams"].flatMap((adapter) =>
  ["local", "remote"].map((origin) => ({
    title: `broadcast to 1000, ${adapter}, sender at ${origin === "local" ? "this" : "another"} server`,
    ...broadcast(1000, 16),
    quick: false,
    server: { adapter, cluster: origin },
  })),
);

// What a limit costs each message, or each handshake: of those as many as there can be, since a difference
// of a percent is looked for.
const limits = [
  { title: "echo, 100 connections, 1 in flight" },
  { title: "echo, 1000 connections, 8 in flight" },
  { title: "broadcast to 1000, 16 outstanding" },
  { title: "echo over long-polling" },
  { title: "connect and join over WebSocket", flags: { connections: 15_000 } },
].map(({ title, ...rest }) => ({
  ...main.find((row) => row.title === title),
  ...rest,
  title: `${title}, limits`,
  quick: false,
  target: { limits: 1.03 },
}));

export const sections = [
  { title: "Costs and speed", rows: main },
  { title: "TLS and compression", rows: tlsAndDeflate, servers: ["ours", "node", "bun"], rounds: 2 },
  { title: "Growth", rows: growth, servers: ["ours", "floor", "node"], rounds: 2 },
  { title: "Two threads", rows: twoThreads, servers: ["ours"] },
  { title: "All limits on", rows: limits, servers: ["ours", LIMITED], rounds: 21 },
  { title: "Recovery under fire", rows: fire, servers: ["ours", "node"], rounds: 1 },
  { title: "Cluster", rows: cluster, servers: ["ours", "node"], rounds: 1 },
];
