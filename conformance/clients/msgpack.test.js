// The MessagePack parser, with the clients that have it.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import * as parser from "socket.io-msgpack-parser";
import { TRANSPORTS, ask, askOne, connectClient, openClient } from "../support/clients.js";
import { nextEvent } from "../support/eventually.js";
import { openWebSocket } from "../support/engine.js";
import { sharedServer } from "../support/suite.js";
import { testLifetime } from "./matrix/lifetime.js";
import { testRooms } from "./matrix/rooms.js";
import { NUMBERS, STRINGS, STRUCTURES, bytes, deep } from "./matrix/values.js";

const { Encoder, Decoder } = parser;
const VERSIONS = ["4.0.1", "4.5.4", "4.8.4"];

// What the parser's own library carries unharmed: it writes integers beyond 2^53 wrongly, and takes a
// key __proto__ for the prototype.
const VALUES = [
  ...NUMBERS.filter((number) => !Number.isInteger(number) || Number.isSafeInteger(number)),
  127, 128, 255, 256, 65535, 65536, 2 ** 32 - 1, -32, -33, -128, -129, -32768, -32769, -(2 ** 31) - 1,
  ...STRINGS, "x".repeat(31), "x".repeat(32), "x".repeat(255), "x".repeat(256), "x".repeat(65536),
  ...STRUCTURES.filter((value) => !(value && Object.hasOwn(value, "__proto__"))),
  Array.from({ length: 16 }, (_, i) => i), Array.from({ length: 70000 }, () => 1),
  Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, i])),
  deep(40),
];

describe("the MessagePack parser", () => {
  const server = sharedServer({ parser: "msgpack" }, { client: { parser } });

  for (const version of VERSIONS) {
    for (const [transport, transports] of Object.entries(TRANSPORTS)) {
      describe(`${version} ${transport}`, () => {
        const options = { ...transports, parser };
        const connect = () => connectClient(server, { version, ...options });

        test("carries values both ways", async () => {
          const socket = await connect();
          assert.deepEqual(await ask(socket, "echo", ...VALUES), VALUES);
          const back = nextEvent(socket, "values");
          socket.emit("emitBack", "values", ...VALUES);
          assert.deepEqual(await back, VALUES);
        });

        test("carries binary both ways, without a limit on its number", async () => {
          const socket = await connect();
          const sent = [bytes(0), ...Array.from({ length: 20 }, (_, i) => ({ at: [bytes(i * 100, i)] }))];
          assert.deepEqual(await ask(socket, "echo", ...sent), sent);
          assert.deepEqual(await askOne(socket, "digest", bytes(70_000)), {
            length: 70_000,
            sum: bytes(70_000).reduce((sum, byte) => sum + byte, 0),
          });
          const { nested } = await askOne(socket, "generate", 300);
          assert.deepEqual(nested, [bytes(300), { again: bytes(300) }]);
        });

        test("carries acknowledgements both ways", async () => {
          const socket = await connect();
          socket.once("question", (question, ack) => ack(question, bytes(2), { n: -1.5 }));
          const answer = ["what?", bytes(2), { n: -1.5 }];
          assert.deepEqual(await askOne(socket, "askMe"), { ok: true, answer });
          assert.deepEqual(await ask(socket, "echo"), []);
        });

        if (version === VERSIONS.at(-1)) {
          const setting = { version, transport, options, eio: 4, server };
          testRooms(setting);
          testLifetime(setting);
        }
      });
    }
  }

  test("hands over auth", async () => {
    const socket = openClient(server, { parser, namespace: "/auth", auth: { token: "secret" } });
    assert.deepEqual(await nextEvent(socket, "welcome"), [{ user: "judge" }]);
  });

  test("writes packets as the official parser does", async () => {
    const session = await openWebSocket(server.port);
    const send = (packet) => new Encoder().encode(packet).forEach((bytes) => session.ws.sendBinary(bytes));
    const receive = async () => {
      const { opcode, data } = await session.ws.next();
      assert.equal(opcode, 2);
      return decode(data);
    };
    send({ type: 0, nsp: "/", data: undefined });
    const { type, nsp, data } = await receive();
    assert.deepEqual({ type, nsp }, { type: 0, nsp: "/" });
    assert.match(data.sid, /^[A-Za-z0-9_-]{16,64}$/);
    send({ type: 2, nsp: "/", id: 5, data: ["echo", 1, bytes(2)] });
    assert.deepEqual(await receive(), { type: 3, nsp: "/", id: 5, data: [1, bytes(2)] });
    send({ type: 0, nsp: "/nope" });
    assert.deepEqual(await receive(), { type: 4, nsp: "/nope", data: { message: "Invalid namespace" } });
    session.ws.destroy();
  });

  test("ends the connection of a client with another parser", async () => {
    const session = await openWebSocket(server.port);
    await session.send("40");
    assert.deepEqual(await session.ws.waitClose(), { code: 1005, hasCode: false, reason: "" });
    session.ws.destroy();
  });

  test("ends the connection for packets that are invalid", async () => {
    const invalid = [
      Buffer.from([0xc1]),
      Buffer.from([0x81, 0xa4]),
      ...[{ type: 5, nsp: "/", data: [] }, { type: "2", nsp: "/", data: [] }, { type: 0, nsp: 1 },
        { type: 2, nsp: "/", data: {} }, { type: 2, nsp: "/", data: ["echo"], id: "1" },
        { type: 0, nsp: "/", data: null }].flatMap((packet) => new Encoder().encode(packet)),
    ];
    for (const packet of invalid) {
      const session = await openWebSocket(server.port);
      session.ws.sendBinary(packet);
      assert.deepEqual(await session.ws.waitClose(), { code: 1005, hasCode: false, reason: "" });
      session.ws.destroy();
    }
  });

  function decode(data) {
    const decoder = new Decoder();
    let decoded;
    decoder.on("decoded", (packet) => {
      decoded = packet;
    });
    decoder.add(data);
    return decoded;
  }
});
