// What clients do between coming and going, and how they go.
import { strict as assert } from "node:assert";
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../support/eventually.js";
import { Client, roomMessage } from "./client.js";

const ROOMS = 100;
const KINDS = [
  { transport: "websocket", eio: 4 },
  { transport: "websocket", eio: 4 },
  { transport: "websocket", eio: 3 },
  { transport: "polling", eio: 4 },
  { transport: "polling", eio: 4, upgrades: true },
  { transport: "polling", eio: 4, keepAlive: false },
  { transport: "polling", eio: 3 },
  { transport: "polling", eio: 3, upgrades: true },
];

// Each asks and checks the answer.
const ACTIONS = {
  async echo(client, random) {
    const args = [client.name, random.below(1e9), { text: "é\u2028".repeat(random.below(200)) }];
    assert.deepEqual(await client.ask("echo", ...args), args);
  },

  async binary(client, random) {
    const bytes = [random.bytes(1 + random.below(3000)), Buffer.from(client.name)];
    assert.deepEqual(await client.ask("echo", bytes[0], { deep: [bytes[1]] }), [bytes[0], { deep: [bytes[1]] }]);
  },

  async together(client, random) {
    const ask = async (i) => assert.deepEqual(await client.ask("echo", client.name, i), [client.name, i]);
    await Promise.all(Array.from({ length: 2 + random.below(10) }, (_, i) => ask(i)));
  },

  async joinRoom(client, random) {
    const room = `room-${random.below(ROOMS)}`;
    client.rooms.add(room);
    const [rooms] = await client.ask("join", room);
    assert.deepEqual(new Set(rooms), new Set([...client.rooms, client.id]));
  },

  async leaveRoom(client, random) {
    const room = random.pick([...client.rooms, "nowhere"]);
    const [rooms] = await client.ask("leave", room);
    client.rooms.delete(room);
    assert.deepEqual(new Set(rooms), new Set([...client.rooms, client.id]));
  },

  async tellRoom(client, random) {
    const room = `room-${random.below(ROOMS)}`;
    await client.emit(random.pick(["room", "toOthers"]), room, roomMessage(room, client.name, random));
  },

  async tellAll(client, random) {
    if (random.chance(0.01)) {
      await client.emit("broadcast", roomMessage("/", client.name, random));
    }
  },

  async beAsked(client) {
    const question = { do: "emitWithAck", to: [client.id], event: "question", timeout: 15_000 };
    assert.deepEqual(await client.ask("op", question), [{ ok: true, result: [client.name] }]);
  },

  async slowly(client, random) {
    assert.deepEqual(await client.ask("slow", random.below(1000), client.name), [client.name]);
  },

  async flood(client, random) {
    await client.flood(1 + random.below(30), random.below(1000));
  },

  async visitNamespace(client, random) {
    const namespace = `/dyn-${random.below(50)}`;
    await client.join(namespace);
    assert.deepEqual(await client.askIn(namespace, "echo", namespace), [namespace]);
    await client.leave(namespace);
  },
};

// Each leaves nothing behind on this side once it has resolved.
const ENDS = {
  async politely(client) {
    const wire = client.abandon();
    await wire.send("41");
    await wire.sendClose();
    await client.ended;
    wire.destroy();
  },

  async byFin(client) {
    client.abandon().destroy();
  },

  async byReset(client) {
    client.abandon().reset();
  },

  async silently(client) {
    const wire = client.abandon();
    await client.ended; // of the ping timeout
    wire.destroy();
  },

  async frozen(client, random, { patience }) {
    client.emit("flood", 50, 10_000).catch(() => {});
    const wire = client.abandon();
    wire.freeze();
    await pause(patience);
    wire.reset();
  },

  async inTheMiddleOfAPacket(client, random, { patience }) {
    const wire = client.abandon();
    await wire.sendHalf();
    if (random.chance(0.5)) {
      await pause(patience);
    }
    wire.reset();
  },

  async withAnswersDue(client, random) {
    for (let i = 0; i < 10; ++i) {
      client.emit("askMe").catch(() => {});
      client.ask("slow", 100 * i, client.name).catch(() => {});
    }
    await pause(random.below(50));
    client.abandon().reset();
  },

  async whileUpgrading(client, random) {
    const wire = client.abandon();
    if (wire.upgradable) {
      await wire.probe();
      await pause(random.below(20));
    }
    wire.reset();
  },
};

// One client from its coming to its going. `pace` is how long it pauses between two actions at most,
// `patience` how long those who are silent wait for the server to give them up, `until` when it is time to go.
export async function live(port, name, random, { pace, patience, until }) {
  const kind = random.pick(KINDS);
  const client = await Client.connect(port, kind);
  client.name = name;
  try {
    await client.joinMain(kind.eio);
    client.id = (await client.ask("whoami"))[0].id;
    for (let left = random.below(12); left > 0 && performance.now() < until; --left) {
      await pause(random.below(pace));
      if (kind.upgrades && client.upgradable && random.chance(0.5)) {
        await client.upgrade();
      }
      await ACTIONS[random.pick(Object.keys(ACTIONS))](client, random);
    }
    const problem = await Promise.race([client.ended, undefined]); // with what nobody waited for
    if (problem) {
      throw problem;
    }
  } catch (error) {
    client.abandon().reset();
    const witness = await Client.connect(port, { transport: "websocket", eio: 3 });
    const [gone] = await witness.ask("goneInfo", client.id);
    witness.abandon().destroy();
    throw new Error(`${gone?.reason}; ${name} (${JSON.stringify(kind)}): ${error.message}`, { cause: error });
  }
  const end = random.pick(Object.keys(ENDS));
  await ENDS[end](client, random, { patience });
  return end;
}

// A client of `/recover` whose connection is cut and that comes back for what it has missed.
export async function comeBack(port, name, random) {
  const first = await Client.connect(port, { transport: "websocket", eio: 4 });
  const { sid, pid } = await first.join("/recover");
  const room = `back-${name}`;
  first.rooms.add(room);
  await first.askIn("/recover", "join", room);
  const message = roomMessage(room, name, random);
  await first.askIn("/recover", "op", { do: "emit", to: [room], event: "room", args: [message] });
  const { offset } = first;
  first.abandon().reset();
  await eventually("recovered", async () => {
    const second = await Client.connect(port, { transport: "websocket", eio: 4 });
    second.rooms.add(room);
    const again = await second.join("/recover", { pid, offset });
    const [{ rooms }] = await second.askIn("/recover", "whoami");
    second.abandon().reset();
    assert.deepEqual([again.sid, again.pid, new Set(rooms)], [sid, pid, new Set([room, sid])]);
    return true;
  });
  return "and came back";
}
