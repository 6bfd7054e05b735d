// Every reason to refuse a request, in the order in which the reasons are looked at.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { openPolling, openWebSocket } from "../support/engine.js";
import { openEio3 } from "../support/eio3.js";
import { Opcode, RawSocket, RawWebSocket, formatFrame, formatRequest, request } from "../support/raw.js";
import { oursOnly } from "../support/target.js";
import {
  UPGRADE_HEADERS,
  assertAlive,
  assertError,
  assertUpgradeError,
  assertUpgradeFails,
  describeServer,
  refusedUpgrade,
  upgradeToEnd,
} from "../support/block.js";

const PATH = "/socket.io/";

describeServer("verification", { mode: "app" }, (server) => {
  const get = (query) => request(server.port, { path: `${PATH}?${query}` });
  const call = (method, query, options) => request(server.port, { method, path: `${PATH}?${query}`, ...options });

  describe("code 0: the transport", { concurrency: true }, () => {
    for (const name of ["", "foo", "Polling", "POLLING", "webtransport", "constructor", "__proto__", "toString"]) {
      test(`"${name}" is unknown`, async () => {
        assertError(await get(`EIO=4&transport=${name}`), 0);
        await assertUpgradeError(server.port, `${PATH}?EIO=4&transport=${name}`, 0);
      });
    }

    test("a missing transport is unknown, also for a known session", async () => {
      const { sid } = await openPolling(server.port);
      assertError(await get("EIO=4"), 0);
      assertError(await get(`EIO=4&sid=${sid}`), 0);
    });

    test("comes before an unknown session", async () => {
      assertError(await get("EIO=4&transport=foo&sid=foo"), 0);
    });
  });

  describe("code 1: the session", { concurrency: true }, () => {
    for (const sid of ["abc", "__proto__", "constructor", "AAAAAAAAAAAAAAAAAAAA", "%00", "a/../b", "%F0%9F%98%80"]) {
      test(`"${sid}" is unknown`, async () => {
        assertError(await get(`EIO=4&transport=polling&sid=${sid}`), 1);
        assertError(await call("POST", `EIO=4&transport=polling&sid=${sid}`, { body: "40" }), 1);
        await assertUpgradeError(server.port, `${PATH}?EIO=4&transport=websocket&sid=${sid}`, 1);
      });
    }

    test("an id of 100 kB is unknown or too long, and harmless", async () => {
      const sid = "a".repeat(100_000);
      const response = await get(`EIO=4&transport=polling&sid=${sid}`);
      assert.ok([400, 414, 431].includes(response.status), String(response.status));
    });

    test("comes before the method and the version", async () => {
      assertError(await call("PUT", "EIO=3&transport=polling&sid=foo"), 1);
    });
  });

  describe("code 2: the method of a handshake", { concurrency: true }, () => {
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      test(`${method} is refused`, async () => {
        assertError(await call(method, "EIO=4&transport=polling"), 2);
        assertError(await call(method, "EIO=4&transport=polling", { body: "40" }), 2);
      });
    }

    test("HEAD is refused, without a body", async () => {
      const response = await call("HEAD", "EIO=4&transport=polling");
      assert.equal(response.status, 400);
    });

    test("comes before the version", async () => {
      assertError(await call("POST", "EIO=3&transport=polling"), 2);
    });

    test("the connection stays usable after the refusal of a POST with a body", async () => {
      const connection = await RawSocket.connect(server.port);
      const options = { connection, method: "POST", path: `${PATH}?EIO=4&transport=polling`, body: "x".repeat(5000) };
      assertError(await request(server.port, options), 2);
      assert.equal((await request(server.port, { connection, path: "/health" })).text, "ok");
      connection.destroy();
    });

    test("a POST that asks for an upgrade is refused", async () => {
      const socket = await RawSocket.connect(server.port);
      const path = `${PATH}?EIO=4&transport=websocket`;
      socket.send(formatRequest({ method: "POST", path, headers: UPGRADE_HEADERS }));
      const answer = (await socket.readToEnd()).toString();
      assert.match(answer, /^HTTP\/1\.1 400 /);
    });
  });

  describe("code 3: bad requests", { concurrency: true }, () => {
    test("a WebSocket handshake without an upgrade", async () => {
      assertError(await get("EIO=4&transport=websocket"), 3);
    });

    test("the wrong transport for a session", async () => {
      const session = await openPolling(server.port);
      assertError(await get(`EIO=4&transport=websocket&sid=${session.sid}`), 3);
      const { ws, sid } = await openWebSocket(server.port);
      assertError(await get(`EIO=4&transport=polling&sid=${sid}`), 3);
      await assertAlive(session);
      ws.destroy();
    });

    test("a plain request for a WebSocket session", oursOnly("it never answers"), async () => {
      const { ws, sid } = await openWebSocket(server.port);
      assertError(await get(`EIO=4&transport=websocket&sid=${sid}`), 3);
      ws.destroy();
    });

    test("another EIO than the one of the session", async () => {
      const session = await openPolling(server.port);
      assertError(await get(`EIO=3&transport=polling&sid=${session.sid}`), 3);
      assertError(await get(`transport=polling&sid=${session.sid}`), 3);
      assertError(await call("POST", `EIO=3&transport=polling&sid=${session.sid}`, { body: "40" }), 3);
      const target = `${PATH}?EIO=3&transport=websocket&sid=${session.sid}`;
      await assertUpgradeError(server.port, target, 3);
      await assertAlive(session);
    });

    test("control characters in the Origin header", async () => {
      const path = `${PATH}?EIO=4&transport=polling`;
      const response = await request(server.port, { path, headers: { Origin: "a\u0001b" } });
      assert.equal(response.status, 400);
    });
  });

  describe("code 5: the version", { concurrency: true }, () => {
    for (const eio of ["", "3", "5", "4.0", "04", "abc", "4%20", "__proto__"]) {
      test(`EIO "${eio}" is not 4`, async () => {
        assertError(await get(`EIO=${eio}&transport=polling`), 5);
        const message = "Unsupported protocol version";
        await assertUpgradeFails(server.port, `${PATH}?EIO=${eio}&transport=websocket`, message);
      });
    }

    test("a missing EIO means 3", async () => {
      assertError(await get("transport=polling"), 5);
    });
  });

  describe("methods on a session", { concurrency: true }, () => {
    for (const method of ["OPTIONS", "PUT", "DELETE", "HEAD", "PATCH"]) {
      test(`${method} answers 500 without a body and leaves the session alone`, async () => {
        const session = await openPolling(server.port);
        const response = await request(server.port, { method, path: session.target });
        assert.deepEqual([response.status, response.text], [500, ""]);
        await assertAlive(session);
      });
    }
  });

  describe("the WebSocket handshake", { concurrency: true }, () => {
    const target = `${PATH}?EIO=4&transport=websocket`;

    for (const [title, headers] of [
      ["a missing key", { "Sec-WebSocket-Key": null }],
      ["a key that is too short", { "Sec-WebSocket-Key": "abc" }],
      ["a key that is not base64", { "Sec-WebSocket-Key": "!!!!!!!!!!!!!!!!!!!!!!==" }],
      ["version 12", { "Sec-WebSocket-Version": "12" }],
      ["a missing version", { "Sec-WebSocket-Version": null }],
      ["another protocol in Upgrade", { Upgrade: "h2c" }],
    ]) {
      test(`${title} is refused with 400`, async () => {
        const answer = await upgradeToEnd(server.port, target, { ...UPGRADE_HEADERS, ...headers });
        assert.match(answer, /^HTTP\/1\.1 400 /);
      });
    }

    test("the refusal of the key names it", async () => {
      const answer = await upgradeToEnd(server.port, target, { ...UPGRADE_HEADERS, "Sec-WebSocket-Key": "abc" });
      assert.ok(answer.endsWith("Missing or invalid Sec-WebSocket-Key header"), answer);
    });

    for (const [title, headers] of [
      ["version 8 is accepted", { "Sec-WebSocket-Version": "8" }],
      ["header values are case-insensitive", { Upgrade: "WebSocket", Connection: "keep-alive, upgrade" }],
    ]) {
      test(title, async () => {
        const ws = await RawWebSocket.open(server.port, target, headers);
        assert.match(await ws.nextText(), /^0\{/);
        ws.destroy();
      });
    }

    test("the answer has the accept key of RFC 6455 and nothing to negotiate", async () => {
      const key = "dGhlIHNhbXBsZSBub25jZQ==";
      const { response, socket } = await RawWebSocket.open(server.port, target, { "Sec-WebSocket-Key": key });
      assert.equal(response.header("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
      assert.equal(response.header("upgrade").toLowerCase(), "websocket");
      assert.equal(response.header("connection").toLowerCase(), "upgrade");
      assert.equal(response.header("sec-websocket-extensions"), undefined);
      assert.equal(response.header("sec-websocket-protocol"), undefined);
      socket.destroy();
    });

    test("the first offered subprotocol is echoed", async () => {
      const ws = await RawWebSocket.open(server.port, target, { "Sec-WebSocket-Protocol": "one, two" });
      assert.equal(ws.response.header("sec-websocket-protocol"), "one");
      ws.destroy();
    });

    test("permessage-deflate is off by default: the offer is ignored", async () => {
      const headers = { "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits" };
      const ws = await RawWebSocket.open(server.port, target, headers);
      assert.equal(ws.response.header("sec-websocket-extensions"), undefined);
      assert.equal((await ws.nextFrame()).rsv, 0);
      ws.destroy();
    });

    test("transport=polling in an upgrade request ends without a session", async () => {
      const answer = await upgradeToEndOrClose(`${PATH}?EIO=4&transport=polling`);
      assert.ok(!answer.includes('"sid"'), answer);
    });

    test("bytes behind the upgrade request are taken as frames", async () => {
      const socket = await RawSocket.connect(server.port);
      const ping = formatFrame({ opcode: Opcode.ping, payload: "early" });
      socket.send(Buffer.concat([formatRequest({ path: target, headers: UPGRADE_HEADERS }), ping]));
      assert.equal((await socket.readHead()).status, 101);
      const ws = new RawWebSocket(socket);
      const frames = [await ws.next(), await ws.next()].sort((a, b) => a.opcode - b.opcode);
      assert.match(frames[0].text, /^0\{/);
      assert.deepEqual([frames[1].opcode, frames[1].text], [Opcode.pong, "early"]);
      ws.destroy();
    });

    // The reference accepts it and sends a close frame at once, which needs an answer.
    async function upgradeToEndOrClose(path) {
      const socket = await RawSocket.connect(server.port);
      socket.send(formatRequest({ path, headers: UPGRADE_HEADERS }));
      const head = await socket.readHead();
      if (head.status === 101) {
        await new RawWebSocket(socket).close();
      } else {
        assert.equal(head.status, 400);
        await socket.readToEnd();
      }
      return JSON.stringify(head);
    }
  });

  test("errors do not end the connection", async () => {
    const connection = await RawSocket.connect(server.port);
    for (const [query, code] of [
      ["EIO=4", 0],
      ["EIO=4&transport=polling&sid=x", 1],
      ["EIO=3&transport=polling", 5],
    ]) {
      assertError(await request(server.port, { connection, path: `${PATH}?${query}` }), code);
    }
    connection.destroy();
  });
});

describeServer("--transports polling", { mode: "app", transports: "polling" }, (server) => {
  test("no upgrade is suggested", async () => {
    assert.deepEqual((await openPolling(server.port)).open.upgrades, []);
  });

  test("websocket is unknown, upgrade request or not", async () => {
    const path = `${PATH}?EIO=4&transport=websocket`;
    assertError(await request(server.port, { path }), 0);
    const response = await refusedUpgrade(server.port, path);
    assert.equal(response.status, 400);
  });
});

describeServer("--transports websocket", { mode: "app", transports: "websocket" }, (server) => {
  test("polling is unknown", async () => {
    assertError(await request(server.port, { path: `${PATH}?EIO=4&transport=polling` }), 0);
  });

  test("a WebSocket opens", async () => {
    const { ws, open } = await openWebSocket(server.port);
    assert.deepEqual(open.upgrades, []);
    ws.destroy();
  });
});

describeServer("--allow-eio3 on", { mode: "app", allowEio3: true }, (server) => {
  for (const eio of ["3", "5", "4.0", "abc", ""]) {
    test(`EIO "${eio}" is version 3`, async () => {
      const path = `${PATH}?EIO=${eio}&transport=polling`;
      assert.match((await request(server.port, { path })).text, /^\d+:0\{"sid"/);
    });
  }

  test("a missing EIO is version 3", async () => {
    const path = `${PATH}?transport=polling`;
    assert.match((await request(server.port, { path })).text, /^\d+:0\{"sid"/);
  });

  test("EIO 4 is still version 4", async () => {
    assert.match((await openPolling(server.port)).response.text, /^0\{"sid"/);
  });

  test("a session of version 3 takes no request of version 4", async () => {
    const session = await openEio3(server.port);
    assertError(await request(server.port, { path: session.target.replace("EIO=3", "EIO=4") }), 3);
    await assertAlive(session);
  });
});
