// The checks of the official Engine.IO v3 protocol suite, under its test names, written from the
// protocol description.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { openWebSocket } from "../support/engine.js";
import { decodePayload, encodeBinaryPayload, openEio3 } from "../support/eio3.js";
import { Opcode, request } from "../support/raw.js";
import {
  assertEnds,
  assertError,
  assertGone,
  assertUpgradeError,
  describeServer,
} from "../support/block.js";

const PATH = "/engine.io/";
const PING_INTERVAL = 1000;
const PING_TIMEOUT = 200;
// Tests that do not look at the heartbeat shall be over before the first ping.
const ONE_BY_ONE = { concurrency: false };
const FLAGS = {
  mode: "eio",
  pingInterval: PING_INTERVAL,
  pingTimeout: PING_TIMEOUT,
  maxPayload: 1_000_000,
  corsOrigin: "*",
  allowEio3: true,
};

describeServer("Engine.IO protocol v3", FLAGS, (server) => {
  const polling = (query = "") => openEio3(server.port, { path: PATH, query });
  const websocket = (query = "") => openWebSocket(server.port, { path: PATH, eio: 3, query });
  const get = (query) => request(server.port, { path: `${PATH}${query}` });

  describe("handshake", () => {
    describe("HTTP long-polling", () => {
      test("successfully opens a session", async () => {
        const response = await get("?EIO=3&transport=polling");
        assert.equal(response.status, 200);
        const [packet, ...rest] = decodePayload(response.text);
        assert.deepEqual([packet[0], rest], ["0", []]);
        const open = JSON.parse(packet.slice(1));
        assert.match(open.sid, /^[A-Za-z0-9_-]{16,64}$/);
        assert.deepEqual(open.upgrades, ["websocket"]);
        assert.deepEqual([open.pingInterval, open.pingTimeout], [PING_INTERVAL, PING_TIMEOUT]);
      });

      test("fails with an invalid 'transport' query parameter", async () => {
        assertError(await get("?EIO=3"), 0);
        assertError(await get("?EIO=3&transport=abc"), 0);
      });

      test("fails with an invalid request method", async () => {
        const path = `${PATH}?EIO=3&transport=polling`;
        assertError(await request(server.port, { method: "POST", path }), 2);
        assertError(await request(server.port, { method: "PUT", path }), 2);
      });
    });

    describe("WebSocket", () => {
      test("successfully opens a session", async () => {
        const { ws, open } = await websocket();
        assert.match(open.sid, /^[A-Za-z0-9_-]{16,64}$/);
        assert.deepEqual([open.upgrades, open.pingInterval, open.pingTimeout], [[], PING_INTERVAL, PING_TIMEOUT]);
        ws.destroy();
      });

      test("fails with an invalid 'transport' query parameter", async () => {
        await assertUpgradeError(server.port, `${PATH}?EIO=3`, 0);
        await assertUpgradeError(server.port, `${PATH}?EIO=3&transport=abc`, 0);
      });
    });
  });

  describe("message", () => {
    describe("HTTP long-polling", () => {
      test("sends and receives a payload containing one plain text packet", async () => {
        const session = await polling();
        await session.send("4hello");
        assert.equal((await session.get()).text, "6:4hello");
      });

      test("sends and receives a payload containing several plain text packets", async () => {
        const session = await polling();
        await session.send("4test1", "4test2", "4test3");
        assert.equal((await session.get()).text, "6:4test16:4test26:4test3");
      });

      test("sends and receives a payload containing plain text and binary packets (base64 encoded)", async () => {
        const session = await polling("&b64=1");
        await session.send("4hello", Buffer.from([1, 2, 3, 4]));
        const response = await session.get();
        assert.equal(response.text, "6:4hello10:b4AQIDBA==");
        assert.equal(response.header("content-type"), "text/plain; charset=UTF-8");
      });

      test("sends and receives a payload containing plain text and binary packets (binary)", async () => {
        const session = await polling();
        const payload = encodeBinaryPayload(["4hello", Buffer.from([1, 2, 3, 4])]);
        const headers = { "Content-Type": "application/octet-stream" };
        assert.equal((await session.post(payload, { headers })).text, "ok");
        const response = await session.get();
        assert.equal(response.header("content-type"), "application/octet-stream");
        assert.equal(response.body.toString("hex"), "0006ff3468656c6c6f0105ff0401020304");
      });

      test("closes the session upon invalid packet format", async () => {
        const session = await polling();
        await session.post("abc");
        await assertGone(session);
      });

      test("closes the session upon duplicate poll requests", async () => {
        const session = await polling();
        const first = await session.pendingGet();
        await session.send("6");
        assert.equal((await session.get()).status, 400);
        assert.equal((await first.readResponse()).text, "1:1");
        await assertGone(session);
      });
    });

    describe("WebSocket", () => {
      test("sends and receives a plain text packet", async () => {
        const session = await websocket();
        await session.send("4hello");
        assert.equal(await session.next(), "4hello");
        session.ws.destroy();
      });

      test("sends and receives a binary packet", async () => {
        const { ws } = await websocket();
        ws.sendBinary([4, 1, 2, 3, 4]);
        const { opcode, data } = await ws.next();
        assert.deepEqual([opcode, [...data]], [Opcode.binary, [4, 1, 2, 3, 4]]);
        ws.destroy();
      });

      test("closes the session upon invalid packet format", async () => {
        const { ws } = await websocket();
        ws.sendText("abc");
        assert.equal((await ws.waitClose()).code, 1005);
      });
    });
  });

  describe("heartbeat", () => {
    describe("HTTP long-polling", () => {
      test("sends ping/pong packets", async () => {
        const session = await polling();
        for (let i = 0; i < 3; ++i) {
          await session.send("2");
          assert.equal((await session.get()).text, "1:3");
        }
      });

      test("closes the session upon ping timeout", async () => {
        const session = await polling();
        await assertEnds(session);
      });
    });

    describe("WebSocket", () => {
      test("sends ping/pong packets", async () => {
        const session = await websocket();
        for (let i = 0; i < 3; ++i) {
          await session.send("2");
          assert.equal(await session.next(), "3");
        }
        session.ws.destroy();
      });

      test("closes the session upon ping timeout", async () => {
        const { ws } = await websocket();
        assert.equal((await ws.waitClose()).code, 1005);
      });
    });
  });

  describe("close", () => {
    test("forcefully closes the session (HTTP long-polling)", async () => {
      const session = await polling();
      const pending = await session.pendingGet();
      await session.send("1");
      assert.equal((await pending.readResponse()).text, "1:6");
      await assertGone(session);
    });

    test("forcefully closes the session (WebSocket)", async () => {
      const { ws } = await websocket();
      ws.sendText("1");
      await ws.waitClose();
    });
  });

  describe("upgrade", () => {
    async function upgraded() {
      const session = await polling();
      const ws = await session.upgrade();
      ws.sendText("2probe");
      assert.equal(await ws.nextText(), "3probe");
      assert.equal((await session.get()).text, "1:6");
      ws.sendText("5");
      ws.sendText("4hello");
      assert.equal(await ws.nextText(), "4hello");
      return { session, ws };
    }

    test("successfully upgrades from HTTP long-polling to WebSocket", async () => {
      const { ws } = await upgraded();
      ws.sendText("4world");
      assert.equal(await ws.nextText(), "4world");
      ws.destroy();
    });

    test("ignores HTTP requests with same sid after upgrade", async () => {
      const { session, ws } = await upgraded();
      assertError(await session.get(), 3);
      assertError(await session.post("4:4no!"), 3);
      ws.sendText("4hello");
      assert.equal(await ws.nextText(), "4hello");
      ws.destroy();
    });

    test("ignores WebSocket connection with same sid after upgrade", async () => {
      const { session, ws } = await upgraded();
      const other = await session.upgrade();
      await other.waitClose();
      ws.sendText("4hello");
      assert.equal(await ws.nextText(), "4hello");
      ws.destroy();
    });
  });
}, ONE_BY_ONE);
