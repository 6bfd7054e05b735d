// What clients see when the server is told to stop (SIGTERM).
import { test } from "node:test";
import { strict as assert } from "node:assert";
import { openPolling, openWebSocket } from "../support/engine.js";
import { RawSocket } from "../support/raw.js";
import { startServer } from "../support/server.js";

test("connections are closed without a DISCONNECT packet, and the port is free at once", async () => {
  const server = await startServer({ mode: "app" });
  const { ws } = await openWebSocket(server.port);
  ws.sendText("40");
  assert.match(await ws.nextText(), /^40\{/);
  const session = await openPolling(server.port);
  await session.join();
  const poll = await session.pendingGet();
  await session.send("6");
  const upgrading = await openPolling(server.port);
  const probing = await upgrading.upgrade();
  probing.sendText("2probe");
  assert.equal(await probing.nextText(), "3probe");

  const stopped = server.stop();
  const frame = await ws.next();
  assert.deepEqual([frame.opcode, frame.data.length], [8, 0]);
  assert.equal((await poll.readResponse()).text, "1");
  await probing.waitClose();
  [ws, poll, probing].forEach((connection) => connection.destroy());
  await stopped;

  await assert.rejects(RawSocket.connect(server.port));
  const again = await startServer({ mode: "app", port: server.port });
  assert.equal(again.port, server.port);
  await again.stop();
});

test("clients that do not read or answer do not keep the server", async () => {
  const server = await startServer({ mode: "app" });
  const { ws } = await openWebSocket(server.port);
  ws.socket.pause();
  const half = await RawSocket.connect(server.port);
  half.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf");
  const silent = await RawSocket.connect(server.port);
  await server.stop(); // within 3 seconds
  [ws, half, silent].forEach((connection) => connection.destroy());
});

test("a server that is killed and started again on its port serves new sessions, not old ones", async () => {
  const first = await startServer({ mode: "app" });
  const session = await openPolling(first.port);
  await first.kill();
  const second = await startServer({ mode: "app", port: first.port });
  assert.equal((await session.get()).text, '{"code":1,"message":"Session ID unknown"}');
  await openPolling(second.port);
  await second.stop();
});
