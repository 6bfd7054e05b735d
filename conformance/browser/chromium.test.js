// The client bundles that the server itself serves, in a real browser.
import { after, before, describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { createServer } from "node:http";
import { browserAvailable, launchBrowser } from "../support/browser.js";
import { startServer } from "../support/server.js";

const IN_TIME = { timeout: 30_000 };

// What every page does: connect with the `io` it has, and try everything once. Runs in the browser.
// `views` is false where only an ArrayBuffer counts as binary.
async function exercise({ url, options, views = true }) {
  const io = window.io;
  const socket = io(url, { forceNew: true, reconnection: false, ...options });
  const failed = new Promise((_, reject) => {
    socket.on("connect_error", (error) => reject(new Error(`connect_error: ${error.message}`)));
    setTimeout(() => reject(new Error("not done within 10 s")), 10_000);
  });
  const ask = (event, ...args) =>
    new Promise((resolve) => socket.emit(event, ...args, (...answer) => resolve(answer)));
  const once = (event) => new Promise((resolve) => socket.once(event, (...args) => resolve(args)));
  const list = (bytes) => Array.from(new Uint8Array(bytes));

  const everything = async () => {
    await once("connect");
    const engine = socket.io.engine;
    if (options.transports.length === 2 && engine.transport.name === "polling") {
      await new Promise((resolve) => engine.once("upgrade", resolve));
    }
    const text = await ask("echo", "Grüße 😀 \u2028", { nested: [1.5, null, true] });
    const sent = new Uint8Array([0, 1, 128, 255]);
    const [typed, { buffer }] = await ask("echo", views ? sent : sent.buffer, { buffer: sent.buffer });
    const [blob] = await ask("echo", views ? new Blob([sent]) : sent.buffer);
    const back = once("back");
    socket.emit("emitBack", "back", [new Uint8Array([7, 8]).buffer], "text");
    const [[backBytes], backText] = await back;
    socket.once("question", (question, ack) => ack(`${question} fine`));
    const [answer] = await ask("askMe");
    const [big] = await ask("echo", "x".repeat(300_000));
    const [{ transport, nsp, id }] = await ask("whoami");
    const sameId = id === socket.id;
    const gone = once("disconnect");
    socket.emit("kickMe", true);
    return {
      text, answer, transport, nsp, sameId,
      binary: [list(typed), list(buffer), list(blob), list(backBytes)],
      backText,
      bigLength: big.length,
      reason: (await gone)[0],
    };
  };
  try {
    return await Promise.race([everything(), failed]);
  } finally {
    socket.disconnect();
  }
}

function expected(transport, nsp = "/") {
  return {
    text: ["Grüße 😀 \u2028", { nested: [1.5, null, true] }],
    answer: { ok: true, answer: ["what? fine"] },
    transport,
    nsp,
    binary: [[0, 1, 128, 255], [0, 1, 128, 255], [0, 1, 128, 255], [7, 8]],
    backText: "text",
    bigLength: 300_000,
    sameId: true,
    reason: "io server disconnect",
  };
}

const SCRIPTS = {
  "socket.io.js": (url) => `<script src="${url}/socket.io/socket.io.js"></script>`,
  "socket.io.min.js": (url) => `<script src="${url}/socket.io/socket.io.min.js"></script>`,
  "socket.io.msgpack.min.js": (url) => `<script src="${url}/socket.io/socket.io.msgpack.min.js"></script>`,
  "socket.io.esm.min.js": (url) => `<script type="module">
    import { io } from "${url}/socket.io/socket.io.esm.min.js";
    window.io = io;
  </script>`,
};

const NAMESPACES = { "socket.io.js": "/", "socket.io.min.js": "/custom", "socket.io.esm.min.js": "/dyn-1" };

const TRANSPORTS = {
  polling: [["polling"], "polling"],
  websocket: [["websocket"], "websocket"],
  upgrade: [["polling", "websocket"], "websocket"],
};

describe("Chromium", browserAvailable, () => {
  let browser;
  let site; // a page of another origin than the servers'
  const sites = new Map();

  before(async () => {
    browser = await launchBrowser();
    site = createServer((request, response) => {
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      response.end(sites.get(request.url) ?? "");
    });
    await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));
  });
  after(async () => {
    await browser?.close();
    site?.closeAllConnections();
    site?.close();
  });

  const siteUrl = () => `http://127.0.0.1:${site.address().port}`;

  // A page with the given script element, at `url` or at an origin of its own.
  async function openPage(script, url) {
    const page = await browser.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(error.message));
    if (url === undefined) {
      sites.set("/page", `<!doctype html>${script}`);
      await page.goto(`${siteUrl()}/page`);
    } else {
      // Any page of the server will do; the script is put in afterwards.
      await page.goto(`${url}/health`);
      await page.setContent(`<!doctype html>${script}`);
    }
    await page.waitForFunction(() => window.io !== undefined, undefined, { timeout: 10_000 });
    return { page, errors };
  }

  function withServer(flags, body) {
    return async () => {
      const server = await startServer(flags);
      try {
        await body(server);
      } finally {
        await server.stop();
      }
    };
  }

  for (const [bundle, namespace] of Object.entries(NAMESPACES)) {
    test(`${bundle}, same origin`, IN_TIME, withServer({}, async (server) => {
      const { page, errors } = await openPage(SCRIPTS[bundle](server.url), server.url);
      for (const [transports, transport] of Object.values(TRANSPORTS)) {
        const result = await page.evaluate(exercise, { url: namespace, options: { transports } });
        assert.deepEqual(result, expected(transport, namespace));
      }
      assert.deepEqual(errors, []);
      await page.close();
    }));
  }

  test("socket.io.msgpack.min.js, same origin", IN_TIME, withServer({ parser: "msgpack" }, async (server) => {
    const { page } = await openPage(SCRIPTS["socket.io.msgpack.min.js"](server.url), server.url);
    for (const [transports, transport] of Object.values(TRANSPORTS)) {
      const result = await page.evaluate(exercise, { url: "/", options: { transports }, views: false });
      assert.deepEqual(result, expected(transport));
    }
    await page.close();
  }));

  test("another origin, with CORS and credentials", IN_TIME, async () => {
    const server = await startServer({ corsOrigin: siteUrl(), corsCredentials: true, cookie: "io" });
    const { page } = await openPage(SCRIPTS["socket.io.min.js"](server.url));
    for (const [transports, transport] of Object.values(TRANSPORTS)) {
      for (const more of [{}, { withCredentials: true }, { extraHeaders: { "x-judge": "preflight" } }]) {
        const options = { transports, ...more };
        const result = await page.evaluate(exercise, { url: server.url, options });
        assert.deepEqual(result, expected(transport));
      }
    }
    await page.close();
    await server.stop();
  });

  test("another origin, ES module", IN_TIME, withServer({ corsOrigin: "*" }, async (server) => {
    const { page } = await openPage(SCRIPTS["socket.io.esm.min.js"](server.url));
    const options = { transports: ["polling", "websocket"] };
    assert.deepEqual(await page.evaluate(exercise, { url: server.url, options }), expected("websocket"));
    await page.close();
  }));

  test("another origin, without CORS, by WebSocket only", IN_TIME, withServer({}, async (server) => {
    const { page } = await openPage(SCRIPTS["socket.io.js"](server.url));
    const polling = page.evaluate(exercise, { url: server.url, options: { transports: ["polling"] } });
    await assert.rejects(polling, /connect_error/);
    const options = { transports: ["websocket"] };
    assert.deepEqual(await page.evaluate(exercise, { url: server.url, options }), expected("websocket"));
    await page.close();
  }));

  const compressed = { httpCompression: true, perMessageDeflate: true };
  test("compression of both transports", IN_TIME, withServer(compressed, async (server) => {
    const { page } = await openPage(SCRIPTS["socket.io.js"](server.url), server.url);
    for (const [transports, transport] of Object.values(TRANSPORTS)) {
      const result = await page.evaluate(exercise, { url: "/", options: { transports } });
      assert.deepEqual(result, expected(transport));
    }
    await page.close();
  }));

  test("recovery after the connection was lost", IN_TIME, withServer({ recovery: 60_000 }, async (server) => {
    const { page } = await openPage(SCRIPTS["socket.io.js"](server.url), server.url);
    const result = await page.evaluate(async () => {
      const socket = window.io({ transports: ["websocket"], reconnectionDelay: 10 });
      const once = (event) => new Promise((resolve) => socket.once(event, (...args) => resolve(args)));
      await once("connect");
      const offered = once("offset?");
      socket.emit("emitBack", "offset?");
      await offered;
      const { id } = socket;
      const again = once("connect");
      socket.emit("dropMe");
      await again;
      const result = { recovered: socket.recovered, sameId: socket.id === id };
      socket.disconnect();
      return result;
    });
    assert.deepEqual(result, { recovered: true, sameId: true });
    await page.close();
  }));
});
