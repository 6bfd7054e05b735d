// Asking the application of mode "app" over a session of engine.js.
import { strict as assert } from "node:assert";
import { eventually } from "./eventually.js";

let lastId = 1000;

// Emits an event with an acknowledgement and resolves with the arguments of the answer. Packets that
// come before the answer are dropped.
export async function ask(session, event, args = [], { namespace = "/" } = {}) {
  const name = namespace === "/" ? "" : `${namespace},`;
  const id = ++lastId;
  await session.send(`42${name}${id}${JSON.stringify([event, ...args])}`);
  const prefix = `43${name}${id}`;
  for (;;) {
    const packet = await session.next();
    if (packet.startsWith(prefix)) {
      return JSON.parse(packet.slice(prefix.length));
    }
    assert.ok(!packet.startsWith("41"), `disconnected instead of an answer to ${event}`);
  }
}

// The connection works for this namespace: what was sent before has been dealt with.
export async function assertAnswers(session, options) {
  assert.deepEqual(await ask(session, "echo", ["still here"], options), ["still here"]);
}

// The reason and rooms that the server noted when a socket had left.
export function goneInfo(session, id) {
  return eventually(`socket ${id} has left`, async () => (await ask(session, "goneInfo", [id]))[0]);
}
