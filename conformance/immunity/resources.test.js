// Exhaustion, and storms of connections on servers with several threads.
import { after, before, describe, test } from "node:test";
import { startServer } from "../support/server.js";
import { oursOnly } from "../support/target.js";
import { Attacker } from "./attacker.js";
import { immunityTests } from "./immune.js";
import { STEPS } from "./cases/engine.js";
import { resourceCases } from "./cases/resources.js";
import { Vitals } from "./vitals.js";

immunityTests("resources", resourceCases);

const ROUNDS = 50;

// Everybody comes at once, stops at one step or another, and goes with RST or FIN.
async function storm(attacker) {
  for (let round = 0; round < ROUNDS; ++round) {
    const stopped = await Promise.all(STEPS.map((step) => step(attacker)));
    stopped.flat().forEach((socket, i) => ((i + round) % 2 === 0 ? socket.reset() : socket.destroy()));
  }
}

for (const threads of [2, 4]) {
  describe(`a storm with ${threads} threads`, oursOnly("the reference has one"), () => {
    let server;
    before(async () => (server = await startServer({ pingInterval: 400, pingTimeout: 400 }, { threads })));
    after(() => server?.stop());

    test(`${STEPS.length} steps of connecting, upgrading, posting, ${ROUNDS} times each`, async () => {
      const vitals = await Vitals.of(server);
      const attacker = new Attacker(server, vitals);
      await storm(attacker);
      await attacker.leave();
      await vitals.assertHealthy();
    });
  });
}
