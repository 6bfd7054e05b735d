// The checks of the official Socket.IO v5 protocol suite, under its test names, written from the
// protocol description, and the three that socketioxide adds to it.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { openPolling, openWebSocket } from "../support/engine.js";
import { Opcode } from "../support/raw.js";
import { assertClosedQuietly, assertError, assertGone, describeServer } from "../support/block.js";

// Tests that do not look at the heartbeat shall be over before the first ping.
const ONE_BY_ONE = { concurrency: false };
const FLAGS = {
  mode: "sio",
  pingInterval: 1000,
  pingTimeout: 200,
  maxPayload: 1_000_000,
  connectTimeout: 1000,
  corsOrigin: "*",
};

const placeholder = (num) => `{"_placeholder":true,"num":${num}}`;

describeServer("Socket.IO protocol v5", FLAGS, (server) => {
  const websocket = () => openWebSocket(server.port);

  // A session in which `/` is joined and the "auth" event was read.
  async function connected() {
    const session = await websocket();
    await session.join();
    assert.equal(await session.next(), '42["auth",{}]');
    return session;
  }

  async function nextBinary(session) {
    const { opcode, data } = await session.ws.next();
    assert.equal(opcode, Opcode.binary);
    return [...data];
  }

  describe("connect", () => {
    test("should allow connection to the main namespace", async () => {
      const session = await websocket();
      await session.send("40");
      const answer = await session.next();
      assert.match(answer, /^40\{/);
      assert.deepEqual(Object.keys(JSON.parse(answer.slice(2))), ["sid"]);
      assert.equal(await session.next(), '42["auth",{}]');
      session.ws.destroy();
    });

    test("should allow connection to the main namespace with a payload", async () => {
      const session = await websocket();
      await session.join("/", { token: "123" });
      assert.equal(await session.next(), '42["auth",{"token":"123"}]');
      session.ws.destroy();
    });

    test("should allow connection to a custom namespace", async () => {
      const session = await websocket();
      assert.deepEqual(Object.keys(await session.join("/custom")), ["sid"]);
      assert.equal(await session.next(), '42/custom,["auth",{}]');
      session.ws.destroy();
    });

    test("should allow connection to a custom namespace with a payload", async () => {
      const session = await websocket();
      await session.join("/custom", { token: "abc" });
      assert.equal(await session.next(), '42/custom,["auth",{"token":"abc"}]');
      session.ws.destroy();
    });

    test("should disallow connection to an unknown namespace", async () => {
      const session = await websocket();
      await session.send("40/random");
      assert.equal(await session.next(), '44/random,{"message":"Invalid namespace"}');
      session.ws.destroy();
    });

    test("should disallow connection with an invalid handshake", async () => {
      const { ws } = await websocket();
      ws.sendText("4abc");
      await assertClosedQuietly(ws);
    });

    test("should close the connection if no handshake is received", async () => {
      const { ws } = await websocket();
      await assertClosedQuietly(ws);
    });
  });

  describe("disconnect", () => {
    test("should disconnect from the main namespace", async () => {
      const session = await connected();
      await session.send("41");
      assert.equal(await session.ws.nextText(), "2");
      session.ws.destroy();
    });

    test("should connect then disconnect from a custom namespace", async () => {
      const session = await connected();
      await session.send("40/custom");
      assert.match(await session.next(), /^40\/custom,\{"sid":/);
      assert.equal(await session.next(), '42/custom,["auth",{}]');
      await session.send("41/custom", '42["message","message to main namespace"]');
      assert.equal(await session.next(), '42["message-back","message to main namespace"]');
      session.ws.destroy();
    });
  });

  describe("message", () => {
    test("should send a plain-text packet", async () => {
      const session = await connected();
      await session.send('42["message",1,"2",{"3":[true]}]');
      assert.equal(await session.next(), '42["message-back",1,"2",{"3":[true]}]');
      session.ws.destroy();
    });

    test("should send a packet with binary attachments", async () => {
      const session = await connected();
      await session.send(
        `452-["message",${placeholder(0)},${placeholder(1)}]`,
        Buffer.from([1, 2, 3]),
        Buffer.from([4, 5, 6]),
      );
      assert.equal(await session.next(), `452-["message-back",${placeholder(0)},${placeholder(1)}]`);
      assert.deepEqual(await nextBinary(session), [1, 2, 3]);
      assert.deepEqual(await nextBinary(session), [4, 5, 6]);
      session.ws.destroy();
    });

    test("should send a plain-text packet with an ack", async () => {
      const session = await connected();
      await session.send('42456["message-with-ack",1,"2",{"3":[false]}]');
      assert.equal(await session.next(), '43456[1,"2",{"3":[false]}]');
      session.ws.destroy();
    });

    test("should send a packet with binary attachments and an ack", async () => {
      const session = await connected();
      await session.send(
        `452-789["message-with-ack",${placeholder(0)},${placeholder(1)}]`,
        Buffer.from([1, 2, 3]),
        Buffer.from([4, 5, 6]),
      );
      assert.equal(await session.next(), `462-789[${placeholder(0)},${placeholder(1)}]`);
      assert.deepEqual(await nextBinary(session), [1, 2, 3]);
      assert.deepEqual(await nextBinary(session), [4, 5, 6]);
      session.ws.destroy();
    });

    for (const [title, packet] of [
      ["should close the connection upon invalid format (unknown packet type)", "4abc"],
      ["should close the connection upon invalid format (invalid payload format)", "42{}"],
      ["should close the connection upon invalid format (invalid ack id)", '42abc["message-with-ack",1]'],
    ]) {
      test(title, async () => {
        const session = await connected();
        await session.send(packet);
        await assertClosedQuietly(session.ws);
      });
    }
  });

  describe("engine.io checks repeated on this server", () => {
    test("closes the session upon duplicate poll requests", async () => {
      const session = await openPolling(server.port);
      const first = await session.pendingGet();
      await session.send("6");
      assert.equal((await session.get()).status, 400);
      assert.equal((await first.readResponse()).text, "1");
      await assertGone(session);
    });

    test("ignores HTTP requests with same sid after upgrade", async () => {
      const session = await openPolling(server.port);
      const ws = await session.upgrade();
      ws.sendText("2probe");
      assert.equal(await ws.nextText(), "3probe");
      ws.sendText("5");
      ws.sendText("40");
      assert.match(await ws.nextText(), /^40\{/);
      assertError(await session.get(), 3);
      ws.destroy();
    });
  });
}, ONE_BY_ONE);

describeServer("additions of socketioxide", { mode: "app" }, (server) => {
  test("should NOOP all polling requests while upgrading", async () => {
    const session = await openPolling(server.port);
    const ws = await session.upgrade();
    ws.sendText("2probe");
    assert.equal(await ws.nextText(), "3probe");
    for (let i = 0; i < 3; ++i) {
      assert.equal((await session.get()).text, "6");
    }
    ws.sendText("5");
    ws.sendText("40");
    assert.match(await ws.nextText(), /^40\{/);
    ws.destroy();
  });

  test("should emit with an ack expectation", async () => {
    const session = await openWebSocket(server.port);
    await session.join();
    await session.send('421["askMe"]');
    const [, id] = /^42(\d+)\["question","what\?"\]$/.exec(await session.next());
    await session.send(`43${id}["because",2]`);
    assert.equal(await session.next(), '431[{"ok":true,"answer":["because",2]}]');
    session.ws.destroy();
  });

  test("should emit with a binary ack expectation", async () => {
    const session = await openWebSocket(server.port);
    await session.join();
    await session.send('421["askMe"]');
    const [, id] = /^42(\d+)\["question","what\?"\]$/.exec(await session.next());
    await session.send(`461-${id}[${placeholder(0)}]`, Buffer.from([7, 8]));
    assert.equal(await session.next(), `461-1[{"ok":true,"answer":[${placeholder(0)}]}]`);
    const { opcode, data } = await session.ws.next();
    assert.deepEqual([opcode, [...data]], [Opcode.binary, [7, 8]]);
    session.ws.destroy();
  });
});
