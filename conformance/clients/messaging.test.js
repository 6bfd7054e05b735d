// Broadcasts to receivers of every kind, and broadcasts that are acknowledged.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { CLIENT_VERSIONS, TRANSPORTS, askOne, atLeast, connectClient } from "../support/clients.js";
import { nextEvent, record } from "../support/eventually.js";
import { sharedServer } from "../support/suite.js";
import { EVERYTHING, bytes } from "./matrix/values.js";

const WEBSOCKET = TRANSPORTS.websocket;
const RESERVED = [
  "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener",
];

describe("broadcasts", () => {
  const server = sharedServer({ allowEio3: true });
  const connect = (options = {}) => connectClient(server, { namespace: "/custom", ...WEBSOCKET, ...options });
  const op = (socket, spec) => askOne(socket, "op", spec);
  const settle = (sockets) => Promise.all(sockets.map((socket) => askOne(socket, "echo", 1)));

  async function connectInRoom(room, count) {
    const sockets = await Promise.all(Array.from({ length: count }, () => connect()));
    await Promise.all(sockets.map((socket) => askOne(socket, "join", room)));
    return sockets;
  }

  test("reach every client version over every transport, with text and with binary", async () => {
    const receivers = [];
    for (const version of CLIENT_VERSIONS) {
      for (const options of transportsFor(version)) {
        receivers.push(await connect({ version, ...options }));
      }
    }
    const sender = await connect();
    for (const payload of [["text", 1.5, EVERYTHING], { binary: [bytes(3), bytes(200)] }, null]) {
      const received = receivers.map((socket) => nextEvent(socket, "broadcast"));
      sender.emit("broadcast", payload);
      for (const arrived of received) {
        assert.deepEqual(await arrived, [payload]);
      }
    }
  });

  test("reach each of a hundred sockets once and in order", async () => {
    const sockets = await Promise.all(Array.from({ length: 100 }, () => connect()));
    const seen = sockets.map((socket) => record(socket, "broadcast"));
    for (let i = 0; i < 10; ++i) {
      sockets[0].emit("broadcast", i);
    }
    await settle(sockets.slice(0, 1));
    await settle(sockets);
    const expected = Array.from({ length: 10 }, (_, i) => [i]);
    seen.forEach((calls) => assert.deepEqual(calls, expected));
  });

  test("reach rooms together without doubles, and none of those excepted", async () => {
    const [a, b, c, d] = await connectInRoom("team", 4);
    await Promise.all([askOne(a, "join", "even"), askOne(c, "join", "even")]);
    const seen = [a, b, c, d].map((socket) => record(socket, "note"));
    await op(a, { do: "emit", to: ["team", "even", a.id], event: "note", args: ["all"] });
    await op(a, { do: "emit", to: ["team"], except: ["even"], event: "note", args: ["odd"] });
    await op(a, { do: "emit", to: ["team"], except: ["even", b.id], event: "note", args: ["d"] });
    await op(a, { do: "emit", to: ["team"], except: [a.id], local: true, event: "note", args: ["not a"] });
    await op(a, { do: "emit", except: ["team"], event: "note", args: ["nobody"] });
    await op(a, { do: "emit", to: [b.id, d.id], event: "note", args: ["two", bytes(4), { n: 1 }] });
    await settle([a, b, c, d]);
    const names = seen.map((calls) => calls.map(([name]) => name));
    assert.deepEqual(names, [
      ["all"], ["all", "odd", "not a", "two"], ["all", "not a"], ["all", "odd", "d", "not a", "two"],
    ]);
    assert.deepEqual(seen[1].at(-1), ["two", bytes(4), { n: 1 }]);
  });

  test("are seen by receivers in the order they were sent, between direct messages", async () => {
    const [a] = await connectInRoom("order", 1);
    const seen = [];
    a.on("direct", (i) => seen.push(i));
    a.on("room", (i) => seen.push(i));
    for (let i = 0; i < 20; i += 2) {
      a.emit("emitBack", "direct", i);
      a.emit("room", "order", i + 1);
    }
    await settle([a]);
    assert.deepEqual(seen, Array.from({ length: 20 }, (_, i) => i));
  });

  test("collect the acknowledgements of all", async () => {
    const sockets = await connectInRoom("asked", 3);
    sockets.forEach((socket, i) => socket.on("ping-me", (n, ack) => ack(n * i, "not handed on")));
    const spec = { do: "emitWithAck", to: ["asked"], event: "ping-me", args: [10], timeout: 2000 };
    const { ok, result } = await op(sockets[0], spec);
    assert.equal(ok, true);
    assert.deepEqual(result.sort(), [0, 10, 20]);
  });

  test("collect binary acknowledgements", async () => {
    const sockets = await connectInRoom("asked-binary", 2);
    sockets.forEach((socket) => socket.on("ping-me", (data, ack) => ack({ copy: data })));
    const target = { do: "emitWithAck", to: ["asked-binary"], timeout: 2000 };
    assert.deepEqual(await op(sockets[0], { ...target, event: "ping-me", args: [bytes(9)] }), {
      ok: true,
      result: [{ copy: bytes(9) }, { copy: bytes(9) }],
    });
  });

  test("hand out the answers so far when one is missing", async () => {
    const [a, b, c] = await connectInRoom("lazy", 3);
    a.on("ping-me", (ack) => ack("a"));
    b.on("ping-me", (ack) => ack("b"));
    c.on("ping-me", () => {});
    const spec = { do: "emitWithAck", to: ["lazy"], event: "ping-me", timeout: 200 };
    const { ok, error, responses } = await op(a, spec);
    assert.deepEqual({ ok, error }, { ok: false, error: "operation has timed out" });
    assert.deepEqual(responses.sort(), ["a", "b"]);

    const asked = await askOne(a, "askRoom", "lazy");
    assert.deepEqual(asked, { ok: false, error: "operation has timed out", answers: [] });
  });

  test("to nobody have no answers and no error", async () => {
    const socket = await connect();
    const spec = { do: "emitWithAck", to: ["empty room"], event: "ping-me", timeout: 2000 };
    assert.deepEqual(await op(socket, spec), { ok: true, result: [] });
    assert.deepEqual(await askOne(socket, "askRoom", "empty room"), { ok: true, error: null, answers: [] });
  });

  test("cannot carry the name of a reserved event", async () => {
    const socket = await connect();
    for (const event of RESERVED) {
      const { ok, error } = await op(socket, { do: "emit", event });
      assert.deepEqual({ ok, error }, { ok: false, error: `"${event}" is a reserved event name` });
    }
    assert.equal(await askOne(socket, "echo", "alive"), "alive");
  });

  test("flood a namespace in order", async () => {
    const sockets = await Promise.all([connect(), connect(TRANSPORTS.polling), connect(TRANSPORTS.upgrade)]);
    const seen = sockets.map((socket) => record(socket, "flood"));
    sockets[0].emit("floodAll", 300, 5);
    await settle(sockets.slice(0, 1));
    await settle(sockets);
    const expected = Array.from({ length: 300 }, (_, i) => [i, "xxxxx"]);
    seen.forEach((calls) => assert.deepEqual(calls, expected));
  });
});

// Clients of 1.x cannot read text beyond ASCII over polling.
function transportsFor(version) {
  return atLeast(version, "2.0.0") ? Object.values(TRANSPORTS) : [TRANSPORTS.websocket];
}
