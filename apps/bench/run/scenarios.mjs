// What is measured. `flags` are those of sio_bench; `target` is the most that ours may cost, as a
// multiple of the floor's cost or in the unit itself.
const echo = (connections, inFlight) => ({
  scenario: "echo",
  flags: { connections, "in-flight": inFlight },
});
const broadcast = (connections, outstanding) => ({
  scenario: "broadcast",
  flags: { connections, outstanding, size: 128 },
});

export const main = [
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
    title: "connect and join over WebSocket",
    scenario: "connect",
    flags: { connections: 5000 },
    target: { floor: 2 },
  },
  {
    title: "connect and join over polling",
    scenario: "connect",
    flags: { connections: 5000, transport: "polling" },
    target: { floor: 2.5 },
  },
  {
    title: "echo over long-polling",
    scenario: "echo",
    flags: { connections: 100, transport: "polling" },
    target: { floor: 1.7 },
  },
  {
    title: "idle connection, joined",
    scenario: "idle",
    metric: "memory",
    flags: { connections: 10_000 },
    target: { value: 2500 },
  },
  {
    title: "p99 at a fixed 20,000 echoes/s over 1000 connections",
    scenario: "echo",
    metric: "p99",
    flags: { connections: 1000, rate: 20_000 },
    target: { best: true },
  },
];

// How cost grows with the number of connections, and with the size of rooms.
export const growth = [
  ...[100, 1000, 10_000].map((n) => ({ title: `echo, ${n} connections`, ...echo(n, 1) })),
  ...[100, 1000, 10_000].map((n) => ({ title: `broadcast to ${n}`, ...broadcast(n, 1) })),
  ...[10, 100, 1000].map((n) => ({
    title: `1000 connections in rooms of ${n}, all sending`,
    scenario: "rooms",
    flags: { connections: 1000, rooms: 1000 / n },
  })),
];
