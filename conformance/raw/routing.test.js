// Which requests belong to the endpoint, how the query is read, and what the rest of HTTP does.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { RawSocket, formatRequest, request } from "../support/raw.js";
import { openPolling, openWebSocket } from "../support/engine.js";
import { UPGRADE_HEADERS, assertError, describeServer } from "../support/block.js";

const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";

function assertOpened(response) {
  assert.equal(response.status, 200, response.text);
  assert.match(response.text, /^0\{"sid":"/);
}

describeServer("routing", { mode: "app" }, (server) => {
  const get = (path, headers) => request(server.port, { path, headers });

  describe("the path", { concurrency: true }, () => {
    test("everything below the path is an Engine.IO request", async () => {
      assertOpened(await get("/socket.io/anything?EIO=4&transport=polling"));
      assertOpened(await get("/socket.io/a/b/../c?EIO=4&transport=polling"));
      assertOpened(await get("/socket.io/socket.io.css?EIO=4&transport=polling"));
    });

    for (const path of [
      "/socket.io?EIO=4&transport=polling",
      "/Socket.io/?EIO=4&transport=polling",
      "//socket.io/?EIO=4&transport=polling",
      "/socket.i%6f/?EIO=4&transport=polling",
      "/x/socket.io/?EIO=4&transport=polling",
      "/",
    ]) {
      test(`${path} is the application's`, async () => {
        const response = await get(path);
        assert.deepEqual([response.status, response.text], [200, ""]);
        assert.match(response.header("content-type"), /^text\/plain/);
      });
    }

    test("a WebSocket opens below the path too", async () => {
      const { ws } = await openWebSocket(server.port, { path: "/socket.io/anything" });
      ws.destroy();
    });
  });

  describe("the query", { concurrency: true }, () => {
    for (const [title, query] of [
      ["percent-encoded keys and values are decoded", "EI%4f=%34&tr%61nsport=%70olling"],
      ["the last of several equal keys wins", "EIO=3&transport=abc&EIO=4&transport=polling"],
      ["an empty sid is no sid", "EIO=4&transport=polling&sid="],
      ["the order does not matter", "transport=polling&EIO=4"],
      ["empty parameters are skipped", "&&EIO=4&&transport=polling&"],
      ["unknown parameters are ignored", "EIO=4&transport=polling&foo=bar&x&=y"],
      ["a key named __proto__ does no harm", "EIO=4&transport=polling&__proto__=1&constructor=2"],
      ["a cache buster is ignored", "EIO=4&transport=polling&t=Pq2hXyZ"],
      ["broken percent-encoding is kept as it is", "EIO=4&transport=polling&x=%&y=%zz&z=%e0%80"],
    ]) {
      test(title, async () => assertOpened(await get(`/socket.io/?${query}`)));
    }

    for (const [title, query, code] of [
      ["the last EIO wins, also when it is the wrong one", "EIO=4&EIO=3&transport=polling", 5],
      ["the last transport wins", "EIO=4&transport=polling&transport=abc", 0],
      ["semicolons do not separate", "EIO=4;transport=polling", 0],
      ["keys are case-sensitive", "EIO=4&Transport=polling", 0],
      ["a plus is a space", "EIO=4&transport=polling+", 0],
      ["no query at all", "", 0],
    ]) {
      test(title, async () => assertError(await get(`/socket.io/?${query}`), code));
    }
  });

  describe("the application's requests", { concurrency: true }, () => {
    test("GET /health answers ok", async () => {
      const response = await get("/health");
      assert.deepEqual([response.status, response.text], [200, "ok"]);
    });

    for (const method of ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      test(`${method} on another path answers with the body`, async () => {
        const response = await request(server.port, { method, path: "/echo?a=b", body: "h\u00e9llo" });
        assert.deepEqual([response.status, response.text], [200, "h\u00e9llo"]);
        assert.match(response.header("content-type"), /^text\/plain/);
      });
    }

    test("HEAD has no body", async () => {
      const response = await request(server.port, { method: "HEAD", path: "/echo" });
      assert.equal(response.status, 200);
    });

    test("a large body comes back whole", async () => {
      const body = "0123456789".repeat(20_000);
      const response = await request(server.port, { method: "POST", path: "/echo", body });
      assert.equal(response.text, body);
    });

    test("a chunked body is put together", async () => {
      const response = await request(server.port, {
        method: "POST",
        path: "/echo",
        headers: { "Transfer-Encoding": "chunked" },
        body: "5\r\nhello\r\n1;name=value\r\n \r\n5\r\nworld\r\n0\r\nTrailer: x\r\n\r\n",
      });
      assert.equal(response.text, "hello world");
    });

    test("an expectation of 100-continue is met", async () => {
      const socket = await RawSocket.connect(server.port);
      const headers = { Expect: "100-continue", "Content-Length": "5" };
      socket.send(formatRequest({ method: "POST", path: "/echo", headers }));
      assert.equal((await socket.readHead()).status, 100);
      socket.send("hello");
      assert.equal((await socket.readResponse()).text, "hello");
      socket.destroy();
    });
  });

  describe("connections", { concurrency: true }, () => {
    test("one connection serves many requests", async () => {
      const connection = await RawSocket.connect(server.port);
      for (let i = 0; i < 5; ++i) {
        const body = `request ${i}`;
        const response = await request(server.port, { connection, method: "POST", path: "/echo", body });
        assert.equal(response.text, body);
        assertOpened(await request(server.port, { connection, path: HANDSHAKE }));
        assertError(await request(server.port, { connection, path: "/socket.io/" }), 0);
      }
      connection.destroy();
    });

    test("pipelined requests are answered in order", async () => {
      const connection = await RawSocket.connect(server.port);
      const bodies = ["one", "two", "three"];
      const requests = bodies.map((body) => formatRequest({ method: "POST", path: "/echo", body }));
      connection.send(Buffer.concat([formatRequest({ path: HANDSHAKE }), ...requests]));
      assertOpened(await connection.readResponse());
      for (const body of bodies) {
        assert.equal((await connection.readResponse()).text, body);
      }
      connection.destroy();
    });

    test("a request behind a pending poll waits for its answer", async () => {
      const session = await openPolling(server.port);
      const connection = await session.pendingGet();
      connection.send(formatRequest({ path: "/health" }));
      await session.send("40");
      assert.match((await connection.readResponse()).text, /^40\{"sid"/);
      assert.equal((await connection.readResponse()).text, "ok");
      connection.destroy();
    });

    test("a request that comes byte by byte is understood", async () => {
      const connection = await RawSocket.connect(server.port);
      for (const byte of formatRequest({ method: "POST", path: "/echo", body: "slow" })) {
        connection.send(Buffer.from([byte]));
        await new Promise(setImmediate);
      }
      assert.equal((await connection.readResponse()).text, "slow");
      connection.destroy();
    });

    test("connection: close is obeyed", async () => {
      const connection = await RawSocket.connect(server.port);
      connection.send(formatRequest({ path: "/health", keepAlive: false }));
      const response = await connection.readResponse();
      assert.equal(response.header("connection").toLowerCase(), "close");
      assert.equal(await connection.waitClose(), null);
    });

    test("an HTTP/1.0 client gets its answer and the end of the connection", async () => {
      const connection = await RawSocket.connect(server.port);
      connection.send("GET /health HTTP/1.0\r\n\r\n");
      const answer = (await connection.readToEnd()).toString();
      assert.match(answer, /^HTTP\/1\.[01] 200 /);
      assert.ok(answer.endsWith("ok"), answer);
    });

    test("a malformed request is answered with 400 and ends the connection", async () => {
      const connection = await RawSocket.connect(server.port);
      connection.send("nonsense\r\n\r\n");
      assert.equal((await connection.readHead()).status, 400);
      await connection.waitClose();
    });
  });

  describe("upgrade requests on foreign paths", { concurrency: true }, () => {
    for (const path of ["/", "/other", "/socket.io?EIO=4&transport=websocket"]) {
      test(`${path} is not upgraded and closed within 2.5 s`, async () => {
        const started = performance.now();
        const socket = await RawSocket.connect(server.port);
        socket.send(formatRequest({ path, headers: UPGRADE_HEADERS }));
        const answer = (await socket.readToEnd(4000)).toString();
        assert.ok(!answer.startsWith("HTTP/1.1 101"), answer);
        assert.ok(performance.now() - started < 2500);
      });
    }
  });
});

for (const path of ["/my", "/my/"]) {
  describeServer(`--path ${path}`, { mode: "app", path }, (server) => {
    const get = (target) => request(server.port, { path: target });

    test("is served with the trailing slash", async () => {
      assertOpened(await get("/my/?EIO=4&transport=polling"));
      assertOpened(await get("/my/x?EIO=4&transport=polling"));
    });

    test("is not served without it, nor at the default path", async () => {
      assert.equal((await get("/my?EIO=4&transport=polling")).text, "");
      assert.equal((await get("/myzz/?EIO=4&transport=polling")).text, "");
      assert.equal((await get(HANDSHAKE)).text, "");
    });

    test("the client bundle lies below it", async () => {
      assert.match((await get("/my/socket.io.js")).header("content-type"), /javascript/);
    });
  });
}
