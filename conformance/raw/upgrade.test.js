// The upgrade from long-polling to WebSocket, its wrong turns included.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { openPolling, openWebSocket } from "../support/engine.js";
import { openEio3 } from "../support/eio3.js";
import { RawSocket, UpgradeRefused, request } from "../support/raw.js";
import {
  assertAlive,
  assertClosedQuietly,
  assertError,
  assertGone,
  assertUpgradeError,
  describeServer,
  sleep,
} from "../support/block.js";

const PATH = "/engine.io/";
const UPGRADE_TIMEOUT = 400;

async function probe(session) {
  const ws = await session.upgrade();
  ws.sendText("2probe");
  assert.equal(await ws.nextText(), "3probe");
  return ws;
}

async function assertEcho(ws, text) {
  ws.sendText(text);
  assert.equal(await ws.nextText(), text);
}

describeServer("upgrade", { mode: "eio", allowEio3: true }, (server) => {
  const open = () => openPolling(server.port, { path: PATH });

  describe("the orderly way", { concurrency: true }, () => {
    test("probe, noop for the pending poll, upgrade", async () => {
      const session = await open();
      const pending = await session.pendingGet();
      const ws = await probe(session);
      assert.equal((await pending.readResponse()).text, "6");
      ws.sendText("5");
      await assertEcho(ws, "4hello");
      ws.destroy();
    });

    test("every poll gets a noop while the upgrade is going on", async () => {
      const session = await open();
      const ws = await probe(session);
      for (let i = 0; i < 3; ++i) {
        assert.equal((await session.get()).text, "6");
      }
      ws.destroy();
    });

    test("polling works both ways until the upgrade is complete", async () => {
      const session = await open();
      const ws = await probe(session);
      await session.send("4over polling");
      const packets = [];
      while (!packets.includes("4over polling")) {
        packets.push(...(await session.get()).text.split("\x1e"));
      }
      ws.sendText("5");
      await assertEcho(ws, "4over websocket");
      ws.destroy();
    });

    test("packets that wait go out by the new transport, in order", async () => {
      const session = await open();
      const ws = await probe(session);
      await session.send("41", "42", "bAQID");
      ws.sendText("5");
      assert.equal(await ws.nextText(), "41");
      assert.equal(await ws.nextText(), "42");
      assert.deepEqual([...(await ws.next()).data], [1, 2, 3]);
      ws.destroy();
    });

    test("50 messages each way lose nothing and keep their order", async () => {
      const session = await open();
      const received = [];
      const collect = (text) => received.push(...text.split("\x1e").filter((packet) => packet[0] === "4"));
      for (let i = 0; i < 20; ++i) {
        await session.send(`4${i}`);
      }
      const ws = await probe(session);
      for (let i = 20; i < 30; ++i) {
        await session.send(`4${i}`);
      }
      collect((await session.get()).text);
      ws.sendText("5");
      for (let i = 30; i < 50; ++i) {
        ws.sendText(`4${i}`);
      }
      while (received.length < 50) {
        collect(await ws.nextText());
      }
      assert.deepEqual(received, Array.from({ length: 50 }, (_, i) => `4${i}`));
      ws.destroy();
    });

    test("the probe may be repeated", async () => {
      const session = await open();
      const ws = await probe(session);
      ws.sendText("2probe");
      assert.equal(await ws.nextText(), "3probe");
      ws.sendText("5");
      await assertEcho(ws, "4hello");
      ws.destroy();
    });

    test("no probe is needed", async () => {
      const session = await open();
      const ws = await session.upgrade();
      ws.sendText("5");
      await assertEcho(ws, "4hello");
      assertError(await session.get(), 3);
      ws.destroy();
    });

    test("a poll that is pending at the end of the upgrade is answered", async () => {
      const session = await open();
      const pending = await session.pendingGet();
      await session.send("6"); // it has arrived
      const ws = await session.upgrade();
      ws.sendText("5");
      assert.match((await pending.readResponse()).text, /^[16]$/);
      await assertEcho(ws, "4hello");
      ws.destroy();
    });

    test("a message right behind the upgrade packet is handled", async () => {
      const session = await open();
      const ws = await session.upgrade();
      ws.sendText("2probe");
      ws.sendText("5");
      ws.sendText("4hello");
      assert.equal(await ws.nextText(), "3probe");
      assert.equal(await ws.nextText(), "4hello");
      ws.destroy();
    });

    test("the probe works before the first poll", async () => {
      const ws = await probe(await open());
      ws.sendText("5");
      await assertEcho(ws, "4hello");
      ws.destroy();
    });
  });

  describe("after the upgrade", { concurrency: true }, () => {
    async function upgraded() {
      const session = await open();
      const ws = await probe(session);
      ws.sendText("5");
      await assertEcho(ws, "4done");
      return { session, ws };
    }

    test("polling requests are answered with code 3", async () => {
      const { session, ws } = await upgraded();
      assertError(await session.get(), 3);
      assertError(await session.post("4a"), 3);
      await assertEcho(ws, "4hello");
      ws.destroy();
    });

    test("another WebSocket with the same sid is closed, the first one stays", async () => {
      const { session, ws } = await upgraded();
      const other = await session.upgrade();
      await assertClosedQuietly(other);
      await assertEcho(ws, "4hello");
      ws.destroy();
      other.destroy();
    });

    test("the end of the WebSocket is the end of the session", async () => {
      const { session, ws } = await upgraded();
      await ws.close();
      await assertGone(session);
    });

    test("upgrade packets and probes' noops are ignored", async () => {
      const { ws } = await upgraded();
      ws.sendText("5");
      ws.sendText("6");
      await assertEcho(ws, "4hello");
      ws.destroy();
    });

    test("the polling session's binary stays binary", async () => {
      const { ws } = await upgraded();
      ws.sendBinary([1, 2, 3]);
      assert.deepEqual([...(await ws.next()).data], [1, 2, 3]);
      ws.destroy();
    });
  });

  describe("wrong turns", { concurrency: true }, () => {
    for (const packet of ["2foo", "2", "3probe", "4hello", "6", "0", "1", "9", "", "2Probe", "2probe "]) {
      test(`"${packet}" instead of a probe closes the WebSocket, polling goes on`, async () => {
        const session = await open();
        const ws = await session.upgrade();
        ws.sendText(packet);
        await assertClosedQuietly(ws);
        await session.send("4hello");
        assert.equal((await session.get()).text, "4hello");
        ws.destroy();
      });
    }

    test("a binary message instead of a probe", async () => {
      const session = await open();
      const ws = await session.upgrade();
      ws.sendBinary([1]);
      await assertClosedQuietly(ws);
      await assertAlive(session);
      ws.destroy();
    });

    for (const packet of ["2foo", "4hello"]) {
      test(`"${packet}" after the probe`, async () => {
        const session = await open();
        const ws = await probe(session);
        ws.sendText(packet);
        await assertClosedQuietly(ws);
        await assertAlive(session);
        ws.destroy();
      });
    }

    test("a frame that is not allowed: the polling session goes on", async () => {
      const session = await open();
      const ws = await probe(session);
      ws.sendFrame({ opcode: 1, payload: "5", mask: false });
      await ws.waitClose();
      await assertAlive(session);
      ws.destroy();
    });

    for (const [title, drop] of [
      ["closed", (ws) => ws.sendClose(1000)],
      ["ended", (ws) => ws.destroy()],
      ["reset", (ws) => ws.socket.reset()],
    ]) {
      test(`the WebSocket is ${title} in the middle: polling goes on, a second attempt works`, async () => {
        const session = await open();
        const first = await probe(session);
        drop(first);
        await sleep(50);
        await session.send("4hello");
        assert.equal((await session.get()).text, "4hello");
        const second = await probe(session);
        second.sendText("5");
        await assertEcho(second, "4hello");
        second.destroy();
      });
    }

    test("polls are not answered with noops any more after a failed upgrade", async () => {
      const session = await open();
      const ws = await probe(session);
      ws.sendText("2foo");
      await assertClosedQuietly(ws);
      const pending = await session.pendingGet();
      await sleep(250);
      assert.equal(pending.buffered.length, 0);
      await session.send("4hello");
      assert.equal((await pending.readResponse()).text, "4hello");
      ws.destroy();
    });

    test("a second WebSocket while one is at it is closed, the first one goes on", async () => {
      const session = await open();
      const first = await probe(session);
      const second = await session.upgrade();
      await assertClosedQuietly(second);
      first.sendText("5");
      await assertEcho(first, "4hello");
      first.destroy();
      second.destroy();
    });

    test("the session ends in the middle: the WebSocket is closed", async () => {
      const session = await open();
      const ws = await probe(session);
      await session.send("1");
      await ws.waitClose();
      await assertGone(session);
      ws.destroy();
    });

    test("a session that does not exist", async () => {
      await assertUpgradeError(server.port, `${PATH}?EIO=4&transport=websocket&sid=nope`, 1);
    });

    test("a session that has ended", async () => {
      const session = await open();
      await session.send("1");
      await assert.rejects(session.upgrade(), (error) => {
        assert.ok(error instanceof UpgradeRefused);
        assert.equal(error.response.text, "Session ID unknown");
        return true;
      });
    });

    test("a WebSocket session has nothing to upgrade to", async () => {
      const { ws, sid } = await openWebSocket(server.port, { path: PATH });
      const path = `${PATH}?EIO=4&transport=websocket&sid=${sid}`;
      const other = await openRaw(path);
      assert.ok(!other.includes("3probe"));
      await assertEcho(ws, "4hello");
      ws.destroy();
    });

    // What a WebSocket at `path` is told until it is closed.
    async function openRaw(path) {
      const socket = await RawSocket.connect(server.port);
      socket.send(
        `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      );
      const head = await socket.readHead();
      if (head.status === 101) {
        socket.send(Buffer.from("888000000000", "hex"));
      }
      const rest = await socket.readToEnd();
      socket.destroy();
      return rest.toString("latin1");
    }
  });

  describe("protocol 3", { concurrency: true }, () => {
    test("probe, noop for the pending poll, upgrade", async () => {
      const session = await openEio3(server.port, { path: PATH });
      const pending = await session.pendingGet();
      const ws = await probe(session);
      assert.equal((await pending.readResponse()).text, "1:6");
      ws.sendText("5");
      await assertEcho(ws, "4hello");
      ws.sendText("2");
      assert.equal(await ws.nextText(), "3");
      ws.destroy();
    });

    test("a wrong probe leaves polling alone", async () => {
      const session = await openEio3(server.port, { path: PATH });
      const ws = await session.upgrade();
      ws.sendText("2foo");
      await assertClosedQuietly(ws);
      await assertAlive(session);
      ws.destroy();
    });
  });
});

describeServer("--upgrade-timeout 400", { mode: "eio", upgradeTimeout: UPGRADE_TIMEOUT }, (server) => {
  const open = () => openPolling(server.port, { path: PATH });

  test("after upgradeTimeout the WebSocket is closed, polling goes on", async () => {
    const session = await open();
    const started = performance.now();
    const ws = await probe(session);
    await assertClosedQuietly(ws);
    const elapsed = performance.now() - started;
    assert.ok(elapsed >= UPGRADE_TIMEOUT - 1, `${elapsed}`);
    assert.ok(elapsed < UPGRADE_TIMEOUT + 1500, `${elapsed}`);
    await session.send("4hello");
    assert.equal((await session.get()).text, "4hello");
    ws.destroy();
  });

  test("the timeout also holds for a WebSocket that says nothing", async () => {
    const session = await open();
    const ws = await session.upgrade();
    await assertClosedQuietly(ws);
    await assertAlive(session);
    ws.destroy();
  });

  test("a completed upgrade is not timed out", async () => {
    const session = await open();
    const ws = await probe(session);
    ws.sendText("5");
    await sleep(UPGRADE_TIMEOUT + 200);
    await assertEcho(ws, "4hello");
    ws.destroy();
  });
});

describeServer("upgrade of a Socket.IO connection", { mode: "app" }, (server) => {
  test("the socket does not notice", async () => {
    const session = await openPolling(server.port);
    const { sid } = await session.join();
    const ws = await probe(session);
    ws.sendText("5");
    ws.sendText('421["whoami"]');
    const [answer] = JSON.parse((await ws.nextText()).slice(3));
    assert.deepEqual([answer.id, answer.sid, answer.transport], [sid, session.sid, "websocket"]);
    assert.equal(answer.query.transport, "polling");
    ws.destroy();
  });

  test("an event that was emitted during the upgrade arrives", async () => {
    const session = await openPolling(server.port);
    await session.join();
    const ws = await probe(session);
    await session.send('42["emitBack","during",1]');
    ws.sendText("5");
    assert.equal(await ws.nextText(), '42["during",1]');
    ws.destroy();
  });

  test("the transport of a session that is not upgraded stays polling", async () => {
    const session = await openPolling(server.port);
    await session.join();
    await probe(session);
    await session.send('421["whoami"]');
    let packet;
    do {
      packet = await session.next();
    } while (packet === "6");
    assert.equal(JSON.parse(packet.slice(3))[0].transport, "polling");
  });

  test("with a broken sid in the query nothing is upgraded", async () => {
    const path = "/socket.io/?EIO=4&transport=websocket&sid=%00";
    assertError(await request(server.port, { path }), 1);
  });
});
