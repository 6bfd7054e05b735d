// Heartbeats in both directions. Lower bounds are exact, since a timer may not fire early; upper bounds
// leave room for a busy machine.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { openPolling, openWebSocket } from "../support/engine.js";
import { openEio3 } from "../support/eio3.js";
import { Opcode } from "../support/raw.js";
import { oursOnly } from "../support/target.js";
import { assertAlive, assertClosedQuietly, assertEnds, assertGone, describeServer, sleep } from "../support/block.js";

const PATH = "/engine.io/";
const INTERVAL = 300;
const TIMEOUT = 200;
const SLACK = 2000;
const SLOW = { pingInterval: 1000, pingTimeout: 1000 };
const FLAGS = { mode: "eio", pingInterval: INTERVAL, pingTimeout: TIMEOUT };

// The reference's timers count whole milliseconds from a moment within the first one.
const ROUNDING = 1;

function stopwatch() {
  const started = performance.now();
  return () => performance.now() - started;
}

function assertBetween(elapsed, earliest) {
  assert.ok(elapsed >= earliest - ROUNDING, `${elapsed} ms is before ${earliest} ms`);
  assert.ok(elapsed < earliest + SLACK, `${elapsed} ms is long after ${earliest} ms`);
}

async function nextPing(ws) {
  assert.equal(await ws.nextText(), "2");
}

describeServer("heartbeat, protocol 4", FLAGS, (server) => {
  const polling = () => openPolling(server.port, { path: PATH });
  const websocket = async () => (await openWebSocket(server.port, { path: PATH })).ws;

  describe("WebSocket", { concurrency: true }, () => {
    test("the first ping comes pingInterval after the opening", async () => {
      const elapsed = stopwatch();
      const ws = await websocket();
      await nextPing(ws);
      assertBetween(elapsed(), INTERVAL);
      ws.destroy();
    });

    test("the next ping comes pingInterval after the pong", async () => {
      const ws = await websocket();
      await nextPing(ws);
      for (let i = 0; i < 3; ++i) {
        await sleep(50);
        const elapsed = stopwatch();
        ws.sendText("3");
        await nextPing(ws);
        assertBetween(elapsed(), INTERVAL);
      }
      ws.destroy();
    });

    test("only one ping is sent while the pong is awaited", async () => {
      const ws = await websocket();
      await nextPing(ws);
      await assertClosedQuietly(ws);
      ws.destroy();
    });

    test("without a pong the connection is closed pingTimeout after the ping", async () => {
      const elapsed = stopwatch();
      const ws = await websocket();
      await assertClosedQuietly(ws);
      assertBetween(elapsed(), INTERVAL + TIMEOUT);
      ws.destroy();
    });

    test("a pong may carry data", async () => {
      const ws = await websocket();
      await nextPing(ws);
      ws.sendText("3probe");
      await nextPing(ws);
      ws.destroy();
    });

    test("messages do not stand in for pongs", async () => {
      const ws = await websocket();
      await nextPing(ws);
      const elapsed = stopwatch();
      const talk = setInterval(() => ws.sendText("6"), 20);
      await assertClosedQuietly(ws);
      clearInterval(talk);
      assertBetween(elapsed(), TIMEOUT);
      ws.destroy();
    });

    test("messages before the ping do not delay it", async () => {
      const elapsed = stopwatch();
      const ws = await websocket();
      const talk = setInterval(() => ws.sendText("6"), 20);
      await nextPing(ws);
      clearInterval(talk);
      assertBetween(elapsed(), INTERVAL);
      ws.destroy();
    });

    test("WebSocket pings and pongs take no part", async () => {
      const elapsed = stopwatch();
      const ws = await websocket();
      const talk = setInterval(() => ws.sendFrame({ opcode: 10, payload: "" }), 20);
      await nextPing(ws);
      await assertClosedQuietly(ws);
      clearInterval(talk);
      assertBetween(elapsed(), INTERVAL + TIMEOUT);
      ws.destroy();
    });

    test("a ping of the client closes the connection", async () => {
      const ws = await websocket();
      ws.sendText("2");
      await assertClosedQuietly(ws);
      ws.destroy();
    });

    test("a close packet closes at once", oursOnly("it is ignored until the ping timeout"), async () => {
      const ws = await websocket();
      ws.sendText("1");
      assert.equal((await ws.next()).opcode, Opcode.close); // and no ping
      ws.destroy();
    });

    test("timers do not fire late", async () => {
      const delays = await Promise.all(
        Array.from({ length: 10 }, async () => {
          const ws = await websocket();
          const elapsed = stopwatch();
          await nextPing(ws);
          ws.destroy();
          return elapsed();
        }),
      );
      delays.sort((a, b) => a - b);
      assert.ok(delays[5] < INTERVAL + 250, `median of ${delays}`);
    });
  });

  describe("long-polling", { concurrency: true }, () => {
    test("the timeout runs also when nobody polls", async () => {
      const session = await polling();
      await assertEnds(session);
    });

    test("a ping of the client ends the session", async () => {
      const session = await polling();
      await session.send("2");
      await assertGone(session);
    });
  });

  describe("across an upgrade", { concurrency: true }, () => {
    async function upgrade(session) {
      const ws = await session.upgrade();
      ws.sendText("2probe");
      assert.equal(await ws.nextText(), "3probe");
      ws.sendText("5");
      return ws;
    }

    test("the heartbeat goes on", async () => {
      const session = await polling();
      const ws = await upgrade(session);
      for (let i = 0; i < 3; ++i) {
        await nextPing(ws);
        ws.sendText("3");
      }
      await nextPing(ws);
      await assertClosedQuietly(ws);
      ws.destroy();
    });

    const neverTimedOut = "a session that upgrades between ping and pong is never timed out";
    test("between ping and pong: the timeout holds", oursOnly(neverTimedOut), async () => {
      const session = await polling();
      assert.equal((await session.get()).text, "2");
      const elapsed = stopwatch();
      const ws = await upgrade(session);
      await assertClosedQuietly(ws);
      assert.ok(elapsed() < TIMEOUT + SLACK);
      ws.destroy();
    });
  });
});

// For tests that have to do something between one packet of the server and the next.
describeServer("heartbeat with time for slow clients", { ...FLAGS, ...SLOW, allowEio3: true }, (server) => {
  const INTERVAL = SLOW.pingInterval;
  const TIMEOUT = SLOW.pingTimeout;
  const polling = () => openPolling(server.port, { path: PATH });
  const websocket = async (eio = 4) => (await openWebSocket(server.port, { path: PATH, eio })).ws;

  test("a pong nobody asked for starts the interval again", async () => {
    const ws = await websocket();
    await sleep(INTERVAL / 2);
    const elapsed = stopwatch();
    ws.sendText("3");
    await nextPing(ws);
    assertBetween(elapsed(), INTERVAL);
    ws.destroy();
  });

  test("the first packet while the pong is awaited extends the wait, once", async () => {
    const ws = await websocket();
    await nextPing(ws);
    await sleep(TIMEOUT / 2);
    const elapsed = stopwatch();
    ws.sendText("6");
    const second = setTimeout(() => ws.sendText("6"), TIMEOUT / 2);
    await assertClosedQuietly(ws);
    clearTimeout(second);
    assertBetween(elapsed(), TIMEOUT);
    ws.destroy();
  });

  test("a pending poll gets the ping, the next one the close packet", async () => {
    const elapsed = stopwatch();
    const session = await polling();
    assert.equal((await session.get()).text, "2");
    assertBetween(elapsed(), INTERVAL);
    assert.equal((await session.get()).text, "1");
    assertBetween(elapsed(), INTERVAL + TIMEOUT);
    await assertGone(session);
  });

  test("protocol 3: a ping puts the end off", async () => {
    const ws = await websocket(3);
    await sleep(INTERVAL);
    const elapsed = stopwatch();
    ws.sendText("2");
    assert.equal(await ws.nextText(), "3");
    await assertClosedQuietly(ws);
    assertBetween(elapsed(), INTERVAL + TIMEOUT);
    ws.destroy();
  });
});

// A long timeout, so that slow requests are not taken for missing pongs.
describeServer("heartbeat with patience", { ...FLAGS, pingTimeout: 5000 }, (server) => {
  const polling = () => openPolling(server.port, { path: PATH });

  test("the ping waits for the next poll", async () => {
    const session = await polling();
    await sleep(INTERVAL + 50);
    assert.equal((await session.get()).text, "2");
    await session.send("3");
    await assertAlive(session);
  });

  test("a session that answers lives on", async () => {
    const session = await polling();
    for (let i = 0; i < 3; ++i) {
      const elapsed = stopwatch();
      assert.equal((await session.get()).text, "2");
      assert.ok(elapsed() < INTERVAL + SLACK);
      await session.send("3");
    }
    await assertAlive(session);
  });
});

describeServer("heartbeat, protocol 3", { ...FLAGS, allowEio3: true }, (server) => {
  const polling = () => openEio3(server.port, { path: PATH });
  const websocket = async () => (await openWebSocket(server.port, { path: PATH, eio: 3 })).ws;

  test("a ping is answered with a pong, without its data", async () => {
    const ws = await websocket();
    for (const ping of ["2", "2hello", "2probe"]) {
      ws.sendText(ping);
      assert.equal(await ws.nextText(), "3");
    }
    ws.destroy();
  });

  test("the server never pings, and closes after pingInterval and pingTimeout of silence", async () => {
    const elapsed = stopwatch();
    const ws = await websocket();
    const frame = await ws.next();
    assert.deepEqual([frame.opcode, frame.data.length], [8, 0]);
    assertBetween(elapsed(), INTERVAL + TIMEOUT);
    ws.destroy();
  });

  test("polling: the pong comes with the next poll", async () => {
    const session = await polling();
    for (let i = 0; i < 3; ++i) {
      await session.send("2");
      assert.equal((await session.get()).text, "1:3");
    }
  });

  test("polling: a pending poll gets the close packet upon timeout", async () => {
    const elapsed = stopwatch();
    const session = await polling();
    assert.equal((await session.get()).text, "1:1");
    assertBetween(elapsed(), INTERVAL + TIMEOUT);
    await assertGone(session);
  });

  test("a pong of the client closes the connection", async () => {
    const ws = await websocket();
    ws.sendText("3");
    await assertClosedQuietly(ws);
    ws.destroy();
  });

  test("the timeout holds after an upgrade", oursOnly("there is no timeout after an upgrade"), async () => {
    const session = await polling();
    const ws = await session.upgrade();
    ws.sendText("2probe");
    assert.equal(await ws.nextText(), "3probe");
    ws.sendText("5");
    ws.sendText("2");
    assert.equal(await ws.nextText(), "3");
    const elapsed = stopwatch();
    await assertClosedQuietly(ws);
    assert.ok(elapsed() < INTERVAL + TIMEOUT + SLACK);
    ws.destroy();
  });

  test("both protocols live side by side", async () => {
    const four = (await openWebSocket(server.port, { path: PATH })).ws;
    assert.equal(await four.nextText(), "2");
    four.destroy();
  });
});
