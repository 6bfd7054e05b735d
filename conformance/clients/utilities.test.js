// Operations on the sockets of a namespace, and arguments that no handler expects.
import { beforeEach, describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { askOne, connectClient } from "../support/clients.js";
import { eventually, nextEvent, record } from "../support/eventually.js";
import { sharedServer } from "../support/suite.js";
import { bytes } from "./matrix/values.js";

const EVENTS = [
  "echo", "emitBack", "broadcast", "broadcastOthers", "join", "leave", "room", "roomExcept", "toOthers",
  "whoami", "askRoom", "fetch", "setData", "kick", "slow", "ackTwice", "digest", "generate", "seq",
  "flood", "floodAll", "floodVolatile", "serverStats", "goneInfo", "sseLog", "op", "forbidden", "error",
  "message",
];
const ODD_ARGUMENTS = [
  undefined, null, true, -1, 1.5, 1e308, "", "text", [], [null], {}, { do: null }, [[[]]], bytes(3),
];

describe("operations on sockets", () => {
  const server = sharedServer();
  let namespaceNumber = 0;
  let namespace; // of each test its own: sockets of the one before may still be on their way out
  beforeEach(() => {
    namespace = `/dyn-${++namespaceNumber}`;
  });
  const connect = () => connectClient(server, { namespace, transports: ["websocket"] });
  const connectMany = (count) => Promise.all(Array.from({ length: count }, connect));

  async function succeed(socket, spec) {
    const { ok, result, error } = await askOne(socket, "op", spec);
    assert.equal(ok, true, error);
    return result;
  }

  const idsIn = async (socket, spec) =>
    (await succeed(socket, { do: "fetchSockets", ...spec })).map(({ id }) => id);
  const sortedIds = (...sockets) => sockets.map(({ id }) => id).sort();

  test("fetch all, those of rooms, one, and none", async () => {
    const [a, b, c] = await connectMany(3);
    await askOne(a, "join", ["x", "y"]);
    await askOne(b, "join", "y");
    assert.deepEqual(await idsIn(a, {}), sortedIds(a, b, c));
    assert.deepEqual(await idsIn(a, { local: true }), sortedIds(a, b, c));
    assert.deepEqual(await idsIn(a, { to: ["y"] }), sortedIds(a, b));
    assert.deepEqual(await idsIn(a, { to: ["x", c.id] }), sortedIds(a, c));
    assert.deepEqual(await idsIn(a, { except: ["y"] }), [c.id]);
    assert.deepEqual(await idsIn(a, { to: ["y"], except: [a.id] }), [b.id]);
    assert.deepEqual(await idsIn(a, { to: ["nobody"] }), []);
  });

  test("fetch rooms and data", async () => {
    const socket = await connect();
    await askOne(socket, "join", ["z", "a"]);
    const first = { name: "é", list: [1.5] };
    const merged = { ...first, more: null };
    assert.deepEqual(await askOne(socket, "setData", first), first);
    assert.deepEqual(await askOne(socket, "setData", { more: null }), merged);
    const [described] = await askOne(socket, "fetch", socket.id);
    assert.deepEqual(described, { id: socket.id, rooms: ["a", socket.id, "z"].sort(), data: merged });
  });

  test("fetch handshakes", async () => {
    const socket = await connectClient(server, {
      namespace,
      transports: ["websocket"],
      auth: { token: 1 },
      query: { color: "blue" },
      extraHeaders: { "X-Judge": "Yes", Origin: "http://elsewhere.example" },
    });
    const [handshake] = await succeed(socket, { do: "handshakes" });
    const { id, auth, query, url, secure, xdomain, headers, hasTime, hasIssued } = handshake;
    assert.deepEqual({ id, auth, secure, xdomain, hasTime, hasIssued }, {
      id: socket.id, auth: { token: 1 }, secure: false, xdomain: true, hasTime: true, hasIssued: true,
    });
    assert.equal(query.color, "blue");
    assert.ok(url.startsWith("/socket.io/?"), url);
    assert.equal(new URL(url, server.url).searchParams.get("color"), "blue");
    assert.equal(headers["x-judge"], "Yes");
    assert.equal(headers.origin, "http://elsewhere.example");
    assert.equal(headers.upgrade, "websocket");
    assert.match(handshake.address, /127\.0\.0\.1$/);
  });

  test("make all, some and one join and leave", async () => {
    const [a, b, c] = await connectMany(3);
    await succeed(a, { do: "socketsJoin", rooms: ["all"] });
    await succeed(a, { do: "socketsJoin", to: [b.id, c.id], rooms: ["some", "more"] });
    await succeed(a, { do: "socketsJoin", to: ["some"], except: [c.id], rooms: ["one"] });
    assert.deepEqual(await idsIn(a, { to: ["all"] }), sortedIds(a, b, c));
    assert.deepEqual(await idsIn(a, { to: ["some"] }), sortedIds(b, c));
    assert.deepEqual(await idsIn(a, { to: ["more"] }), sortedIds(b, c));
    assert.deepEqual(await idsIn(a, { to: ["one"] }), [b.id]);
    await succeed(a, { do: "socketsLeave", to: ["one"], rooms: ["some", "all"] });
    await succeed(a, { do: "socketsLeave", rooms: ["more"] });
    assert.deepEqual(await idsIn(a, { to: ["all"] }), sortedIds(a, c));
    assert.deepEqual(await idsIn(a, { to: ["some"] }), [c.id]);
    assert.deepEqual(await idsIn(a, { to: ["more"] }), []);
  });

  test("disconnect those of a room, with and without their connection", async () => {
    for (const close of [false, true]) {
      const [a, b, c] = await connectMany(3);
      await succeed(a, { do: "socketsJoin", to: [b.id, c.id], rooms: ["out"] });
      const closed = [b, c].map((socket) => record(socket.io.engine, "close"));
      const gone = [b, c].map((socket) => nextEvent(socket, "disconnect"));
      await succeed(a, { do: "disconnectSockets", to: ["out"], close });
      for (const [reason] of await Promise.all(gone)) {
        assert.equal(reason, "io server disconnect");
      }
      assert.deepEqual(await idsIn(a, { to: ["out"] }), []);
      assert.ok((await idsIn(a, {})).includes(a.id));
      if (close) {
        await eventually("the connections are closed", () => closed.every((calls) => calls.length === 1));
      }
    }
  });

  test("disconnect all, the one who asks too", async () => {
    const sockets = await connectMany(3);
    const gone = sockets.map((socket) => nextEvent(socket, "disconnect"));
    sockets[0].emit("op", { do: "disconnectSockets" });
    for (const [reason] of await Promise.all(gone)) {
      assert.equal(reason, "io server disconnect");
    }
  });

  test("emit to sockets one by one, with and without acknowledgement", async () => {
    const [a, b] = await connectMany(2);
    const heard = [a, b].map((socket) => nextEvent(socket, "note"));
    await succeed(a, { do: "remoteEmit", event: "note", args: [1, bytes(2)] });
    assert.deepEqual(await Promise.all(heard), [[1, bytes(2)], [1, bytes(2)]]);
    [a, b].forEach((socket) => socket.on("ping-me", (n, ack) => ack(n + 1)));
    const spec = { do: "remoteEmitWithAck", event: "ping-me", args: [1], timeout: 2000 };
    assert.deepEqual(await succeed(a, spec), [2, 2]);
    b.off("ping-me");
    const { ok, error } = await askOne(a, "op", { ...spec, timeout: 50 });
    assert.deepEqual({ ok, error }, { ok: false, error: "operation has timed out" });
  });

  test("count one server without an adapter", async () => {
    const socket = await connect();
    assert.equal(await succeed(socket, { do: "serverCount" }), 1);
  });

  test("fail for what is unknown", async () => {
    const socket = await connect();
    for (const spec of [{}, { do: "no such thing" }, { do: "constructor" }, { do: 7 }]) {
      const answer = await askOne(socket, "op", spec);
      assert.ok(answer === null || answer.ok === false, JSON.stringify(answer));
    }
  });

  test("count sockets, rooms and namespaces, and know who left", async () => {
    const [a, b] = await connectMany(2);
    await askOne(a, "join", ["r1", "r2"]);
    await askOne(b, "join", "r1");
    const { node, sockets, rooms, namespaces } = await askOne(a, "serverStats");
    assert.equal(typeof node, "string");
    assert.deepEqual([sockets, rooms, namespaces], [2, 4, 4 + namespaceNumber]);
    await eventually("only these two are connected", async () => {
      const { clients } = await askOne(a, "serverStats");
      return clients === 2;
    });
    assert.equal(await askOne(a, "goneInfo", b.id), null);
    const { id } = b;
    b.disconnect();
    const info = await eventually("b has left", () => askOne(a, "goneInfo", id));
    assert.deepEqual(info, { reason: "client namespace disconnect", rooms: [id, "r1"].sort() });
    assert.equal((await askOne(a, "serverStats")).rooms, 3);
  });

  test("wrong and missing arguments do no harm", async () => {
    const socket = await connect();
    for (const event of EVENTS) {
      socket.emit(event);
      socket.emit(event, () => {});
      for (const argument of ODD_ARGUMENTS) {
        socket.emit(event, argument);
        socket.emit(event, argument, argument, () => {});
      }
    }
    socket.emit("join", ["ok", 7]);
    socket.emit("emitBack", "disconnect");
    socket.emit("op", { do: "emit", to: "not a list", event: 1, args: {} });
    assert.equal(await askOne(socket, "echo", "alive"), "alive");
    assert.equal(socket.connected, true);
  });
});

describe("a server with a node name", () => {
  const server = sharedServer({ nodeName: "judge-7" });

  test("gives it", async () => {
    const socket = await connectClient(server, { transports: ["websocket"] });
    assert.equal((await askOne(socket, "serverStats")).node, "judge-7");
    assert.deepEqual(await askOne(socket, "sseLog"), []);
  });
});
