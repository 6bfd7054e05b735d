// socket.io-msgpack-parser: one binary message per packet. What is sent is written out in bytes.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { createRequire } from "node:module";
import { openPolling, openWebSocket } from "../support/engine.js";
import { Opcode } from "../support/raw.js";
import { assertClosedQuietly, describeServer } from "../support/block.js";

const { encode, decode } = createRequire(import.meta.url)("notepack.io");

const CONNECT = 0;
const DISCONNECT = 1;
const EVENT = 2;
const ACK = 3;
const CONNECT_ERROR = 4;

const packet = (type, data, rest = {}) => encode({ type, ...(data !== undefined && { data }), nsp: "/", ...rest });
const hex = (text) => Buffer.from(text.replaceAll(" ", ""), "hex");

describeServer("msgpack", { mode: "app", parser: "msgpack" }, (server) => {
  async function nextPacket(session) {
    const { opcode, data } = await session.ws.next();
    assert.equal(opcode, Opcode.binary);
    return decode(data);
  }

  async function joined() {
    const session = await openWebSocket(server.port);
    await session.send(packet(CONNECT));
    session.id = (await nextPacket(session)).data.sid;
    return session;
  }

  async function assertEnds(message) {
    const session = await joined();
    await session.send(message);
    await assertClosedQuietly(session.ws);
    session.ws.destroy();
  }

  async function echo(session, ...args) {
    await session.send(packet(EVENT, ["echo", ...args], { id: 7 }));
    const answer = await nextPacket(session);
    assert.deepEqual([answer.type, answer.id, answer.nsp], [ACK, 7, "/"]);
    return answer.data;
  }

  test("CONNECT with only type and nsp; the answer's pid is undefined", async () => {
    const session = await openWebSocket(server.port);
    await session.send(hex("82 a474797065 00 a36e7370 a12f"));
    const { data } = await session.ws.next();
    const text = data.toString("latin1");
    const sid = /\xa3sid\xb4([A-Za-z0-9_-]{20})/.exec(text)[1];
    const expected = Buffer.concat([
      hex("83 a474797065 00 a464617461 82 a3736964 b4"),
      Buffer.from(sid),
      hex("a3706964 d40000 a36e7370 a12f"),
    ]);
    assert.equal(data.toString("hex"), expected.toString("hex"));
    session.ws.destroy();
  });

  for (const [title, message] of [
    ["data undefined", hex("83 a474797065 00 a36e7370 a12f a464617461 d40000")],
    ["unknown keys", packet(CONNECT, { token: 1 }, { options: { compress: true }, foo: 1 })],
    ["the keys in another order", encode({ nsp: "/", data: {}, type: 0 })],
  ]) {
    test(`CONNECT with ${title}`, async () => {
      const session = await openWebSocket(server.port);
      await session.send(message);
      assert.equal((await nextPacket(session)).type, CONNECT);
      session.ws.destroy();
    });
  }

  test("CONNECT to a namespace, with a payload", async () => {
    const session = await openWebSocket(server.port);
    await session.send(packet(CONNECT, { token: "secret" }, { nsp: "/auth" }));
    const answer = await nextPacket(session);
    assert.deepEqual([answer.type, answer.nsp], [CONNECT, "/auth"]);
    assert.deepEqual(await nextPacket(session), { type: EVENT, data: ["welcome", { user: "judge" }], nsp: "/auth" });
    session.ws.destroy();
  });

  test("a refusal by a middleware", async () => {
    const session = await openWebSocket(server.port);
    await session.send(packet(CONNECT, {}, { nsp: "/auth" }));
    assert.deepEqual(await nextPacket(session), {
      type: CONNECT_ERROR,
      data: { message: "unauthorized", data: { code: 401 } },
      nsp: "/auth",
    });
    session.ws.destroy();
  });

  test("an unknown namespace", async () => {
    const session = await openWebSocket(server.port);
    await session.send(packet(CONNECT, undefined, { nsp: "/nope" }));
    assert.deepEqual(await nextPacket(session), {
      type: CONNECT_ERROR,
      nsp: "/nope",
      data: { message: "Invalid namespace" },
    });
    session.ws.destroy();
  });

  for (const [title, value] of [
    ["null", null],
    ["booleans", [true, false]],
    ["small integers", [0, 1, 127, 128, 255, 256, 65535, 65536, 4294967295]],
    ["negative integers", [-1, -32, -33, -128, -129, -32768, -32769, -2147483648]],
    ["large integers", [4294967296, 9007199254740991, -2147483649, -9007199254740991]],
    ["fractions", [0.5, -1.25, 0.1, 1e-7, 5e-324, 123456.789]],
    ["strings", ["", "a", "\u00e9\u20ac\u{1f600}", "x".repeat(31), "x".repeat(32), "x".repeat(256), "x".repeat(70000)]],
    ["arrays", [[], [1, [2, [3]]], Array.from({ length: 20 }, (_, i) => i)]],
    ["maps", { a: 1, b: { c: [null] }, "": 2, ...Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, i])) }],
    ["what looks like a placeholder", { _placeholder: true, num: 0 }],
  ]) {
    test(`${title} come back as they were`, async () => {
      const session = await joined();
      assert.deepEqual(await echo(session, value), [value]);
      session.ws.destroy();
    });
  }

  test("binary of all sizes", async () => {
    const session = await joined();
    for (const size of [0, 1, 255, 256, 70_000]) {
      const [bytes] = await echo(session, Buffer.alloc(size, 7));
      assert.deepEqual(Buffer.from(bytes), Buffer.alloc(size, 7));
    }
    session.ws.destroy();
  });

  test("more than ten pieces of binary are fine", async () => {
    const session = await joined();
    const pieces = Array.from({ length: 12 }, (_, i) => Buffer.from([i]));
    assert.equal((await echo(session, pieces))[0].length, 12);
    session.ws.destroy();
  });

  test("an answer has its keys in the order id, type, data, nsp", async () => {
    const session = await joined();
    await session.send(packet(EVENT, ["echo", "q"], { id: 0 }));
    const { data } = await session.ws.next();
    assert.equal(data.toString("hex"), "84a2696400a47479706503a46461746191a171a36e7370a12f");
    session.ws.destroy();
  });

  test("an event has its keys in the order type, data, nsp", async () => {
    const session = await joined();
    await session.send(packet(EVENT, ["emitBack", "q", 1]));
    const { data } = await session.ws.next();
    assert.equal(data.toString("hex"), "83a47479706502a46461746192a17101a36e7370a12f");
    session.ws.destroy();
  });

  test("an acknowledgement of the client", async () => {
    const session = await joined();
    await session.send(packet(EVENT, ["askMe"], { id: 1 }));
    const question = await nextPacket(session);
    assert.deepEqual(question.data, ["question", "what?"]);
    await session.send(packet(ACK, ["because"], { id: question.id }));
    assert.deepEqual((await nextPacket(session)).data, [{ ok: true, answer: ["because"] }]);
    session.ws.destroy();
  });

  test("DISCONNECT in both directions", async () => {
    const session = await joined();
    await session.send(packet(EVENT, ["kickMe", false]));
    assert.deepEqual(await nextPacket(session), { type: DISCONNECT, nsp: "/" });
    await session.send(packet(CONNECT));
    assert.equal((await nextPacket(session)).type, CONNECT);
    await session.send(packet(DISCONNECT));
    session.ws.destroy();
  });

  test("the same over polling, in base64", async () => {
    const session = await openPolling(server.port);
    const send = (bytes) => session.send(`b${bytes.toString("base64")}`);
    const next = async () => decode(Buffer.from((await session.next()).slice(1), "base64"));
    await send(packet(CONNECT));
    assert.equal((await next()).type, CONNECT);
    await send(packet(EVENT, ["echo", Buffer.from([1])], { id: 3 }));
    const answer = await next();
    assert.deepEqual([answer.type, answer.id, [...answer.data[0]]], [ACK, 3, [1]]);
  });

  describe("accepted although odd", { concurrency: true }, () => {
    for (const [title, message] of [
      ["a reserved event name", packet(EVENT, ["connect"])],
      ["an event name that is true", packet(EVENT, [true])],
      ["an event without arguments", packet(EVENT, [])],
      ["an unknown event", packet(EVENT, ["unknown", 1])],
      ["an acknowledgement without an id", packet(ACK, [])],
      ["an id that is undefined", hex("84a47479706502a46461746191a161a26964d40000a36e7370a12f")],
      ["a float as type", hex("83a474797065cb4000000000000000a36e7370a12fa46461746191a161")],
    ]) {
      test(title, async () => {
        const session = await joined();
        await session.send(message);
        assert.deepEqual(await echo(session, 1), [1]);
        session.ws.destroy();
      });
    }
  });

  describe("closes the connection", { concurrency: true }, () => {
    for (const [title, message] of [
      ["text", "40"],
      ["text that is JSON", '42["echo"]'],
      ["nothing", Buffer.alloc(0)],
      ["garbage", hex("c1")],
      ["nil", hex("c0")],
      ["an array", encode([2, ["a"], "/"])],
      ["a string", encode('2["a"]')],
      ["a map cut short", hex("83a474797065")],
      ["a length beyond the end", hex("dfffffffff")],
      ["a byte too many", hex("82a47479706501a36e7370a12f00")],
      ["type 5", packet(5, ["a"])],
      ["type 6", packet(6, ["a"])],
      ["type -1", packet(-1, ["a"])],
      ["type 1.5", packet(1.5, ["a"])],
      ['type "2"', packet("2", ["a"])],
      ["no type", encode({ nsp: "/", data: ["a"] })],
      ["no nsp", encode({ type: 2, data: ["a"] })],
      ["an nsp that is a number", packet(EVENT, ["a"], { nsp: 1 })],
      ["an nsp without a slash", packet(EVENT, ["a"], { nsp: "foo" })],
      ["an event whose data is a map", packet(EVENT, { a: 1 })],
      ["an event without data", packet(EVENT)],
      ["an id that is nil", packet(EVENT, ["a"], { id: null })],
      ["an id that is a string", packet(EVENT, ["a"], { id: "1" })],
      ["an id that is a fraction", packet(EVENT, ["a"], { id: 1.5 })],
      ["a DISCONNECT with data", packet(DISCONNECT, {})],
      ["a DISCONNECT with nil", packet(DISCONNECT, null)],
      ["a second CONNECT", packet(CONNECT)],
      ["a CONNECT_ERROR", packet(CONNECT_ERROR, { message: "x" })],
      ["an event for a namespace that was not joined", packet(EVENT, ["a"], { nsp: "/custom" })],
      ["a CONNECT whose data is nil", packet(CONNECT, null, { nsp: "/custom" })],
      ["a CONNECT whose data is an array", packet(CONNECT, ["a"], { nsp: "/custom" })],
      ["a CONNECT whose data is a string", packet(CONNECT, "a", { nsp: "/custom" })],
    ]) {
      test(title, () => assertEnds(message));
    }
  });
});
