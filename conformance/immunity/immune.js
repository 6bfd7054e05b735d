// Cases as data, so that the same ones run as tests of ours and as a survey of both servers (survey.js).
//
// A case: { row, threat, sent, flags, guards, most, attack, ours, todo }
//   row     the row of the list of historic holes that it stands for
//   threat  what the attacker wants, sent: what goes over the wire; both for docs/security.md
//   flags   of the server (see startServer)
//   guards  further flags, which only our server has
//   most    bytes that a shard may hold more than before, at the worst moment (MOST); every thread's
//           allocator keeps what its own worst moment took
//   attack  (attacker) -> what was observed, in words
//   ours    what must be observed with our server
import { after, before, describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { startServer, THREADS } from "../support/server.js";
import { oursOnly } from "../support/target.js";
import { Attacker } from "./attacker.js";
import { MIB, Vitals } from "./vitals.js";

export const MOST = 8 * MIB;

// The observation, and what it cost the server at the worst moment: { observed, memory, cpu }.
export async function carryOut({ attack }, server, vitals, reference) {
  const attacker = new Attacker(server, vitals, reference);
  vitals.resetPeak();
  const memory = vitals.memory();
  const cpu = vitals.cpu();
  try {
    const observed = await attack(attacker);
    return { observed, memory: Math.max(0, vitals.peak() - memory), cpu: vitals.cpu() - cpu };
  } finally {
    await attacker.leave();
  }
}

export function flagsOf({ flags, guards }, reference = false) {
  return { ...flags, ...(reference ? {} : guards) };
}

// One server for all cases that take the same flags. They run one after the other: what a case leaves
// behind must not be taken for the next one's.
export function immunityTests(title, cases) {
  describe(title, oursOnly("survey.js shows what it does"), () => {
    for (const those of byFlags(cases)) {
      const flags = flagsOf(those[0]);
      describe(`with ${JSON.stringify(flags)}`, () => sameServer(flags, those));
    }
  });
}

function sameServer(flags, cases) {
  let server;
  let vitals;
  before(async () => {
    server = await startServer(flags);
    vitals = await Vitals.of(server);
  });
  after(() => server?.stop());
  for (const each of cases) {
    test(`${each.row}: ${each.threat}`, { todo: each.todo }, () => assertImmune(each, server, vitals));
  }
}

async function assertImmune(each, server, vitals) {
  const attack = async () => {
    const { observed, memory } = await carryOut(each, server, vitals);
    assert.equal(observed, each.ours);
    await vitals.assertHealthy();
    return memory;
  };
  const most = (each.most ?? MOST) * THREADS;
  const memory = await attack();
  assert.ok(memory <= most, `${memory} bytes more than before at the worst moment, ${most} are fine`);
  await vitals.assertNoLeak(attack);
}

function byFlags(cases) {
  const groups = new Map();
  for (const each of cases) {
    const key = JSON.stringify(flagsOf(each));
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return groups.values();
}
