// The client bundle that the server hands out.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { RawSocket, request } from "../support/raw.js";
import { assertError, describeServer } from "../support/block.js";

const SCRIPTS = ["socket.io.js", "socket.io.min.js", "socket.io.msgpack.min.js", "socket.io.esm.min.js"];
const FILES = SCRIPTS.flatMap((name) => [name, `${name}.map`]);

describeServer("the client bundle", { mode: "app" }, (server) => {
  const get = (name, options) => request(server.port, { path: `/socket.io/${name}`, ...options });

  for (const name of FILES) {
    test(name, async () => {
      const response = await get(name);
      const type = name.endsWith(".map") ? "application/json" : "application/javascript";
      assert.equal(response.status, 200);
      assert.equal(response.header("content-type"), `${type}; charset=utf-8`);
      assert.equal(response.header("cache-control"), "public, max-age=0");
      assert.match(response.header("etag"), /^"4\.\d+\.\d+"$/);
      assert.equal(response.header("content-encoding"), undefined);
      assert.ok(response.body.length > 10_000);
      if (name.endsWith(".map")) {
        assert.equal(JSON.parse(response.text).version, 3);
      }
    });
  }

  for (const name of SCRIPTS.filter((file) => !file.includes("esm"))) {
    test(`${name} defines a global io`, async () => {
      const { text } = await get(name);
      const scope = {};
      // A UMD file takes its global from `this` or `globalThis` when there is no module system.
      new Function("globalThis", "self", "window", "module", "exports", "define", text).call(scope, scope, scope);
      const io = scope.io ?? globalThis.io;
      delete globalThis.io;
      assert.equal(typeof io, "function");
      assert.equal(typeof io.Manager, "function");
    });
  }

  test("socket.io.esm.min.js exports io", async () => {
    assert.match((await get("socket.io.esm.min.js")).text, /export\s*\{[^}]*\bas io\b/);
  });

  describe("requests", { concurrency: true }, () => {
    test("the query does not matter", async () => {
      assert.equal((await get("socket.io.js?v=1&x")).status, 200);
      const response = await get("socket.io.js?EIO=4&transport=polling");
      assert.equal(response.header("content-type"), "application/javascript; charset=utf-8");
    });

    for (const method of ["POST", "PUT", "OPTIONS", "DELETE"]) {
      test(`${method} gets it as well`, async () => {
        const response = await get("socket.io.min.js", { method });
        assert.equal(response.status, 200);
        assert.match(response.header("content-type"), /javascript/);
        assert.ok(response.body.length > 10_000);
      });
    }

    test("HEAD has the headers without a body", async () => {
      const connection = await RawSocket.connect(server.port);
      const response = await get("socket.io.js", { method: "HEAD", connection });
      assert.equal(response.status, 200);
      assert.match(response.header("etag"), /^"4/);
      assert.equal((await request(server.port, { connection, path: "/health" })).text, "ok");
      connection.destroy();
    });

    test("If-None-Match with the ETag or its weak form: 304", async () => {
      const etag = (await get("socket.io.js")).header("etag");
      for (const value of [etag, `W/${etag}`]) {
        const connection = await RawSocket.connect(server.port);
        const response = await get("socket.io.js", { connection, headers: { "If-None-Match": value } });
        assert.deepEqual([response.status, response.body.length], [304, 0]);
        assert.equal((await request(server.port, { connection, path: "/health" })).text, "ok");
        connection.destroy();
      }
    });

    for (const value of ['"4.0.0"', "4.8.4", "x", '"other", "none"']) {
      test(`If-None-Match: ${value} gets the file`, async () => {
        assert.equal((await get("socket.io.js", { headers: { "If-None-Match": value } })).status, 200);
      });
    }

    for (const [accepted, encoding, decompress] of [
      ["br", "br", brotliDecompressSync],
      ["gzip", "gzip", gunzipSync],
      ["deflate", "deflate", inflateSync],
    ]) {
      test(`Accept-Encoding: ${accepted}`, async () => {
        const plain = await get("socket.io.min.js");
        const response = await get("socket.io.min.js", { headers: { "Accept-Encoding": accepted } });
        const used = response.header("content-encoding");
        // A server may leave a coding out; what it sends must be what it says.
        assert.ok(used === encoding || used === undefined, used);
        const body = used === undefined ? response.body : decompress(response.body);
        assert.ok(body.equals(plain.body));
        assert.equal(response.header("content-type"), plain.header("content-type"));
        assert.equal(response.header("etag"), plain.header("etag"));
      });
    }

    test("a connection can be used for several files", async () => {
      const connection = await RawSocket.connect(server.port);
      const sizes = [];
      for (const name of SCRIPTS) {
        sizes.push((await get(name, { connection })).body.length);
      }
      assert.equal(new Set(sizes).size, SCRIPTS.length);
      connection.destroy();
    });
  });

  describe("unknown names are Engine.IO requests", { concurrency: true }, () => {
    for (const name of [
      "socket.io",
      "socket.io.j",
      "socket.io.js.map.map",
      "socket.io.css",
      "socket.io.esm.js",
      "socket.io.msgpack.js",
      "socket.io.slim.js",
      "Socket.io.js",
      "foo/socket.io.js",
      "socket.io.js/",
      "%73ocket.io.js",
      "../package.json",
      "..%2fpackage.json",
      "",
    ]) {
      test(`"${name}"`, async () => assertError(await get(name), 0));
    }
  });
});

describeServer("--serve-client off", { mode: "app", serveClient: false }, (server) => {
  test("the names are Engine.IO requests", async () => {
    for (const name of FILES) {
      assertError(await request(server.port, { path: `/socket.io/${name}` }), 0);
    }
  });
});
