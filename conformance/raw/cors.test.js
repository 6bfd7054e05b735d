// Cross-origin headers in every form the flags allow, and the session cookie.
import { test } from "node:test";
import { strict as assert } from "node:assert";
import { RawWebSocket, request } from "../support/raw.js";
import { openPolling } from "../support/engine.js";
import { describeServer } from "../support/block.js";

const PATH = "/socket.io/";
const HANDSHAKE = `${PATH}?EIO=4&transport=polling`;
const ORIGIN = "https://app.example";
const METHODS = "GET,HEAD,PUT,PATCH,POST,DELETE";

// The headers of a response that have to do with CORS; the values of Vary as a sorted list.
function corsHeaders(response) {
  const headers = {};
  for (const [name, value] of response.headers) {
    const key = name.toLowerCase();
    if (key === "vary") {
      headers.vary = [...(headers.vary ?? []), ...value.split(/ *, */)].sort();
    } else if (key.startsWith("access-control-")) {
      assert.ok(!(key in headers), `${name} twice`);
      headers[key] = value;
    }
  }
  return headers;
}

const ALL_RESPONSES = [
  ["a handshake", HANDSHAKE],
  ["an error", `${PATH}?EIO=4&transport=foo`],
  ["an unknown session", `${HANDSHAKE}&sid=foo`],
  ["a client file", `${PATH}socket.io.js`],
];

describeServer("CORS off", { mode: "app" }, (server) => {
  for (const [title, path] of ALL_RESPONSES) {
    test(`${title} has no CORS header, whatever the Origin`, async () => {
      const response = await request(server.port, { path, headers: { Origin: ORIGIN } });
      assert.deepEqual(corsHeaders(response), {});
    });
  }

  test("a preflight request is a bad handshake", async () => {
    const headers = { Origin: ORIGIN, "Access-Control-Request-Method": "POST" };
    const response = await request(server.port, { method: "OPTIONS", path: HANDSHAKE, headers });
    assert.equal(response.status, 400);
    assert.deepEqual(corsHeaders(response), {});
  });

  test("no cookie is set", async () => {
    assert.equal((await openPolling(server.port)).response.header("set-cookie"), undefined);
  });
});

// What `simple` and `preflight` responses carry with each set of flags.
const ALLOW_ANY = { "access-control-allow-origin": "*" };
const ALLOW_ONE = { "access-control-allow-origin": ORIGIN, vary: ["Origin"] };
const CREDENTIALS = { "access-control-allow-credentials": "true" };

for (const [title, flags, simple] of [
  ["CORS *", { corsOrigin: "*" }, ALLOW_ANY],
  ["CORS * with credentials", { corsOrigin: "*", corsCredentials: true }, { ...ALLOW_ANY, ...CREDENTIALS }],
  ["CORS one origin", { corsOrigin: ORIGIN }, ALLOW_ONE],
  [
    "CORS one origin with credentials",
    { corsOrigin: ORIGIN, corsCredentials: true },
    { ...ALLOW_ONE, ...CREDENTIALS },
  ],
]) {
  describeServer(title, { mode: "app", ...flags }, (server) => {
    const options = (path, headers) => request(server.port, { method: "OPTIONS", path, headers });
    const preflight = (requested) => ({
      ...simple,
      vary: [...(simple.vary ?? []), "Access-Control-Request-Headers"].sort(),
      "access-control-allow-methods": METHODS,
      ...(requested && { "access-control-allow-headers": requested }),
    });

    for (const [what, path] of ALL_RESPONSES) {
      test(`${what} has the headers of a simple request, whatever the Origin`, async () => {
        for (const headers of [{}, { Origin: ORIGIN }, { Origin: "https://other.example" }]) {
          assert.deepEqual(corsHeaders(await request(server.port, { path, headers })), simple);
        }
      });
    }

    test("polls and posts have them too", async () => {
      const session = await openPolling(server.port);
      assert.deepEqual(corsHeaders(await session.post("40")), simple);
      assert.deepEqual(corsHeaders(await session.get()), simple);
      assert.deepEqual(corsHeaders(await session.post("40", { method: "PUT" })), simple);
    });

    test("a preflight request is answered with 204", async () => {
      const response = await options(HANDSHAKE, {
        Origin: ORIGIN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-foo",
      });
      assert.deepEqual([response.status, response.header("content-length")], [204, "0"]);
      assert.deepEqual(corsHeaders(response), preflight("content-type,x-foo"));
    });

    test("OPTIONS without Origin or requested method is answered in the same way", async () => {
      const response = await options(HANDSHAKE);
      assert.equal(response.status, 204);
      assert.deepEqual(corsHeaders(response), preflight());
    });

    test("a preflight request of an origin that is not allowed is not refused", async () => {
      const response = await options(HANDSHAKE, { Origin: "https://other.example" });
      assert.equal(response.status, 204);
      assert.deepEqual(corsHeaders(response), preflight());
    });

    test("a preflight request for a session or an unknown one is not looked at", async () => {
      const { target } = await openPolling(server.port);
      assert.equal((await options(target)).status, 204);
      assert.equal((await options(`${HANDSHAKE}&sid=foo`)).status, 204);
      assert.equal((await options(`${PATH}?EIO=4&transport=foo`)).status, 204);
      assert.equal((await options(PATH)).status, 204);
    });

    test("a WebSocket opens from any origin, with the headers of a simple request", async () => {
      const path = `${PATH}?EIO=4&transport=websocket`;
      for (const headers of [{}, { Origin: ORIGIN }, { Origin: "https://other.example" }]) {
        const ws = await RawWebSocket.open(server.port, path, headers);
        assert.deepEqual(corsHeaders(ws.response), simple);
        ws.destroy();
      }
    });

    test("the application's paths are not touched", async () => {
      assert.deepEqual(corsHeaders(await request(server.port, { path: "/health" })), {});
    });
  });
}

describeServer("--cookie io", { mode: "app", cookie: "io" }, (server) => {
  const cookies = (response) =>
    response.headers.filter(([name]) => name.toLowerCase() === "set-cookie").map(([, value]) => value);

  test("the polling handshake sets the cookie", async () => {
    const { response, sid } = await openPolling(server.port);
    assert.deepEqual(cookies(response), [`io=${sid}; Path=/; HttpOnly; SameSite=Lax`]);
  });

  test("nothing else sets it", async () => {
    const session = await openPolling(server.port);
    assert.deepEqual(cookies(await session.post("40")), []);
    assert.deepEqual(cookies(await session.get()), []);
    const ws = await RawWebSocket.open(server.port, `${PATH}?EIO=4&transport=websocket`);
    assert.deepEqual(cookies(ws.response), []);
    ws.destroy();
    assert.deepEqual(cookies(await request(server.port, { path: `${PATH}?EIO=4&transport=foo` })), []);
  });

  test("a cookie of the client takes no part", async () => {
    const first = await openPolling(server.port);
    const second = await openPolling(server.port, { headers: { Cookie: `io=${first.sid}` } });
    assert.notEqual(first.sid, second.sid);
  });
});

describeServer("--cookie judge_sid", { mode: "app", cookie: "judge_sid" }, (server) => {
  test("the name is the one of the flag", async () => {
    const { response, sid } = await openPolling(server.port);
    assert.equal(response.header("set-cookie"), `judge_sid=${sid}; Path=/; HttpOnly; SameSite=Lax`);
  });
});
