// What real clients do, odd or not, one test for each habit.
import { test } from "node:test";
import { strict as assert } from "node:assert";
import { openPolling, openWebSocket } from "../support/engine.js";
import { encodePayload, openEio3 } from "../support/eio3.js";
import { Opcode, request } from "../support/raw.js";
import { ask } from "../support/application.js";
import { assertClosedQuietly, assertError, assertGone, describeServer } from "../support/block.js";

const PATH = "/socket.io/";

describeServer("quirks of real clients", { mode: "app", allowEio3: true }, (server) => {
  const get = (query) => request(server.port, { path: `${PATH}?${query}` });

  test("EIO missing or not 4 means 3", async () => {
    for (const query of ["", "EIO=3&", "EIO=2&", "EIO=&", "EIO=four&", "EIO=44&"]) {
      assert.match((await get(`${query}transport=polling`)).text, /^\d+:0\{/, query);
    }
    assert.match((await get("EIO=4&transport=polling")).text, /^0\{/);
  });

  test("direct transport=websocket without a sid", async () => {
    for (const eio of [3, 4]) {
      const { ws, open } = await openWebSocket(server.port, { eio });
      assert.deepEqual(open.upgrades, []);
      ws.destroy();
    }
  });

  test("b64=1 (and b64=true) ask for base64, in protocol 3", async () => {
    for (const value of ["1", "true"]) {
      const session = await openEio3(server.port, { query: `&b64=${value}` });
      assert.equal(await session.next(), "40");
      await session.send('42["emitBack","x",1]', '421["generate",1]');
      const response = await session.get();
      assert.equal(response.header("content-type"), "text/plain; charset=UTF-8");
    }
  });

  test("b64=1 changes nothing in protocol 4", async () => {
    const session = await openPolling(server.port, { query: "&b64=1" });
    assert.match(session.response.text, /^0\{"sid"/);
    await session.join();
    await session.send('421["generate",1]');
    const packets = (await session.get()).text.split("\x1e");
    assert.deepEqual(packets.slice(1), ["bAA==", "bAA=="]);
  });

  test("t is a cache buster: any value, also twice", async () => {
    const session = await openPolling(server.port, { query: "&t=Pxyz123.0" });
    const path = `${PATH}?EIO=4&transport=polling&t=Pxyz999&t=0.123&sid=${session.sid}`;
    assert.equal((await request(server.port, { method: "POST", path, body: "40" })).text, "ok");
    assert.match((await request(server.port, { path })).text, /^40\{/);
  });

  test("JSONP of 2.x clients (j=)", async () => {
    const path = `${PATH}?EIO=3&transport=polling&j=0&t=abc&b64=1`;
    const { text } = await request(server.port, { path });
    const [, sid] = /^___eio\[0\]\("\d+:0\{\\"sid\\":\\"([^\\]+)\\"/.exec(text);
    assert.equal((await request(server.port, { path: `${path}&sid=${sid}` })).text, '___eio[0]("2:40");');
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    const body = `d=${encodeURIComponent('13:420["echo",1]')}`;
    const post = await request(server.port, { method: "POST", path: `${path}&sid=${sid}&i=0`, headers, body });
    assert.equal(post.text, "ok");
    assert.equal((await request(server.port, { path: `${path}&sid=${sid}` })).text, '___eio[0]("6:430[1]");');
  });

  test("clients of protocol 3 ping, the server pongs", async () => {
    const { ws } = await openWebSocket(server.port, { eio: 3 });
    assert.equal(await ws.nextText(), "40");
    ws.sendText("2");
    assert.equal(await ws.nextText(), "3");
    ws.destroy();
  });

  test('the CONNECT of 2.x: "40/ns?query,"', async () => {
    const session = await openWebSocket(server.port, { eio: 3 });
    assert.equal(await session.next(), "40");
    await session.send("40/auth?token=secret&x=%2F,");
    assert.equal(await session.next(), "40/auth,");
    session.ws.destroy();
  });

  test('a 2.x client gets "40" without asking', async () => {
    const session = await openWebSocket(server.port, { eio: 3 });
    assert.equal(await session.next(), "40");
    session.ws.destroy();
  });

  test("a client of protocol 4 gets nothing before it asks", async () => {
    const session = await openPolling(server.port);
    const pending = await session.pendingGet();
    await session.send("6");
    assert.equal(pending.buffered.length, 0);
    await session.send("40");
    assert.match((await pending.readResponse()).text, /^40\{/);
    pending.destroy();
  });

  test('binary over polling is base64: "b..." in protocol 4', async () => {
    const session = await openPolling(server.port);
    await session.join();
    await session.send('451-1["echo",{"_placeholder":true,"num":0}]', "b/+8=");
    assert.equal((await session.get()).text, '461-1[{"_placeholder":true,"num":0}]\x1eb/+8=');
  });

  test('binary over polling is base64: "b4..." in protocol 3', async () => {
    const session = await openEio3(server.port, { query: "&b64=1" });
    assert.equal(await session.next(), "40");
    await session.post(encodePayload(['451-1["echo",{"_placeholder":true,"num":0}]', Buffer.from([255, 239])]));
    assert.equal((await session.get()).text, '36:461-1[{"_placeholder":true,"num":0}]6:b4/+8=');
  });

  test("lengths in payloads of protocol 3 are UTF-16 units", async () => {
    const session = await openEio3(server.port);
    assert.equal(await session.next(), "40");
    const event = '421["echo","\u20ac\u{1f600}"]';
    assert.equal((await session.post(`${event.length}:${event}`)).text, "ok");
    assert.equal((await session.get()).text, '11:431["\u20ac\u{1f600}"]'.replace("11", '431["\u20ac\u{1f600}"]'.length));
  });

  test("0x1e separates packets in protocol 4", async () => {
    const session = await openPolling(server.port);
    await session.join();
    await session.post('421["echo",1]\x1e422["echo",2]');
    assert.equal((await session.get()).text, "431[1]\x1e432[2]");
  });

  test('upgrade: ping "probe", a noop for every pending poll', async () => {
    for (const [session, noop] of [
      [await openPolling(server.port), "6"],
      [await openEio3(server.port), "1:6"],
    ]) {
      if (noop !== "6") {
        assert.equal(await session.next(), "40");
      }
      const pending = await session.pendingGet();
      const ws = await session.upgrade();
      ws.sendText("2probe");
      assert.equal(await ws.nextText(), "3probe");
      assert.equal((await pending.readResponse()).text, noop);
      assert.equal((await session.get()).text, noop);
      ws.sendText("5");
      ws.destroy();
    }
  });

  test("two polls at a time close the session", async () => {
    const session = await openPolling(server.port);
    const first = await session.pendingGet();
    await session.send("6");
    assert.equal((await session.get()).status, 400);
    assert.equal((await first.readResponse()).text, "1");
    await assertGone(session);
  });

  test("empty binary packets", async () => {
    const session = await openPolling(server.port);
    await session.join();
    await session.send('451-1["echo",{"_placeholder":true,"num":0}]', "b");
    assert.equal((await session.get()).text, '461-1[{"_placeholder":true,"num":0}]\x1eb');
    const { ws } = await openWebSocket(server.port);
    ws.sendText("40");
    assert.match(await ws.nextText(), /^40/);
    ws.sendText('451-1["echo",{"_placeholder":true,"num":0}]');
    ws.sendBinary([]);
    assert.equal(await ws.nextText(), '461-1[{"_placeholder":true,"num":0}]');
    const { opcode, data } = await ws.next();
    assert.deepEqual([opcode, data.length], [Opcode.binary, 0]);
    ws.destroy();
  });

  test('an empty binary packet "5" or "5woooot" closes the connection', async () => {
    for (const packet of ["45", "45woooot"]) {
      const session = await openWebSocket(server.port);
      await session.join();
      await session.send(packet);
      await assertClosedQuietly(session.ws);
      session.ws.destroy();
    }
  });

  test("namespaces with and without a trailing comma", async () => {
    for (const comma of ["", ","]) {
      const session = await openWebSocket(server.port);
      await session.send(`40/custom${comma}`);
      assert.match(await session.next(), /^40\/custom,\{/);
      await session.join();
      await session.send(`41/custom${comma}`);
      assert.deepEqual(await ask(session, "echo", [1]), [1]);
      session.ws.destroy();
    }
  });

  test("numeric event names", async () => {
    const session = await openWebSocket(server.port);
    await session.join();
    await session.send("42[1]", "42[-1.5]", "4212[7,8]");
    assert.deepEqual(await ask(session, "echo", [1]), [1]);
    session.ws.destroy();
  });

  test("ack id 0", async () => {
    const session = await openWebSocket(server.port);
    await session.join();
    await session.send('420["echo"]');
    assert.equal(await session.next(), "430[]");
    session.ws.destroy();
  });

  test("large ids", async () => {
    const session = await openWebSocket(server.port);
    await session.join();
    for (const id of ["2147483648", "4294967296", "9007199254740991"]) {
      await session.send(`42${id}["echo"]`);
      assert.equal(await session.next(), `43${id}[]`);
    }
    session.ws.destroy();
  });

  test("ids that grow beyond all numbers do no harm", async () => {
    for (const digits of [20, 25, 400, 100_000]) {
      const session = await openWebSocket(server.port);
      await session.join();
      await session.send(`42${"9".repeat(digits)}["echo"]`);
      let frame = await session.ws.next();
      if (frame.text?.startsWith('42["middlewareError"')) {
        frame = await session.ws.next(); // the application hears of undecodable packets
      }
      assert.ok(frame.opcode === Opcode.close || frame.text.startsWith("43"), frame.text.slice(0, 50));
      session.ws.destroy();
    }
  });

  test("no Accept header, no User-Agent, no Host port", async () => {
    const headers = { Host: "localhost", Connection: null };
    const path = `${PATH}?EIO=4&transport=polling`;
    assert.match((await request(server.port, { path, headers })).text, /^0\{/);
  });

  test("a poll with a body is a poll", async () => {
    const session = await openPolling(server.port);
    await session.send("40");
    assert.match((await session.get({ body: "ignored" })).text, /^40\{/);
  });

  test("header names in any case", async () => {
    const session = await openPolling(server.port);
    const headers = [["content-TYPE", "TEXT/plain"], ["CONTENT-length", "2"]];
    assert.equal((await request(server.port, { method: "POST", path: session.target, headers, body: "40" })).text, "ok");
  });

  test("a reconnection with the sid of a session that is gone", async () => {
    const session = await openPolling(server.port);
    await session.send("1");
    assertError(await session.get(), 1);
    assertError(await session.post("40"), 1);
  });
});

describeServer("the connect timeout of clients that never join", { mode: "app", connectTimeout: 300 }, (server) => {
  test("a connection of protocol 4 is closed after it", async () => {
    const started = performance.now();
    const { ws } = await openWebSocket(server.port);
    await assertClosedQuietly(ws);
    assert.ok(performance.now() - started >= 299);
    ws.destroy();
  });
});
