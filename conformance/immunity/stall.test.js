// A handler that does not return stops its shard: who is told, and who is served meanwhile and afterwards.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { eventually } from "../support/eventually.js";
import { openPolling, openWebSocket, SEPARATOR } from "../support/engine.js";
import { RawSocket } from "../support/raw.js";
import { oursOnly } from "../support/target.js";
import { startServer } from "../support/server.js";

const SHARDS = 2;
const REPORT = "with `block` of `/`; other clients of that shard wait";

// Resolves when the shard of `session` does not come back, which it will after `ms`.
async function stall(server, session, ms) {
  await session.send(`421["block",${ms}]`);
  await eventually("report of the stall", () => server.output().includes(REPORT));
}

async function joined(session) {
  await session.join();
  return session;
}

// A polling client that keeps its connection: that is with the shard of its session, so no other shard
// delays it.
async function openKeepAlive(port) {
  const session = await openPolling(port);
  session.connection = await RawSocket.connect(port);
  return session;
}

async function say(session, ...packets) {
  if (session.ws) {
    return session.send(...packets);
  }
  const { text } = await session.post(packets.join(SEPARATOR), { connection: session.connection });
  assert.equal(text, "ok");
}

async function hear(session) {
  if (session.ws) {
    return session.ws.nextText();
  }
  if (session.packets.length === 0) {
    const { text } = await session.get({ connection: session.connection });
    session.packets = text.split(SEPARATOR);
  }
  return session.packets.shift();
}

// Answers pings while `answers()`. Resolves with the first packet that is not answered.
async function unanswered(session, answers) {
  for (;;) {
    const packet = await hear(session);
    if (packet !== "2" || !answers()) {
      return packet;
    }
    await say(session, "3");
  }
}

describe("a handler that does not return", oursOnly("Node has one thread and no watchdog"), () => {
  test("it is reported; other shards serve theirs meanwhile, and its own shard does afterwards", async (t) => {
    const server = await startServer({ stallThreshold: 50 }, { threads: SHARDS });
    t.after(() => server.stop());
    const opened = Array.from({ length: 16 }, async () => joined(await openWebSocket(server.port)));
    const [blocker, ...others] = await Promise.all(opened);
    const served = [];
    const answer = async (session) => {
      assert.equal(await session.next(), "431[true]");
      served.push(session);
    };
    await stall(server, blocker, 1500);
    await Promise.all(others.map((session) => session.send('421["echo",true]')));
    await Promise.all([blocker, ...others].map(answer));
    assert.ok(served.indexOf(blocker) > 0, "nobody was served while the shard was stalled");
    await eventually("report of the end", () => server.output().includes("goes on after"));
    assert.match(server.output(), /warning: shard \d has been busy for \d+ ms with `block` of `\/`; other/);
    assert.match(server.output(), /warning: shard \d goes on after \d+ ms with `block` of `\/`\n/);
  });

  test("whoever comes meanwhile is served by another shard", async (t) => {
    const server = await startServer({ stallThreshold: 50 }, { threads: SHARDS });
    t.after(() => server.stop());
    const blocker = await joined(await openWebSocket(server.port));
    let over = false;
    const blocked = blocker.next().then((answer) => {
      over = true;
      return answer;
    });
    await stall(server, blocker, 3000);
    const open = async (_, i) => joined(await (i % 2 === 0 ? openWebSocket : openPolling)(server.port));
    await Promise.all(Array.from({ length: 16 }, open));
    assert.ok(!over, "somebody waited for the end of the stall");
    assert.equal(await blocked, "431[true]");
  });

  test("a pong that has come meanwhile is in time", async (t) => {
    const flags = { pingInterval: 50, pingTimeout: 1000, stallThreshold: 50 };
    const server = await startServer(flags, { threads: SHARDS });
    t.after(() => server.stop());
    const blocker = await joined(await openWebSocket(server.port));
    const blocked = blocker.next();
    let allAreThere = false;
    const sessions = Array.from({ length: 12 }, async (_, i) =>
      joined(await (i % 2 === 0 ? openWebSocket : openKeepAlive)(server.port)),
    );
    const owed = sessions.map(async (session) => unanswered(await session, () => !allAreThere));
    const clients = await Promise.all(sessions);
    allAreThere = true;
    assert.deepEqual(new Set(await Promise.all(owed)), new Set(["2"]));
    await stall(server, blocker, flags.pingTimeout + 200);
    const survive = async (client) => {
      await say(client, "3", '421["echo","still there"]');
      assert.equal(await unanswered(client, () => true), '431["still there"]');
    };
    await Promise.all(clients.map(survive));
    assert.equal(await blocked, "431[true]");
  });
});
