// Clients of 1.x and 2.x, which speak protocol 3 of Engine.IO and 4 of Socket.IO.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { askOne, connectClient, connected, openClient } from "../support/clients.js";
import { nextEvent } from "../support/eventually.js";
import { openWebSocket, openPolling } from "../support/engine.js";
import { request } from "../support/raw.js";
import { sharedServer } from "../support/suite.js";

const OLD_VERSIONS = ["1.7.4", "2.5.0"];

describe("with protocol 3 allowed", () => {
  const server = sharedServer({ allowEio3: true });

  test("a connection is in the main namespace at once", async () => {
    const polling = await openPolling(server.port, { eio: 3 });
    assert.match(polling.response.text, /^\d+:0\{"sid":"[^"]+","upgrades":\["websocket"\],/);
    assert.equal((await polling.get()).text, "2:40");
    await polling.post("1:1");
    const ws = await openWebSocket(server.port, { eio: 3 });
    assert.equal(await ws.next(), "40");
    await ws.send('421["whoami"]');
    const [{ id, sid, protocol, auth }] = JSON.parse((await ws.next()).slice(3));
    assert.deepEqual({ id, sid, protocol, auth }, { id: ws.sid, sid: ws.sid, protocol: 3, auth: {} });
    ws.ws.destroy();
  });

  test("a namespace is joined with a query, which is auth at the server", async () => {
    const ws = await openWebSocket(server.port, { eio: 3 });
    await ws.next();
    await ws.send("40/custom?token=abc&empty=&x=%20y,");
    assert.equal(await ws.next(), "40/custom,");
    await ws.send('42/custom,1["whoami"]');
    const [me] = JSON.parse((await ws.next()).slice("43/custom,1".length));
    assert.equal(me.id, `/custom#${ws.sid}`);
    assert.deepEqual(me.auth, { token: "abc", empty: "", x: " y" });
    assert.equal(me.query.token, undefined);
    await ws.send('42/custom?token=abc,2["echo",1]');
    assert.equal(await ws.next(), "43/custom,2[1]");
    ws.ws.destroy();
  });

  test("pings are answered and not sent", async () => {
    const ws = await openWebSocket(server.port, { eio: 3 });
    await ws.next();
    ws.ws.sendText("2");
    assert.equal(await ws.ws.nextText(), "3");
    ws.ws.sendText("2probe");
    assert.equal((await ws.ws.nextText())[0], "3");
    ws.ws.destroy();
  });

  for (const version of OLD_VERSIONS) {
    for (const transports of [["polling"], ["websocket"]]) {
      test(`${version} hands over its query twice (${transports})`, async () => {
        const socket = await connectClient(server, { version, transports, namespace: "/custom?token=abc" });
        // The query of the URL is that of the connection and, as auth, that of the namespace.
        const { nsp, auth, query } = await askOne(socket, "whoami");
        assert.deepEqual([nsp, auth.token, query.token], ["/custom", "abc", "abc"]);
      });
    }
  }

  test("old and new clients talk to each other", async () => {
    const [old, young] = await Promise.all([
      connectClient(server, { version: "2.5.0", namespace: "/custom" }),
      connectClient(server, { version: "4.8.4", namespace: "/custom" }),
    ]);
    for (const [from, to] of [[old, young], [young, old]]) {
      const heard = nextEvent(to, "room");
      from.emit("room", to.id, { text: "ä", bytes: Buffer.from([1, 2, 3]) });
      assert.deepEqual(await heard, [{ text: "ä", bytes: Buffer.from([1, 2, 3]) }]);
    }
  });
});

describe("without protocol 3", () => {
  const server = sharedServer();

  for (const version of OLD_VERSIONS) {
    for (const transports of [["polling"], ["websocket"]]) {
      test(`${version} cannot connect (${transports})`, async () => {
        const socket = openClient(server, { version, transports });
        await nextEvent(socket, "connect_error");
        assert.equal(socket.connected, false);
      });
    }
  }

  test("the answer names the unsupported version", async () => {
    const { status, text } = await request(server.port, { path: "/socket.io/?EIO=3&transport=polling" });
    assert.deepEqual([status, text], [400, '{"code":5,"message":"Unsupported protocol version"}']);
  });

  test("3.x and later can connect", async () => {
    await connected(openClient(server, { version: "3.1.3" }));
  });
});
