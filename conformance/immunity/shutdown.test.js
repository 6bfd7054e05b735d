// Going down with clients in every state, and coming up again after a sudden death.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { startChat, temporaryFolder } from "../chat/sio_chat.js";
import { ask } from "../support/application.js";
import { UPGRADE_HEADERS } from "../support/block.js";
import { openPolling, openWebSocket } from "../support/engine.js";
import { eventually, within } from "../support/eventually.js";
import { RawSocket, formatRequest, request } from "../support/raw.js";
import { startRedis } from "../support/redis.js";
import { startServer } from "../support/server.js";
import { oursOnly } from "../support/target.js";

const EACH = 10;
const END_MS = 3000;
const CHAT = { namespace: "/chat" };

async function tcp(port, bytes) {
  const socket = await RawSocket.connect(port);
  socket.send(bytes);
  return socket;
}

// Connections in the middle of something. Those of sessions are of the main namespace.
const STATES = {
  nothing: (port) => tcp(port, ""),
  "half a head": (port) => tcp(port, "GET / HTTP/1.1\r\nHost:"),
  "half a body": (port) => tcp(port, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf"),
  "half a handshake": (port) =>
    tcp(port, formatRequest({ path: "/socket.io/?EIO=4&transport=websocket", headers: UPGRADE_HEADERS }).subarray(0, -4)),
  "a poll": async (port) => {
    const session = await openPolling(port);
    await session.join();
    return session.pendingGet();
  },
  "half a POST": async (port) => {
    const { target } = await openPolling(port);
    return tcp(port, `POST ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n42[`);
  },
  "a probe": async (port) => (await (await openPolling(port)).upgrade()).socket,
  "no CONNECT": async (port) => (await openWebSocket(port)).ws.socket,
  "nothing that is read": async (port) => {
    const session = await openWebSocket(port);
    await session.join();
    session.ws.socket.pause();
    await session.send('42["flood",200,100000]');
    return session.ws.socket;
  },
};

async function everyState(port) {
  const opened = Object.values(STATES).flatMap((open) => Array.from({ length: EACH }, () => open(port)));
  return Promise.all(opened);
}

async function ends(server, what) {
  assert.deepEqual(await within(END_MS, `end of ${what}`, server.exited), { code: 0, signal: null });
}

describe("going down", oursOnly("Node's keeps its connections until they end"), () => {
  test("nobody keeps the server, in whatever state", async () => {
    const server = await startServer();
    const connections = await everyState(server.port);
    const waiting = await openWebSocket(server.port);
    await waiting.join();
    await waiting.send('421["slow",60000,1]', '422["askMe"]');
    server.signal("SIGTERM");
    await ends(server, "a server with clients in every state");
    for (const connection of connections) {
      connection.resume();
      await connection.waitClose();
      connection.destroy();
    }
    await waiting.ws.waitClose();
  });

  test("signals that keep coming do no harm", async () => {
    const server = await startServer();
    const connections = await everyState(server.port);
    for (let i = 0; i < 10; ++i) {
      server.signal(i % 2 === 0 ? "SIGTERM" : "SIGINT");
    }
    await ends(server, "a server that is told again and again");
    connections.forEach((connection) => connection.destroy());
  });
});

describe("the chat goes down", oursOnly("it is no reference"), () => {
  const start = (flags) => startChat({ dataDirectory: temporaryFolder(), messagesStore: "memory", ...flags });

  async function chatter(open, port, username) {
    const session = await open(port);
    await session.join("/chat");
    assert.equal((await ask(session, "joinChat", [{ username }], CHAT))[0].success, true);
    return session;
  }

  test("what was asked before is answered, what is buffered is delivered, and then all have to go", async () => {
    const server = await start({ drainDelay: 1500, drainSpan: 700, threads: 2 });
    const others = await everyState(server.port);
    const talkers = await Promise.all(
      Array.from({ length: EACH }, (_, i) =>
        chatter(i % 2 === 0 ? openPolling : openWebSocket, server.port, `talker-${i}`),
      ),
    );
    const late = await chatter(openPolling, server.port, "late"); // reads nothing until the end has begun
    const answers = talkers.map((talker, i) => ask(talker, "sendMessage", [{ message: `${i}` }], CHAT));
    server.signal("SIGTERM");
    for (const [answer] of await Promise.all(answers)) {
      assert.deepEqual(answer, { success: true });
    }
    await notReady(server);
    assert.deepEqual(await messagesUntilTheEnd(late), talkers.map((_, i) => `${i}`));
    await ends(server, "the chat");
    others.forEach((connection) => connection.destroy());
    talkers.forEach(({ ws }) => ws?.destroy());
  });

  const notReady = (server) =>
    eventually("not ready", async () => (await request(server.port, { path: "/readyz" })).status === 503);

  // Sorted: who of those that speak at the same time comes first is not told. The end comes as a close packet:
  // alone to a poll that waits, after a noop to the next one.
  async function messagesUntilTheEnd(session) {
    const messages = [];
    for (;;) {
      const packet = await session.next();
      if (packet === "1") {
        return messages.sort();
      }
      if (packet === "6") {
        continue;
      }
      const [event, data] = JSON.parse(/^4[^[]*(.*)$/.exec(packet)[1]);
      if (event === "newMessage") {
        messages.push(data.message);
      }
    }
  }

  test("a second SIGTERM ends it at once, whoever is connected", async () => {
    const server = await start({ drainDelay: 60_000, drainSpan: 60_000 });
    const connections = await everyState(server.port);
    server.signal("SIGTERM");
    await notReady(server);
    server.signal("SIGTERM");
    await ends(server, "the chat");
    connections.forEach((connection) => connection.destroy());
  });
});

describe("coming up after SIGKILL", oursOnly("it has no Unix socket, and it is no chat"), () => {
  const health = (socketPath) =>
    new Promise((resolve, reject) => {
      get({ socketPath, path: "/health", agent: false }, (response) => resolve(response.statusCode)).on("error", reject);
    });

  test("the port and the Unix socket are free, though clients still hold on to them", async () => {
    const unix = join(temporaryFolder(), "server.sock");
    const first = await startServer({ unix });
    const connections = await everyState(first.port);
    assert.equal(await health(unix), 200);
    await first.kill();
    assert.ok(existsSync(unix));
    const second = await startServer({ unix, port: first.port });
    assert.equal(await health(unix), 200);
    const session = await openWebSocket(second.port);
    await session.join();
    const [{ clients }] = await ask(session, "serverStats");
    assert.equal(clients, 1);
    connections.forEach((connection) => connection.destroy());
    session.ws.destroy();
    await second.stop();
    assert.ok(!existsSync(unix));
  });

  test("a Unix socket that is in use is not taken away", async () => {
    const unix = join(temporaryFolder(), "server.sock");
    const first = await startServer({ unix });
    await assert.rejects(startServer({ unix }), /ended before it listened \(code 2\)/);
    assert.equal(await health(unix), 200);
    await first.stop();
  });

  test("a node of the chat is itself again, with nobody in it", async (t) => {
    const redis = await startRedis();
    t.after(() => redis.stop());
    const flags = {
      redis: redis.address,
      nodeId: "node-1",
      dataDirectory: temporaryFolder(),
      clusterHeartbeat: 200,
      clusterNodeTimeout: 60_000, // nobody else would notice
    };
    const first = await startChat(flags);
    const session = await openWebSocket(first.port);
    await session.join("/chat");
    await ask(session, "joinChat", [{ username: "ada" }], CHAT);
    await first.kill();
    session.ws.destroy();

    const second = await startChat({ ...flags, port: first.port });
    await eventually("ready", async () => (await request(second.port, { path: "/readyz" })).status === 200);
    const again = await openWebSocket(second.port);
    await again.join("/chat");
    assert.equal((await ask(again, "joinChat", [{ username: "ada" }], CHAT))[0].success, true);
    await eventually("one node, and one connection", async () => {
      const { cluster } = JSON.parse((await request(second.port, { path: "/stats" })).text);
      assert.deepEqual([cluster.totalNodes, cluster.totalConnections], [1, 1]);
      return true;
    });
    again.ws.destroy();
    await second.stop();
  });
});
