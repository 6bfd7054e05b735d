// The checks of the official Engine.IO v4 protocol suite, under its test names, written from the
// protocol description.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { openPolling, openWebSocket } from "../support/engine.js";
import { Opcode, RawWebSocket, request } from "../support/raw.js";
import {
  assertEnds,
  assertError,
  assertGone,
  assertUpgradeError,
  assertUpgradeFails,
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
};

function assertOpenPacket(open, upgrades) {
  assert.deepEqual(Object.keys(open), ["sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"]);
  assert.match(open.sid, /^[A-Za-z0-9_-]{16,64}$/);
  assert.deepEqual(open.upgrades, upgrades);
  assert.deepEqual([open.pingInterval, open.pingTimeout, open.maxPayload], [PING_INTERVAL, PING_TIMEOUT, 1_000_000]);
}

describeServer("Engine.IO protocol v4", FLAGS, (server) => {
  const polling = () => openPolling(server.port, { path: PATH });
  const websocket = () => openWebSocket(server.port, { path: PATH });
  const get = (query) => request(server.port, { path: `${PATH}${query}` });

  describe("handshake", () => {
    describe("HTTP long-polling", () => {
      test("successfully opens a session", async () => {
        const response = await get("?EIO=4&transport=polling");
        assert.equal(response.status, 200);
        assert.equal(response.text[0], "0");
        assertOpenPacket(JSON.parse(response.text.slice(1)), ["websocket"]);
      });

      test("fails with an invalid 'EIO' query parameter", async () => {
        assertError(await get("?transport=polling"), 5);
        assertError(await get("?EIO=abc&transport=polling"), 5);
      });

      test("fails with an invalid 'transport' query parameter", async () => {
        assertError(await get("?EIO=4"), 0);
        assertError(await get("?EIO=4&transport=abc"), 0);
      });

      test("fails with an invalid request method", async () => {
        const path = `${PATH}?EIO=4&transport=polling`;
        assertError(await request(server.port, { method: "POST", path }), 2);
        assertError(await request(server.port, { method: "PUT", path }), 2);
      });
    });

    describe("WebSocket", () => {
      test("successfully opens a session", async () => {
        const { ws, open } = await websocket();
        assertOpenPacket(open, []);
        ws.destroy();
      });

      test("fails with an invalid 'EIO' query parameter", async () => {
        const message = "Unsupported protocol version";
        await assertUpgradeFails(server.port, `${PATH}?transport=websocket`, message);
        await assertUpgradeFails(server.port, `${PATH}?EIO=abc&transport=websocket`, message);
      });

      test("fails with an invalid 'transport' query parameter", async () => {
        await assertUpgradeError(server.port, `${PATH}?EIO=4`, 0);
        await assertUpgradeError(server.port, `${PATH}?EIO=4&transport=abc`, 0);
      });
    });
  });

  describe("message", () => {
    describe("HTTP long-polling", () => {
      test("sends and receives a payload containing one plain text packet", async () => {
        const session = await polling();
        await session.send("4hello");
        assert.equal((await session.get()).text, "4hello");
      });

      test("sends and receives a payload containing several plain text packets", async () => {
        const session = await polling();
        await session.send("4test1", "4test2", "4test3");
        assert.equal((await session.get()).text, "4test1\x1e4test2\x1e4test3");
      });

      test("sends and receives a payload containing plain text and binary packets", async () => {
        const session = await polling();
        await session.send("4hello", "bAQIDBA==");
        assert.equal((await session.get()).text, "4hello\x1ebAQIDBA==");
      });

      test("closes the session upon invalid packet format", async () => {
        const session = await polling();
        await session.send("abc");
        await assertGone(session);
      });

      test("closes the session upon duplicate poll requests", async () => {
        const session = await polling();
        const first = await session.pendingGet();
        await session.send("6"); // the first GET has arrived when this is answered
        const second = await session.get();
        assert.deepEqual([second.status, second.text], [400, ""]);
        assert.equal((await first.readResponse()).text, "1");
        await assertGone(session);
      });

      test("closes the session upon cancelled polling request", async () => {
        const session = await polling();
        const pending = await session.pendingGet();
        await session.send("6");
        pending.destroy();
        assert.equal((await session.get()).status, 400);
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
        ws.sendBinary([1, 2, 3, 4]);
        const { opcode, data } = await ws.next();
        assert.deepEqual([opcode, [...data]], [Opcode.binary, [1, 2, 3, 4]]);
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
          assert.equal((await session.get()).text, "2");
          await session.send("3");
        }
      });

      test("closes the session upon ping timeout", async () => {
        const session = await polling();
        await assertEnds(session);
      });
    });

    describe("WebSocket", () => {
      test("sends ping/pong packets", async () => {
        const { ws } = await websocket();
        for (let i = 0; i < 3; ++i) {
          assert.equal(await ws.nextText(), "2");
          ws.sendText("3");
        }
        ws.destroy();
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
      assert.equal((await pending.readResponse()).text, "6");
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
      assert.equal((await session.get()).text, "6");
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
      assertError(await session.post("4no"), 3);
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

  test("an unknown session cannot be upgraded", async () => {
    await assertUpgradeError(server.port, `${PATH}?EIO=4&transport=websocket&sid=abc`, 1);
    await assert.rejects(RawWebSocket.open(server.port, `${PATH}?EIO=4&transport=websocket&sid=abc`));
  });
}, ONE_BY_ONE);
