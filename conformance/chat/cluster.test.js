// Two nodes behind nginx, with Redis. One is killed in the middle of traffic: its clients come back, no
// message that was acknowledged is lost, and soon everybody knows who is still here.
import { after, before, describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { Agent } from "node:http";
import { closeAll, connectClient, openClient } from "../support/clients.js";
import { eventually, record } from "../support/eventually.js";
import { startRedis } from "../support/redis.js";
import { nginxAvailable, startNginx } from "./proxy.js";
import { startChat, temporaryFolder } from "./sio_chat.js";

const ROOM = "operations";
const PEOPLE = 12;
const PRESENCE_IS_RIGHT_MS = 15_000;
const TRANSPORTS = [["polling"], ["websocket"], ["polling", "websocket"]];

// Somebody who talks without a pause, as the page does: what is not acknowledged is sent again under its
// nonce once the connection is back.
class Talker {
  acknowledged = []; // { id, text }
  connections = 0;
  #socket;
  #ready = false;
  #stopped = false;

  constructor(server, name, i) {
    this.name = name;
    this.#socket = openClient(server, {
      namespace: "/chat",
      transports: TRANSPORTS[i % TRANSPORTS.length],
      agent: new Agent({ localAddress: `127.0.0.${10 + i}`, keepAlive: true }),
      reconnection: true,
      reconnectionDelay: 100,
      reconnectionDelayMax: 1000,
    });
    this.#socket.on("connect", () => this.#enter());
    this.#socket.on("disconnect", () => (this.#ready = false));
    this.finished = this.#talk();
    this.finished.catch(() => {}); // who stops it hears of it
  }

  stop() {
    this.#stopped = true;
    return this.finished;
  }

  async #enter() {
    try {
      await this.#ask("joinChat", { username: this.name });
      await this.#ask("joinRoom", { room: ROOM });
      this.connections += 1;
      this.#ready = true;
    } catch {
      // The connection went again; the next one enters again.
    }
  }

  async #talk() {
    for (let n = 1; !this.#stopped; n++) {
      const text = `${this.name} says ${n}`;
      const { id } = await this.#deliver({ room: ROOM, message: text, nonce: randomUUID() });
      this.acknowledged.push({ id, text });
    }
  }

  async #deliver(message) {
    for (;;) {
      try {
        await eventually(`${this.name} has a connection`, () => this.#ready, { deadline: 15_000 });
        return await this.#ask("sendMessage", message);
      } catch (error) {
        if (!/timed out|disconnected/.test(error.message)) {
          throw error;
        }
      }
    }
  }

  async #ask(event, payload) {
    const answer = await this.#socket.timeout(2000).emitWithAck(event, payload);
    assert.equal(answer.success, true, `${event}: ${JSON.stringify(answer)}`);
    return answer;
  }
}

async function enter(server, username) {
  const socket = await connectClient(server, { namespace: "/chat", transports: ["websocket"] });
  await socket.emitWithAck("joinChat", { username });
  await socket.emitWithAck("joinRoom", { room: ROOM });
  return socket;
}

async function wholeHistory(socket) {
  const all = [];
  for (let page = { more: true }; page.more;) {
    page = await socket.emitWithAck("getHistory", { room: ROOM, before: all[0]?.id, limit: 100 });
    all.unshift(...page.messages);
  }
  return all;
}

describe("a cluster", nginxAvailable, () => {
  let redis;
  let nodes;
  let nginx;

  before(async () => {
    redis = await startRedis();
    const flags = {
      redis: redis.address,
      dataDirectory: temporaryFolder(),
      serverTrustedProxies: 1,
      limitsMessagePoints: 0,
      limitsEventPoints: 0,
    };
    nodes = await Promise.all(["doomed", "lasting"].map((nodeId) => startChat({ nodeId, ...flags })));
    nginx = await startNginx(nodes);
  });
  after(async () => {
    closeAll();
    await nginx?.stop();
    await nodes?.at(-1).stop();
    await redis?.stop();
  });

  test("one of two nodes is killed", { timeout: 180_000 }, async (context) => {
    const [doomed, lasting] = nodes;
    const watcher = await enter(lasting, "watcher");
    await enter(doomed, "gone"); // and never comes back
    const notices = record(watcher, "reconnectRequired");
    const talkers = Array.from({ length: PEOPLE }, (_, i) => new Talker(nginx, `talker ${i}`, i));
    const said = () => talkers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);
    await eventually("Redis knows where the room is", () =>
      redis.client.sIsMember("ws:node:doomed:rooms", ROOM),
    );
    await eventually("traffic", () => talkers.every(({ acknowledged }) => acknowledged.length >= 5), {
      deadline: 30_000,
    });

    await doomed.kill();
    const before = talkers.map(({ acknowledged }) => acknowledged.length);
    const presenceIsRight = eventually(
      "presence is right",
      async () => {
        const users = ["gone", "watcher", ...talkers.map(({ name }) => name)];
        const { presence } = await watcher.emitWithAck("getPresence", { users });
        const online = presence.filter((one) => one.online).map(({ username }) => username);
        assert.deepEqual(online.sort(), users.slice(1).sort());
        return true;
      },
      { deadline: PRESENCE_IS_RIGHT_MS, every: 100 },
    );
    await eventually(
      "everybody goes on",
      () => talkers.every(({ acknowledged }, i) => acknowledged.length >= before[i] + 5),
      { deadline: 30_000 },
    );
    await presenceIsRight;
    const moved = talkers.filter(({ connections }) => connections > 1).length;
    assert.ok(moved > 0, "somebody was on the node that died");
    await eventually(
      "the members of its rooms are told",
      () => notices.some(([{ roomId, reason }]) => roomId === ROOM && reason === "node_failure"),
      { deadline: PRESENCE_IS_RIGHT_MS },
    );

    await Promise.all(talkers.map((talker) => talker.stop()));
    context.diagnostic(`${moved} of ${PEOPLE} moved to the other node; ${said()} messages`);
    // What the dead node had taken from the queue and not written, the other one does after a while.
    const history = await eventually(
      "every acknowledged message is in the history",
      async () => {
        const all = await wholeHistory(watcher);
        const stored = new Map(all.map(({ id, message }) => [id, message]));
        const said = talkers.flatMap(({ acknowledged }) => acknowledged);
        assert.deepEqual(
          said.filter(({ id, text }) => stored.get(id) !== text),
          [],
        );
        return all;
      },
      { deadline: 30_000, every: 1000 },
    );
    assert.equal(new Set(history.map(({ id }) => id)).size, history.length, "no id comes twice");
    const texts = new Set(history.map(({ message }) => message));
    assert.equal(texts.size, history.length, "nothing is stored twice");
    for (const { name, acknowledged } of talkers) {
      const inHistory = history.filter(({ username }) => username === name).map(({ message }) => message);
      assert.deepEqual(
        inHistory,
        acknowledged.map(({ text }) => text),
        "in the order in which they were said",
      );
    }
  });
});
