// Thousands of clients come, talk, and leave in every way there is, rude ones included. Whatever is answered
// is answered right, and when they have gone nothing of them is left: no session, socket, room, namespace,
// descriptor, memory. SIO_SOAK_SECONDS is how long (60); `./dev soak` is the long run.
import { after, before, test } from "node:test";
import { strict as assert } from "node:assert";
import { readdirSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../support/eventually.js";
import { ask } from "../support/application.js";
import { openWebSocket } from "../support/engine.js";
import { startServer } from "../support/server.js";
import { MIB, Vitals } from "../immunity/vitals.js";
import { Crowd } from "./crowd.js";

const SECONDS = Number(process.env.SIO_SOAK_SECONDS ?? 60);
const SEED = Number(process.env.SIO_SOAK_SEED ?? 1);
const SIZE = Number(process.env.SIO_SOAK_CLIENTS ?? 2000);
const RECOVERY_MS = 6000;
const SHORTEST_TALK_MS = 10_000;
const ALLOWANCE = 1.05;
const FLAGS = {
  allowEio3: true,
  recovery: RECOVERY_MS,
  cleanupEmptyChildNamespaces: true,
  pingInterval: 3000,
  pingTimeout: 7000,
  limit: ["http_head_timeout=4000", "http_body_timeout=4000", "websocket_close_timeout=1000"],
};
const PATIENCE_MS = 11_000; // after which the server has given up those who are silent
// In a long run clients take their time, so that one process can be all of them; in a short one all kinds of
// lives must have their turn.
const PACE_MS = Math.min(10_000, SECONDS * 30);
const NAMESPACES = ["/", "/recover"];

let server;
let vitals;
before(async () => {
  server = await startServer(FLAGS, { threads: 2 });
  vitals = new Vitals(server);
});
after(() => server?.stop());

// What the server counts beside the client that asks. The broadcast makes it forget what it need not
// remember any more for those who might come back.
async function counts() {
  const session = await openWebSocket(server.port);
  try {
    const found = {};
    for (const namespace of NAMESPACES) {
      await session.join(namespace);
      await session.send(`42${namespace === "/" ? "" : `${namespace},`}["broadcast",0]`);
      const [{ clients, sockets, rooms, namespaces }] = await ask(session, "serverStats", [], { namespace });
      Object.assign(found, { clients: clients - 1, namespaces, [namespace]: [sockets - 1, rooms - 1] });
    }
    return found;
  } finally {
    session.ws.destroy();
  }
}

// The memory when all have gone and those who might have come back are forgotten: what is in use, and
// what the process has of the system once free memory has been given back.
async function lowWater(idle) {
  await eventually("all are gone", async () => {
    assert.deepEqual(await counts(), idle.counts);
    assert.equal(vitals.sockets(), idle.sockets);
    return true;
  }, { deadline: 15_000, every: 200 });
  await pause(RECOVERY_MS);
  assert.deepEqual(await counts(), idle.counts);
  const session = await openWebSocket(server.port);
  await session.join();
  const [inUse] = await ask(session, "memory");
  session.ws.destroy();
  return { inUse, resident: vitals.memory() };
}

// The application remembers this many sockets that have gone; with all of them its memory is what it stays.
const REMEMBERED = 1000;

async function fillMemoryOfTheGone() {
  const session = await openWebSocket(server.port);
  const rooms = JSON.stringify(Array.from({ length: 5 }, (_, i) => `room-${i}`));
  for (let i = 0; i < REMEMBERED; ++i) {
    await session.send("40", `42["join",${rooms}]`, "41");
  }
  await session.send("40");
  await ask(session, "echo"); // they have all been dealt with
  session.ws.destroy();
}

const threads = () => readdirSync(`/proc/${server.pid}/task`).length;
const inMib = (bytes) => `${(bytes / MIB).toFixed(1)} MiB`;

test(`${SIZE} clients for ${SECONDS} s`, async (t) => {
  await fillMemoryOfTheGone();
  await eventually("it is alone", async () => (await counts()).clients === 0);
  const idle = { counts: await counts(), sockets: vitals.sockets() };
  const threadsBefore = threads();
  const lag = monitorEventLoopDelay({ resolution: 10 });
  lag.enable();
  const crowd = new Crowd(server.port, SEED, { pace: PACE_MS, patience: PATIENCE_MS });
  const began = performance.now();
  const cpu = process.cpuUsage();

  // What is in use is compared with what it was when the first crowd had gone: until then it grows by what
  // is kept for good, such as tables that do not shrink. What the process has of the system varies with
  // the holes between what is in use; it must not be more than with that crowd there.
  const talk = Math.max(SHORTEST_TALK_MS, SECONDS * 1000 - 2 * (PATIENCE_MS + RECOVERY_MS));
  await crowd.stay(SIZE, Math.min(60_000, talk * 0.4));
  const height = vitals.peak();
  const first = await lowWater(idle);
  await crowd.stay(SIZE, Math.max(talk - 60_000, talk * 0.6));
  const last = await lowWater(idle);

  const { user, system } = process.cpuUsage(cpu);
  const percent = (milliseconds) => `${((milliseconds * 100) / (performance.now() - began)).toFixed()} %`;
  t.diagnostic(`${crowd.came} clients, at most ${crowd.most} at a time, ${crowd.failed} failed; ${JSON.stringify(crowd.ends)}`);
  t.diagnostic(`memory, at most, with the first crowd: ${inMib(height)}`);
  for (const [which, { inUse, resident }] of Object.entries({ first, last })) {
    t.diagnostic(`memory after the ${which} crowd: ${inMib(resident)}, of which ${inMib(inUse)} in use`);
  }
  t.diagnostic(`processor: clients ${percent((user + system) / 1000)}, server ${percent(vitals.cpu())}`);
  const late = [lag.percentile(99), lag.max].map((nanoseconds) => (nanoseconds / 1e6).toFixed());
  t.diagnostic(`clients that were late: 1 of 100 by ${late[0]} ms, at most by ${late[1]} ms`);
  assert.deepEqual(crowd.failures.map(({ message }) => message), []);
  assert.equal(threads(), threadsBefore);
  assert.ok(last.inUse <= first.inUse * ALLOWANCE, "more memory is in use than when the first crowd had gone");
  assert.ok(last.resident <= height * ALLOWANCE, "more memory is resident than with the first crowd there");
});
