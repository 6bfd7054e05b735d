// The HTTP long-polling transport: responses, payloads, limits, overlaps, lost requests, closing.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { RawSocket, formatRequest, request } from "../support/raw.js";
import { openPolling } from "../support/engine.js";
import { eventually } from "../support/eventually.js";
import { assertAlive, assertError, assertGone, describeServer, sleep } from "../support/block.js";

const MAX_PAYLOAD = 2000;
const CONNECT_TIMEOUT = 800;
const PATH = "/engine.io/";

describeServer("long-polling", { mode: "eio", maxPayload: MAX_PAYLOAD }, (server) => {
  const open = (options) => openPolling(server.port, { path: PATH, ...options });
  const echoed = async (session, packet) => {
    await session.send(packet);
    assert.equal((await session.get()).text, packet);
  };

  // A POST that is opened by hand, to send its body piece by piece.
  async function startPost(session, headers) {
    const connection = await RawSocket.connect(server.port);
    connection.send(formatRequest({ method: "POST", path: session.target, headers }));
    return connection;
  }

  describe("responses", { concurrency: true }, () => {
    test("the handshake has the open packet with its keys in order", async () => {
      const { response, sid } = await open();
      const rest = `"upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":${MAX_PAYLOAD}`;
      assert.equal(response.text, `0{"sid":"${sid}",${rest}}`);
      assert.equal(response.header("content-type"), "text/plain; charset=UTF-8");
      assert.equal(response.header("cache-control"), "no-store");
      assert.equal(Number(response.header("content-length")), response.body.length);
    });

    test("ids have 20 characters of the URL alphabet, and differ from the first on", async () => {
      const ids = await Promise.all(Array.from({ length: 20 }, async () => (await open()).sid));
      assert.ok(ids.every((id) => /^[A-Za-z0-9_-]{20}$/.test(id)), ids.join(" "));
      assert.equal(new Set(ids.map((id) => id.slice(0, 8))).size, ids.length);
    });

    test("a poll", async () => {
      const session = await open();
      await session.send("4h\u00e9llo \u20ac\u{1f600}");
      const response = await session.get();
      assert.equal(response.status, 200);
      assert.equal(response.text, "4h\u00e9llo \u20ac\u{1f600}");
      assert.equal(response.header("content-type"), "text/plain; charset=UTF-8");
      assert.equal(response.header("cache-control"), "no-store");
      assert.equal(Number(response.header("content-length")), response.body.length);
    });

    test("a post", async () => {
      const response = await (await open()).post("6");
      assert.deepEqual([response.status, response.text], [200, "ok"]);
      assert.equal(response.header("content-type"), "text/html");
      assert.equal(response.header("content-length"), "2");
      assert.equal(response.header("cache-control"), "no-store");
    });

    for (const agent of [
      "Mozilla/4.0 (compatible;MSIE 8.0; Windows NT 6.1; Trident/4.0)",
      "Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko",
    ]) {
      test(`X-XSS-Protection is off for ${agent.slice(0, 40)}`, async () => {
        const session = await open({ headers: { "User-Agent": agent } });
        assert.equal(session.response.header("x-xss-protection"), "0");
        const post = await session.post("6", { headers: { "User-Agent": agent } });
        assert.equal(post.header("x-xss-protection"), "0");
      });
    }

    test("X-XSS-Protection is not sent to others", async () => {
      const session = await open({ headers: { "User-Agent": "Mozilla/5.0 Firefox/130.0" } });
      assert.equal(session.response.header("x-xss-protection"), undefined);
    });
  });

  describe("payloads", { concurrency: true }, () => {
    test("a pending poll is answered as soon as there is something", async () => {
      const session = await open();
      const pending = await session.pendingGet();
      await session.send("4now");
      assert.equal((await pending.readResponse()).text, "4now");
      pending.destroy();
    });

    test("the whole buffer goes out in one response, whatever maxPayload says", async () => {
      const session = await open();
      const packet = `4${"x".repeat(1500)}`;
      await session.send(packet);
      await session.send(packet);
      assert.equal((await session.get()).text, `${packet}\x1e${packet}`);
    });

    for (const [title, packet] of [
      ["an empty message", "4"],
      ["digits", "4123"],
      ["a newline", "4a\r\nb\n"],
      ["control characters", "4\u0000\u0001\u007f"],
      ["characters outside of the BMP", "4\u{1f600}\u{10ffff}"],
      ["line separators and a byte order mark", "4\u2028\u2029\ufeff"],
      ["binary", "bAQIDBA=="],
      ["binary that uses the whole alphabet", `b${Buffer.from(Array.from({ length: 256 }, (_, i) => i)).toString("base64")}`],
      ["empty binary", "b"],
    ]) {
      test(`${title} comes back as it was`, async () => echoed(await open(), packet));
    }

    for (const [title, packet, answer] of [
      ["without padding", "bAQIDBA", "bAQIDBA=="],
      ["in the URL alphabet", "b-_-_", "b+/+/"],
      ["with spaces and newlines", "bAQ ID\nBA==", "bAQIDBA=="],
      ["of garbage is empty", "b!!!!", "b"],
    ]) {
      test(`base64 ${title}`, async () => {
        const session = await open();
        await session.send(packet);
        assert.equal((await session.get()).text, answer);
      });
    }

    for (const packet of ["0", "0{}", "3", "5", "6", "3probe"]) {
      test(`"${packet}" is ignored`, async () => {
        const session = await open();
        await session.send(packet);
        await echoed(session, "4still here");
      });
    }

    for (const [title, payload] of [
      ["an empty body", ""],
      ["an unknown packet type", "9"],
      ["a letter", "x"],
      ["a leading space", " 4a"],
      ["only a separator", "\x1e"],
      ["a leading separator", "\x1e4a"],
      ["JSON", '{"a":1}'],
      ["a fullwidth digit", "\uff14a"],
    ]) {
      test(`${title} is answered with ok and ends the session`, async () => {
        const session = await open();
        const response = await session.post(payload);
        assert.deepEqual([response.status, response.text], [200, "ok"]);
        await assertGone(session);
      });
    }

    test("a bad payload answers the pending poll with a close packet", async () => {
      const session = await open();
      const pending = await session.pendingGet();
      await session.send("abc");
      assert.equal((await pending.readResponse()).text, "1");
      await assertGone(session);
    });

    test("packets in front of a bad one are handled", async () => {
      const session = await open();
      const pending = await session.pendingGet();
      await session.send("4good", "x", "4never");
      assert.equal((await pending.readResponse()).text, "4good");
      await assertGone(session);
    });

    test("a trailing separator is a bad packet", async () => {
      const session = await open();
      const pending = await session.pendingGet();
      assert.equal((await session.post("4a\x1e")).text, "ok");
      assert.equal((await pending.readResponse()).text, "4a");
      await assertGone(session);
    });

    test("a ping of the client ends the session", async () => {
      const session = await open();
      const pending = await session.pendingGet();
      await session.send("2");
      assert.equal((await pending.readResponse()).text, "1");
      await assertGone(session);
    });

    test("100 packets in one payload keep their order", async () => {
      const session = await open();
      const packets = Array.from({ length: 100 }, (_, i) => `4${i}`);
      await session.send(...packets);
      assert.equal((await session.get()).text, packets.join("\x1e"));
    });
  });

  describe("the body of a post", { concurrency: true }, () => {
    for (const [title, headers] of [
      ["no content type", { "Content-Type": null }],
      ["text/plain", { "Content-Type": "text/plain" }],
      ["application/json", { "Content-Type": "application/json" }],
      ["another charset", { "Content-Type": "text/plain; charset=iso-8859-1" }],
    ]) {
      test(`${title}: it is UTF-8 text`, async () => {
        const session = await open();
        const response = await session.post("4\u00e9", { headers });
        assert.deepEqual([response.status, response.text], [200, "ok"]);
        assert.equal((await session.get()).text, "4\u00e9");
      });
    }

    test("application/octet-stream is refused and ends the session", async () => {
      const session = await open();
      const headers = { "Content-Type": "application/octet-stream" };
      const response = await session.post("4a", { headers });
      assert.deepEqual([response.status, response.text], [400, ""]);
      await assertGone(session);
    });

    test("a body of exactly the limit is accepted", async () => {
      await echoed(await open(), `4${"x".repeat(MAX_PAYLOAD - 1)}`);
    });

    test("one byte more is answered with 413, and the session goes on", async () => {
      const session = await open();
      const response = await session.post(`4${"x".repeat(MAX_PAYLOAD)}`);
      assert.deepEqual([response.status, response.text], [413, ""]);
      await echoed(session, "4still here");
    });

    test("the limit counts bytes, not characters", async () => {
      const session = await open();
      const body = `4${"\u20ac".repeat(MAX_PAYLOAD / 3)}`;
      assert.ok(body.length < MAX_PAYLOAD && Buffer.byteLength(body) > MAX_PAYLOAD - 3);
      const response = await session.post(`${body}\u20ac`);
      assert.equal(response.status, 413);
      await assertAlive(session);
    });

    test("a pending poll survives a 413", async () => {
      const session = await open();
      const pending = await session.pendingGet();
      assert.equal((await session.post("4".repeat(MAX_PAYLOAD + 1))).status, 413);
      await session.send("4a");
      assert.equal((await pending.readResponse()).text, "4a");
    });

    test("chunked bodies are accepted up to the limit", async () => {
      const session = await open();
      const connection = await startPost(session, { "Transfer-Encoding": "chunked" });
      connection.send("3\r\n4ab\r\n2\r\ncd\r\n");
      connection.send(`${(MAX_PAYLOAD - 5).toString(16)}\r\n${"x".repeat(MAX_PAYLOAD - 5)}\r\n0\r\n\r\n`);
      assert.equal((await connection.readResponse()).text, "ok");
      assert.equal((await session.get()).text, `4abcd${"x".repeat(MAX_PAYLOAD - 5)}`);
      connection.destroy();
    });

    test("a chunked body above the limit is answered with 413, and the session goes on", async () => {
      const session = await open();
      const connection = await startPost(session, { "Transfer-Encoding": "chunked" });
      connection.send(`1\r\n4\r\n${MAX_PAYLOAD.toString(16)}\r\n${"x".repeat(MAX_PAYLOAD)}\r\n0\r\n\r\n`);
      assert.equal((await connection.readResponse()).status, 413);
      connection.destroy();
      await echoed(session, "4still here");
    });

    test("a body that comes in pieces is put together, also within a character", async () => {
      const session = await open();
      const body = Buffer.from("4\u20ac\u{1f600}");
      const connection = await startPost(session, { "Content-Length": body.length });
      for (const byte of body) {
        connection.send(Buffer.from([byte]));
        await sleep(2);
      }
      assert.equal((await connection.readResponse()).text, "ok");
      assert.equal((await session.get()).text, "4\u20ac\u{1f600}");
      connection.destroy();
    });

    test("Expect: 100-continue is met", async () => {
      const session = await open();
      const connection = await startPost(session, { Expect: "100-continue", "Content-Length": "2" });
      assert.equal((await connection.readHead()).status, 100);
      connection.send("4a");
      assert.equal((await connection.readResponse()).text, "ok");
      connection.destroy();
    });

    test("gzip is not undone", async () => {
      const session = await open();
      const response = await session.post("4plain", { headers: { "Content-Encoding": "gzip" } });
      assert.equal(response.text, "ok");
      assert.equal((await session.get()).text, "4plain");
    });
  });

  describe("overlapping requests", { concurrency: true }, () => {
    test("a second poll gets 400, the first one a close packet", async () => {
      const session = await open();
      const first = await session.pendingGet();
      await session.send("6");
      const second = await session.get();
      assert.deepEqual([second.status, second.text], [400, ""]);
      const answer = await first.readResponse();
      assert.deepEqual([answer.status, answer.text], [200, "1"]);
      await assertGone(session);
    });

    test("a second post gets 400, the connection of the first one is destroyed", async () => {
      const session = await open();
      const head = formatRequest({ method: "POST", path: session.target, headers: { "Content-Length": "10" } });
      const first = await session.sent(Buffer.concat([head, Buffer.from("4")]));
      const second = await session.post("4b");
      assert.deepEqual([second.status, second.text], [400, ""]);
      await first.waitClose();
      assert.equal(first.buffered.length, 0);
      await assertGone(session);
    });

    test("one poll and one post at a time are normal", async () => {
      const session = await open();
      for (let i = 0; i < 5; ++i) {
        const pending = await session.pendingGet();
        await session.send(`4${i}`);
        assert.equal((await pending.readResponse()).text, `4${i}`);
        pending.destroy();
      }
    });
  });

  describe("lost requests", { concurrency: true }, () => {
    const gone = (session) =>
      eventually("the session is gone", async () => (await session.post("6")).status === 400);

    for (const [title, drop] of [
      ["FIN", (connection) => connection.destroy()],
      ["RST", (connection) => connection.reset()],
    ]) {
      test(`a poll that is cancelled (${title}) ends the session`, async () => {
        const session = await open();
        const pending = await session.pendingGet();
        await session.send("6");
        drop(pending);
        await gone(session);
        await assertGone(session);
      });

      test(`a post that is cancelled (${title}) ends the session`, async () => {
        const session = await open();
        const post = await startPost(session, { "Content-Length": "10" });
        post.send("4abc");
        await sleep(50);
        drop(post);
        await gone(session);
        await assertGone(session);
      });
    }

    test("an idle connection may be lost between two requests", async () => {
      const session = await open();
      const connection = await RawSocket.connect(server.port);
      assert.equal((await session.post("6", { connection })).text, "ok");
      connection.reset();
      await echoed(session, "4still here");
    });
  });

  describe("closing", { concurrency: true }, () => {
    test("a close packet answers the pending poll with a noop", async () => {
      const session = await open();
      const pending = await session.pendingGet();
      await session.send("1");
      assert.equal((await pending.readResponse()).text, "6");
      await assertGone(session);
    });

    test("a close packet without a pending poll ends the session", async () => {
      const session = await open();
      await session.send("1");
      await assertGone(session);
    });

    test("packets behind a close packet are ignored", async () => {
      const session = await open();
      const pending = await session.pendingGet();
      await session.send("1", "4never");
      assert.equal((await pending.readResponse()).text, "6");
      assertError(await request(server.port, { path: session.target }), 1);
    });

    test("packets in front of a close packet are handled", async () => {
      const session = await open();
      const pending = await session.pendingGet();
      await session.send("4last", "1");
      assert.equal((await pending.readResponse()).text, "4last");
      await assertGone(session);
    });
  });
});

describeServer("closing by the server", { mode: "app" }, (server) => {
  const joined = async () => {
    const session = await openPolling(server.port);
    await session.send("40");
    assert.match((await session.get()).text, /^40\{"sid"/);
    return session;
  };

  test("without a pending poll: the packets that wait, then noop and close, then an error", async () => {
    const session = await joined();
    await session.send('42["kickMe",true]');
    assert.equal((await session.get()).text, "41");
    assert.equal((await session.get()).text, "6\x1e1");
    await assertGone(session);
  });

  test("with a pending poll: the packets that wait, then noop and close, then an error", async () => {
    const session = await joined();
    const pending = await session.pendingGet();
    await session.send('42["kickMe",true]');
    assert.equal((await pending.readResponse()).text, "41");
    assert.equal((await session.get()).text, "6\x1e1");
    await assertGone(session);
  });
});

// Mode "sio" has no error handler, which would be told of undecodable packets and answer.
describeServer("closing upon an undecodable Socket.IO packet", { mode: "sio" }, (server) => {
  const joined = async () => {
    const session = await openPolling(server.port);
    await session.join();
    assert.equal(await session.next(), '42["auth",{}]');
    return session;
  };

  test("a pending poll gets a close packet", async () => {
    const session = await joined();
    const pending = await session.pendingGet();
    await session.send("42{");
    assert.equal((await pending.readResponse()).text, "1");
    await assertGone(session);
  });

  test("without a pending poll the next one gets noop and close", async () => {
    const session = await joined();
    await session.send("42{");
    assert.equal((await session.get()).text, "6\x1e1");
    await assertGone(session);
  });

  test("a session that is closing still answers posts", async () => {
    const session = await joined();
    await session.send("42{");
    assert.equal((await session.post("42[\"echo\"]")).status, 200);
    assert.equal((await session.get()).text, "6\x1e1");
  });
});

describeServer("--connect-timeout 800", { mode: "app", connectTimeout: CONNECT_TIMEOUT }, (server) => {
  test("a pending poll is answered with a close packet", async () => {
    const started = performance.now();
    const session = await openPolling(server.port);
    assert.equal((await session.get()).text, "1");
    assert.ok(performance.now() - started >= CONNECT_TIMEOUT - 1);
    await assertGone(session);
  });

  test("without a pending poll the next one gets noop and close", async () => {
    const session = await openPolling(server.port);
    await sleep(CONNECT_TIMEOUT + 300);
    assert.equal((await session.get()).text, "6\x1e1");
    await assertGone(session);
  });

  test("a joined session stays", async () => {
    const session = await openPolling(server.port);
    await session.join();
    await sleep(CONNECT_TIMEOUT + 300);
    await assertAlive(session);
  });

  test("leaving the last namespace does not start the timer again", async () => {
    const session = await openPolling(server.port);
    await session.join();
    await session.send("41");
    await sleep(CONNECT_TIMEOUT + 300);
    await assertAlive(session);
  });

  test("a refused CONNECT does not stop the timer", async () => {
    const session = await openPolling(server.port);
    await session.send("40/nope,");
    assert.equal((await session.get()).text, '44/nope,{"message":"Invalid namespace"}');
    assert.equal((await session.get()).text, "1");
    await assertGone(session);
  });
});
