// What the command line changes for real clients.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { ask, askOne, connectClient, connected, openClient, transportName } from "../support/clients.js";
import { nextEvent, record } from "../support/eventually.js";
import { request } from "../support/raw.js";
import { startServer } from "../support/server.js";
import { sharedServer } from "../support/suite.js";
import { EVERYTHING, bytes } from "./matrix/values.js";

describe("the path", () => {
  for (const path of ["/chat", "/chat/", "/deep/er/path"]) {
    test(`can be ${path}`, async () => {
      const server = await startServer({ path });
      for (const transports of [["polling"], ["websocket"]]) {
        const socket = await connectClient(server, { path, transports });
        assert.equal(await askOne(socket, "echo", "here"), "here");
        socket.disconnect();
      }
      const elsewhere = await request(server.port, { path: "/socket.io/?EIO=4&transport=polling" });
      assert.deepEqual([elsewhere.status, elsewhere.text], [200, ""]);
      await server.stop();
    });
  }
});

describe("the transports", () => {
  test("can be polling only: no upgrade is offered", async () => {
    const server = await startServer({ transports: ["polling"] });
    const socket = await connectClient(server);
    assert.equal(await askOne(socket, "echo", 1), 1);
    assert.equal(transportName(socket), "polling");
    const refused = openClient(server, { transports: ["websocket"] });
    await nextEvent(refused, "connect_error");
    [socket, refused].forEach((client) => client.disconnect());
    await server.stop();
  });

  test("can be websocket only", async () => {
    const server = await startServer({ transports: ["websocket"] });
    const refused = openClient(server, { transports: ["polling"] });
    await nextEvent(refused, "connect_error");
    const socket = await connectClient(server, { transports: ["websocket"] });
    assert.equal((await askOne(socket, "whoami")).transport, "websocket");
    [socket, refused].forEach((client) => client.disconnect());
    await server.stop();
  });
});

describe("the largest payload", () => {
  const server = sharedServer({ maxPayload: 10_000 });

  test("is known to the client, which splits what it sends over polling", async () => {
    const socket = await connectClient(server, { transports: ["polling"] });
    const texts = Array.from({ length: 20 }, (_, i) => String(i).padStart(3000, "x"));
    const answers = await Promise.all(texts.map((text) => askOne(socket, "echo", text)));
    assert.deepEqual(answers, texts);
  });

  test("ends a WebSocket connection when it is exceeded", async () => {
    const socket = await connectClient(server, { transports: ["websocket"] });
    assert.equal((await askOne(socket, "echo", "x".repeat(9_900))).length, 9_900);
    const gone = nextEvent(socket, "disconnect");
    socket.emit("echo", "x".repeat(10_001));
    assert.equal((await gone)[0], "transport close");
  });

  test("does not limit what the server sends", async () => {
    for (const transports of [["polling"], ["websocket"]]) {
      const socket = await connectClient(server, { transports });
      assert.deepEqual((await askOne(socket, "generate", 50_000)).nested[0], bytes(50_000));
    }
  });
});

describe("per-message deflate", () => {
  const server = sharedServer({ perMessageDeflate: true, allowEio3: true });

  for (const version of ["2.5.0", "4.8.4"]) {
    test(`is used when the client offers it (${version})`, () => exercise(version, { threshold: 0 }));
    test(`is not used unless the client offers it (${version})`, () => exercise(version, false));
  }

  async function exercise(version, perMessageDeflate) {
    const options = { version, transports: ["websocket"], perMessageDeflate };
    const socket = await connectClient(server, options);
    assert.equal(isNegotiated(socket.io.engine.transport.ws), Boolean(perMessageDeflate));
    assert.deepEqual(await ask(socket, "echo", ...EVERYTHING), EVERYTHING);
    const repetitive = "abcdefgh".repeat(40_000);
    assert.equal(await askOne(socket, "echo", repetitive), repetitive);
    assert.deepEqual(await ask(socket, "echo", bytes(100_000), bytes(1)), [bytes(100_000), bytes(1)]);
    const seen = record(socket, "broadcast");
    socket.emit("broadcast", repetitive);
    assert.equal(await askOne(socket, "echo", 1), 1);
    assert.deepEqual(seen, [[repetitive]]);
  }

  // Old versions of the WebSocket library have an object here, new ones the text of the header.
  function isNegotiated({ extensions }) {
    return typeof extensions === "string"
      ? extensions.includes("permessage-deflate")
      : Object.hasOwn(extensions, "permessage-deflate");
  }
});

describe("HTTP compression", () => {
  const server = sharedServer({ httpCompression: true });

  test("is readable by fetch", async () => {
    const open = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`);
    const { sid } = JSON.parse((await open.text()).slice(1));
    const url = `${server.url}/socket.io/?EIO=4&transport=polling&sid=${sid}`;
    const post = (body) => fetch(url, { method: "POST", body });
    await post("40");
    await (await fetch(url)).text();
    await post('42["emitBack","big","' + "z".repeat(5000) + '"]');
    const answer = await fetch(url);
    assert.ok(["gzip", "deflate"].includes(answer.headers.get("content-encoding")));
    assert.equal(await answer.text(), `42["big","${"z".repeat(5000)}"]`);
    await post("1");
  });
});

describe("the cookie", () => {
  test("carries the session id", async () => {
    const server = await startServer({ cookie: "judge" });
    const response = await request(server.port, { path: "/socket.io/?EIO=4&transport=polling" });
    const { sid } = JSON.parse(response.text.slice(1));
    assert.equal(response.header("set-cookie"), `judge=${sid}; Path=/; HttpOnly; SameSite=Lax`);
    const socket = await connectClient(server);
    assert.equal(await askOne(socket, "echo", 1), 1);
    socket.disconnect();
    await server.stop();
  });
});

describe("the client bundle", () => {
  test("is served, and not when it is turned off", async () => {
    const [on, off] = await Promise.all([startServer(), startServer({ serveClient: false })]);
    const path = "/socket.io/socket.io.js";
    const served = await request(on.port, { path });
    assert.equal(served.status, 200);
    assert.match(served.text, /Socket\.IO v4\.\d+\.\d+/);
    const refused = await request(off.port, { path });
    assert.deepEqual([refused.status, refused.text], [400, '{"code":0,"message":"Transport unknown"}']);
    await Promise.all([on.stop(), off.stop()]);
  });
});

describe("the application's own requests", () => {
  const server = sharedServer();

  test("are answered beside Socket.IO", async () => {
    assert.equal(await (await fetch(`${server.url}/health`)).text(), "ok");
    const echoed = await fetch(`${server.url}/any/path?x=1`, { method: "POST", body: "as it came é" });
    assert.equal(echoed.status, 200);
    assert.match(echoed.headers.get("content-type"), /^text\/plain/);
    assert.equal(await echoed.text(), "as it came é");
    await connected(openClient(server));
  });
});
