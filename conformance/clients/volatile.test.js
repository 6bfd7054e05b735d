// Volatile messages: dropped when the transport cannot take them at that moment.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { askOne, connectClient } from "../support/clients.js";
import { nextEvent, record } from "../support/eventually.js";
import { SEPARATOR, openPolling } from "../support/engine.js";
import { sharedServer } from "../support/suite.js";

describe("volatile messages", () => {
  const server = sharedServer();

  test("go out over WebSocket until something else is on its way", async () => {
    const socket = await connectClient(server, { transports: ["websocket"] });
    const seen = record(socket, "vol");
    const end = nextEvent(socket, "volEnd");
    socket.emit("floodVolatile", 1000);
    await end;
    assert.deepEqual(seen, [[0]]);
  });

  test("go out over polling when a request is waiting", async () => {
    const session = await openPolling(server.port);
    await session.join();
    const waiting = await session.pendingGet();
    await session.send('42["floodVolatile",5]');
    assert.equal((await waiting.readResponse()).text, '42["vol",0]');
    assert.equal(await session.next(), '42["volEnd",5]');
    waiting.destroy();
    await session.send("1");
  });

  test("are dropped over polling when no request is waiting", async () => {
    const session = await openPolling(server.port);
    await session.join();
    await session.send('42["floodVolatile",5]');
    assert.equal((await session.get()).text, '42["volEnd",5]');
    await session.send("1");
  });

  test("of a broadcast reach those who can take them", async () => {
    const sender = await connectClient(server, { transports: ["websocket"], namespace: "/custom" });
    const listening = await connectClient(server, { transports: ["websocket"], namespace: "/custom" });
    const away = await openPolling(server.port);
    const { sid } = await away.join("/custom");
    const heard = nextEvent(listening, "news");
    const emit = (volatile, n) =>
      askOne(sender, "op", { do: "emit", to: [sid, listening.id], event: "news", args: [n], volatile });
    await emit(true, 1);
    await emit(false, 2);
    await emit(true, 3);
    assert.deepEqual(await heard, [1]);
    const packets = (await away.get()).text.split(SEPARATOR);
    assert.deepEqual(packets, ['42/custom,["news",2]']);
    await away.send("1");
  });
});
