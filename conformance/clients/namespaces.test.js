// Static and dynamic namespaces: what separates them, how they come and how they go.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { askOne, connectClient, connected, refusal } from "../support/clients.js";
import { eventually, record } from "../support/eventually.js";
import { openWebSocket, openPolling } from "../support/engine.js";
import { sharedServer } from "../support/suite.js";

const STATIC_NAMESPACES = 4;

function connectorTo(server) {
  return (namespace, options) =>
    connectClient(server, { namespace, transports: ["websocket"], ...options });
}

describe("namespaces", () => {
  const server = sharedServer();
  const connect = connectorTo(server);
  const stats = async (socket) => askOne(socket, "serverStats");

  test("have rooms, sockets and broadcasts of their own", async () => {
    const [a, b] = await Promise.all([connect("/dyn-1"), connect("/dyn-2")]);
    await Promise.all([askOne(a, "join", "room"), askOne(b, "join", "room")]);
    const [seenByA, seenByB] = [record(a, "room"), record(b, "room")];
    a.emit("room", "room", "for a");
    b.emit("room", b.id, "for b");
    b.emit("room", a.id, "id of another namespace");
    await Promise.all([askOne(a, "echo"), askOne(b, "echo")]);
    await Promise.all([askOne(a, "echo"), askOne(b, "echo")]);
    assert.deepEqual([seenByA, seenByB], [[["for a"]], [["for b"]]]);
    const inRoom = await askOne(a, "fetch", "room");
    assert.deepEqual(inRoom, [{ id: a.id, rooms: [a.id, "room"].sort(), data: {} }]);
  });

  test("of one connection live and die by themselves", async () => {
    const main = await connect("/");
    const others = ["/custom", "/dyn-3", "/dyn-4"].map((name) => main.io.socket(name));
    await Promise.all(others.map((socket) => connected(socket)));
    const all = await Promise.all([main, ...others].map((socket) => askOne(socket, "whoami")));
    assert.equal(new Set(all.map(({ sid }) => sid)).size, 1);
    others[0].disconnect();
    others[1].emit("kickMe", false);
    await eventually("the kicked socket hears of it", () => !others[1].connected);
    assert.equal(await askOne(others[2], "echo", "alive"), "alive");
    assert.equal(await askOne(main, "echo", "alive"), "alive");
    others[0].connect();
    await connected(others[0]);
    assert.equal(await askOne(others[0], "echo", "again"), "again");
  });

  test("are all left when the connection is closed on purpose", async () => {
    const main = await connect("/");
    const others = ["/custom", "/dyn-5"].map((name) => main.io.socket(name));
    await Promise.all(others.map((socket) => connected(socket)));
    const reasons = [main, ...others].map((socket) => record(socket, "disconnect"));
    others[0].emit("kickMe", true);
    await eventually("all are disconnected", () => reasons.every((calls) => calls.length === 1));
    assert.deepEqual(reasons.map(([[reason]]) => reason), Array(3).fill("io server disconnect"));
  });

  test("do not mix sockets of several connections", async () => {
    const sockets = await Promise.all(Array.from({ length: 20 }, () => connect("/dyn-20")));
    const ids = await Promise.all(sockets.map(async (socket) => (await askOne(socket, "whoami")).id));
    assert.deepEqual(ids, sockets.map((socket) => socket.id));
    assert.equal(new Set(ids).size, 20);
    assert.equal((await stats(sockets[0])).sockets, 20);
  });

  test("that match no pattern are refused, and the connection stays", async () => {
    const main = await connect("/");
    for (const name of ["/nope", "/dyn-", "/dyn-x", "/dyn-1x", "/xdyn-1", "/custom/", "/Custom"]) {
      const socket = main.io.socket(name);
      assert.equal((await refusal(socket)).message, "Invalid namespace", name);
      socket.disconnect();
    }
    assert.equal(await askOne(main, "echo", "alive"), "alive");
  });

  test("are created once when many ask at the same time", async () => {
    const before = (await stats(await connect("/"))).namespaces;
    const sockets = await Promise.all(Array.from({ length: 20 }, () => connect("/dyn-100")));
    const { sockets: count, namespaces } = await stats(sockets[0]);
    assert.equal(count, 20);
    assert.equal(namespaces, before + 1);
    const seen = sockets.map((socket) => record(socket, "broadcast"));
    sockets[0].emit("broadcast", "one");
    await eventually("each has heard it once", () => seen.every((calls) => calls.length === 1));
  });

  test("that were dynamic stay when nobody is in them", async () => {
    const socket = await connect("/dyn-200");
    const { namespaces } = await stats(socket);
    socket.disconnect();
    const observer = await connect("/");
    assert.equal((await stats(observer)).namespaces, namespaces);
  });
});

describe("namespaces with cleanup of empty children", () => {
  const server = sharedServer({ cleanupEmptyChildNamespaces: true });
  const connect = connectorTo(server);
  const count = async (socket) => (await askOne(socket, "serverStats")).namespaces;

  test("disappear with their last socket and come back", async () => {
    const observer = await connect("/");
    for (let round = 0; round < 3; ++round) {
      const [a, b] = await Promise.all([connect("/dyn-1"), connect("/dyn-1")]);
      assert.equal(await count(observer), STATIC_NAMESPACES + 1);
      a.disconnect();
      assert.equal(await askOne(b, "echo", "alive"), "alive");
      assert.equal(await count(observer), STATIC_NAMESPACES + 1);
      b.disconnect();
      await eventually("it is gone", async () => (await count(observer)) === STATIC_NAMESPACES);
    }
  });

  test("come back as soon as they are gone", async () => {
    const main = await connect("/");
    const child = main.io.socket("/dyn-2");
    await connected(child);
    for (let round = 0; round < 20; ++round) {
      child.disconnect();
      await askOne(main, "echo");
      child.connect();
      await connected(child);
      assert.equal(await askOne(child, "echo", round), round);
    }
    assert.equal(await count(main), STATIC_NAMESPACES + 1);
  });

  test("do not take static ones along", async () => {
    const [observer, custom] = await Promise.all([connect("/"), connect("/custom")]);
    custom.disconnect();
    assert.equal(await askOne(observer, "echo", 1), 1);
    await eventually("those of the test before are gone", async () => (await count(observer)) === STATIC_NAMESPACES);
    assert.equal(await askOne(await connect("/custom"), "echo", 1), 1);
  });
});

describe("a connection without a namespace", () => {
  const server = sharedServer({ connectTimeout: 300 });

  test("is closed after the connect timeout", async () => {
    const [silent, refused] = await Promise.all([openWebSocket(server.port), openWebSocket(server.port)]);
    await refused.send("40/nope,");
    assert.equal(await refused.next(), '44/nope,{"message":"Invalid namespace"}');
    for (const session of [silent, refused]) {
      assert.deepEqual(await session.ws.waitClose(), { code: 1005, hasCode: false, reason: "" });
    }
    const polling = await openPolling(server.port);
    assert.equal(await polling.next(), "1");
  });

  test("is kept once a namespace was joined, even when it is left again", async () => {
    const socket = await connectClient(server, { transports: ["websocket"] });
    const { engine } = socket.io;
    const closed = record(engine, "close");
    const raw = await openWebSocket(server.port);
    await raw.join();
    await raw.send("41");
    await eventually("the connect timeout is over for a third session", async () => {
      const late = await openWebSocket(server.port);
      await late.ws.waitClose();
      return true;
    });
    await raw.join();
    assert.deepEqual(closed, []);
    raw.ws.destroy();
  });
});
