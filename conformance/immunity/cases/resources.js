// Exhaustion: connections by the ten thousand that never become anything, and no descriptors left.
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { ask } from "../../support/application.js";
import { UPGRADE_HEADERS } from "../../support/block.js";
import { eventually } from "../../support/eventually.js";
import { openWebSocket } from "../../support/engine.js";
import { RawSocket, formatRequest } from "../../support/raw.js";
import { startProgram } from "../../support/server.js";
import { commandLine } from "../../support/target.js";
import { WEBSOCKET } from "../attacker.js";
import { MIB, Vitals } from "../vitals.js";

const AT_ONCE = 200;
const ROUND_TRIPS = 200;
const SLOWER = 5; // times, and no less than SLOW_MS
const SLOW_MS = 25;
const EACH = 4096;

// This process needs as many descriptors as the server.
const descriptors = Number(/^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1"))[1]);
const CROWD = Math.min(12_000, descriptors - 1000);

const HALF_A_HANDSHAKE = formatRequest({ path: WEBSOCKET, headers: UPGRADE_HEADERS }).subarray(0, -4);

const HALVES = ["GET / HTTP/1.1\r\nHost:", HALF_A_HANDSHAKE];
const HALF_SHARE = 0.8;

async function inBatches(count, make, between = () => {}) {
  const made = [];
  while (made.length < count) {
    const size = Math.min(AT_ONCE, count - made.length);
    made.push(...(await Promise.all(Array.from({ length: size }, (_, i) => make(made.length + i)))));
    await between();
  }
  return made;
}

// What nine of ten round trips stay below.
async function latency(session) {
  const times = [];
  for (let i = 0; i < ROUND_TRIPS; ++i) {
    const began = performance.now();
    await ask(session, "echo", [i]);
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[ROUND_TRIPS * 0.9];
}

// They come first and stop all together, so that all are there at once.
async function halfOpen(attacker) {
  const { vitals } = attacker;
  const [sockets, memory] = [vitals.sockets(), [vitals.memory()]];
  const other = await attacker.joined();
  const usual = await latency(other);
  const stillServed = () => ask(other, "echo", []);
  const half = Math.floor(CROWD * HALF_SHARE);
  const halves = await inBatches(half, (i) => attacker.tcp({ from: `127.0.0.${2 + (i % 8)}` }), stillServed);
  memory.push(vitals.memory());
  await inBatches(CROWD - half, () => attacker.joined(), stillServed);
  memory.push(vitals.memory());
  halves.forEach((socket, i) => socket.send(HALVES[i % HALVES.length]));
  const slower = await latency(other); // they are behind those halves
  memory.push(vitals.memory());
  other.ws.destroy();
  const costs = [(memory[1] - memory[0] + memory[3] - memory[2]) / half, (memory[2] - memory[1]) / (CROWD - half)];
  return [
    `others are answered ${slower <= Math.max(SLOW_MS, SLOWER * usual) ? "as before" : `${slower} ms instead of ${usual}`}`,
    costs.every((cost) => cost <= EACH) ? `at most ${EACH} bytes each` : `${costs.map(Math.round)} bytes each`,
    await departure(vitals, sockets),
  ].join("; ");
}

async function departure(vitals, before) {
  try {
    await eventually("all are gone", () => vitals.sockets() <= before, { deadline: 12_000, every: 50 });
    return "all gone after the deadline";
  } catch {
    return `${vitals.sockets() - before} are still there after 12 s`;
  }
}

const DESCRIPTORS = 64;

// More connections than descriptors, on a server of its own.
async function exhaustion({ reference }, threads) {
  const { program, args } = commandLine({ mode: "app", port: 0 }, threads, reference);
  const limited = ["-c", `ulimit -n ${DESCRIPTORS}; exec "$0" "$@"`, program, ...args];
  const server = await startProgram("/bin/sh", limited);
  try {
    const session = await openWebSocket(server.port);
    await session.join();
    const sockets = await inBatches(2 * DESCRIPTORS, () => RawSocket.connect(server.port));
    const vitals = new Vitals(server);
    const before = vitals.cpu();
    for (let i = 0; i < 500; ++i) {
      await ask(session, "echo", [i]);
    }
    const busy = vitals.cpu() - before;
    await recovery(server, session, sockets);
    return `500 round trips in ${busy < 500 ? "less than 500" : busy} ms of processor time; all are served afterwards`;
  } finally {
    await server.kill();
  }
}

// When the first have gone, those that waited are served, and then as many as there were before.
async function recovery(server, session, sockets) {
  const [first, waiting] = [sockets.slice(0, DESCRIPTORS), sockets.slice(DESCRIPTORS)];
  waiting.forEach((socket) => socket.send("GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
  first.forEach((socket) => socket.destroy());
  for (const socket of waiting) {
    assert.equal((await socket.readResponse()).status, 200);
  }
  assert.deepEqual(await ask(session, "echo", [1]), [1]);
  session.ws.destroy();
  const again = await inBatches(DESCRIPTORS / 2, () => openWebSocket(server.port));
  for (const each of again) {
    await each.join();
    each.ws.destroy();
  }
}

export const resourceCases = [
  {
    row: "half-open",
    threat: "connections that never finish their request, and sessions that say nothing",
    sent: `${CROWD} connections: half a head, half a WebSocket handshake, or silence after joining`,
    flags: { pingInterval: 1500, pingTimeout: 1500 },
    guards: { limit: ["http_head_timeout=2000", "websocket_close_timeout=500"] },
    attack: halfOpen,
    most: 64 * MIB,
    ours: `others are answered as before; at most ${EACH} bytes each; all gone after the deadline`,
  },
  ...[1, 4].map((threads) => ({
    row: `descriptors, ${threads === 1 ? "one thread" : `${threads} threads`}`,
    threat: "more connections than the process may have descriptors",
    sent: `${2 * DESCRIPTORS} connections to a server with ${DESCRIPTORS} descriptors`,
    attack: (attacker) => exhaustion(attacker, threads),
    ours: "500 round trips in less than 500 ms of processor time; all are served afterwards",
  })),
];
