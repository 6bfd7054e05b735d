// What is allowed once, a thousand times over: depth, packets, namespaces, messages that nobody reads.
import { strict as assert } from "node:assert";
import { ask } from "../../support/application.js";
import { fate, pollingFate, summary } from "../attacker.js";
import { MIB } from "../vitals.js";

const MAX_DEPTH = 1024; // the list of arguments is the first level

async function depths(attacker) {
  const outcomes = [];
  for (const depth of [MAX_DEPTH, MAX_DEPTH + 1, 150_000]) {
    for (const [title, open, close] of [["lists", "[", "]"], ["objects", '{"a":', "}"]]) {
      const levels = depth - 1;
      const session = await attacker.joined();
      await session.send(`42["seq",${open.repeat(levels)}${title === "objects" ? "1" : ""}${close.repeat(levels)}]`);
      outcomes.push([`${depth} ${title}`, await fate(session.ws)]);
    }
  }
  return summary(outcomes);
}

async function payloads(attacker) {
  const outcomes = [];
  for (const count of [10_000, 10_001, 450_000]) {
    const session = await attacker.polling();
    await session.join();
    await session.post(Array(count).fill("6").join("\x1e"));
    outcomes.push([`${count} packets`, await pollingFate(session)]);
  }
  return summary(outcomes);
}

async function namespaces(attacker) {
  const outcomes = [];
  for (const count of [999, 1000, 20_000]) {
    const session = await attacker.joined();
    for (let i = 0; i < count; ++i) {
      session.ws.sendText(`40/dyn-${i},`);
    }
    outcomes.push([`${count} beside the main one`, await fate(session.ws)]);
    session.ws.destroy();
  }
  return summary(outcomes);
}

const BROADCASTS = 100;
const PAYLOAD = "x".repeat(900_000);

// One client does not read while the server sends to all; the other one must get everything.
async function slowReader(attacker) {
  const slow = await attacker.joined();
  slow.ws.socket.pause();
  const other = await attacker.joined();
  for (let i = 0; i < BROADCASTS; ++i) {
    await other.send(`42["broadcast","${PAYLOAD}"]`);
    assert.ok((await other.next()).startsWith('42["broadcast","xxx'));
  }
  const [{ clients }] = await ask(other, "serverStats");
  return `the other one gets all ${BROADCASTS}; the slow one is ${clients === 1 ? "gone" : "kept"}`;
}

export const abuseCases = [
  {
    row: "depth",
    threat: "values nested without end",
    sent: "events of 1024, 1025 and 150 000 levels of lists and objects",
    attack: depths,
    most: 24 * MIB,
    ours: "1024 lists, 1024 objects: goes on; the other 4: close",
  },
  {
    row: "packets",
    threat: "packets by the hundred thousand in one payload",
    sent: "POST with 10 000, 10 001 and 450 000 packets",
    attack: payloads,
    ours: "10000 packets: goes on; 10001 packets, 450000 packets: close",
  },
  {
    row: "namespaces",
    threat: "one connection joins namespaces without end",
    sent: "999, 1000 and 20 000 joins of dynamic namespaces",
    flags: { cleanupEmptyChildNamespaces: true },
    attack: namespaces,
    most: 64 * MIB,
    ours: "999 beside the main one: goes on; 1000 beside the main one, 20000 beside the main one: close",
  },
  {
    row: "slow reader",
    threat: "a client that does not read while the server sends to all",
    sent: `nothing; the other sends ${BROADCASTS} broadcasts of 900 kB`,
    attack: slowReader,
    most: 80 * MIB, // Limits::outgoing_queue_bytes is 64 MiB
    ours: `the other one gets all ${BROADCASTS}; the slow one is gone`,
  },
];
