// Who may connect: by address, seen through real proxies, and by origin.
import { after, afterEach, before, describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TRANSPORTS, askOne, closeAll, connectClient } from "../support/clients.js";
import { eventually } from "../support/eventually.js";
import { haproxyAvailable, nginxAvailable, runHaproxy, runNginx } from "../support/proxy.js";
import { RawSocket, RawWebSocket, UpgradeRefused, formatRequest } from "../support/raw.js";
import { freePort } from "../support/redis.js";
import { startServer } from "../support/server.js";
import { oursOnly } from "../support/target.js";

const PROXY = "127.0.0.1"; // where the proxies connect from; all of 127.0.0.0/8 is this machine
const CLIENT = "127.0.0.5";
const OTHER = "127.0.0.6";
const MADE_UP = "198.51.100.1";
const IN_TIME = { timeout: 60_000 };

const folder = mkdtempSync(join(tmpdir(), "access-"));
process.on("exit", () => rmSync(folder, { recursive: true }));

// --- what is started --------------------------------------------------------------------------------

const CERTIFICATE = { tlsCert: join(folder, "certificate.pem"), tlsKey: join(folder, "key.pem") };

function makeCertificate() {
  const { status } = spawnSync("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"],
    ...["-keyout", CERTIFICATE.tlsKey, "-out", CERTIFICATE.tlsCert],
  ]);
  assert.equal(status, 0);
}

// A server for each name of `flags`, and a proxy in front of each: { name: { server, port, url } }.
function servedThrough(startProxy, flags, scheme = "http") {
  const routes = {};
  let proxy;
  before(async () => {
    for (const [name, flagsOfOne] of Object.entries(flags)) {
      const [server, port] = await Promise.all([startServer(flagsOfOne), freePort()]);
      routes[name] = { server, port, url: `${scheme}://127.0.0.1:${port}` };
    }
    proxy = await startProxy(Object.values(routes));
  });
  afterEach(closeAll);
  after(async () => {
    await proxy?.stop();
    await Promise.all(Object.values(routes).map(({ server }) => server.stop()));
  });
  return routes;
}

const haproxy = (sends) => (routes) => {
  const file = join(folder, `${sends.replaceAll(" ", "_")}.cfg`);
  const listeners = routes.map(({ server, port }) => [
    `listen to_${server.port}`,
    `  bind 127.0.0.1:${port}`,
    `  server it 127.0.0.1:${server.port} ${sends} source ${PROXY}`,
  ]);
  const timeouts = ["connect 2s", "client 60s", "server 60s"].map((time) => `  timeout ${time}`);
  const lines = ["global", "  maxconn 1000", "defaults", "  mode tcp", ...timeouts, ...listeners.flat()];
  writeFileSync(file, `${lines.join("\n")}\n`);
  return runHaproxy(file, routes[0].port);
};

function nginx(routes) {
  const file = join(folder, "nginx.conf");
  const servers = routes.map(
    ({ server, port }) => `
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://127.0.0.1:${server.port}; }
  }`,
  );
  writeFileSync(
    file,
    `pid ${folder}/nginx.pid;
error_log stderr error;
events { worker_connections 1000; }
http {
  access_log off;
  map $http_upgrade $connection_header { default upgrade; "" ""; }
  proxy_http_version 1.1;
  proxy_bind ${PROXY};
  proxy_set_header Host $host;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $connection_header;${servers.join("")}
}
`,
  );
  return runNginx(file, routes[0].port);
}

// --- clients ----------------------------------------------------------------------------------------

const agents = { http: HttpAgent, https: HttpsAgent };

function clientFrom(route, localAddress, { transports, ...options }) {
  const Agent = agents[new URL(route.url).protocol.slice(0, -1)];
  const agent = new Agent({ localAddress, rejectUnauthorized: false });
  return connectClient(route, { transports, agent, rejectUnauthorized: false, ...options });
}

// What the server takes for the address of a client that comes from `address`.
async function seen(route, address, options) {
  return askOne(await clientFrom(route, address, options), "clientAddress");
}

const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";

// A handshake, with what comes in front of it on the connection.
async function handshake(port, { from, headers, query = "", front = "" } = {}) {
  const socket = await RawSocket.connect(port, { from });
  try {
    socket.send(Buffer.concat([Buffer.from(front), formatRequest({ path: HANDSHAKE + query, headers })]));
    return await socket.readResponse();
  } finally {
    socket.destroy();
  }
}

async function upgradeRefusal(port, headers) {
  const path = HANDSHAKE.replace("polling", "websocket");
  try {
    (await RawWebSocket.open(port, path, headers)).destroy();
  } catch (error) {
    assert.ok(error instanceof UpgradeRefused, error);
    return error.response;
  }
  return undefined;
}

// Status and what a client is told, of a refused handshake.
function told(response) {
  const { code, message } = JSON.parse(response.text);
  return [response.status, code, message, response.header("retry-after")];
}

// --- addresses --------------------------------------------------------------------------------------

const TRUSTING = { trustedProxies: PROXY };
const ANNOUNCED = { ...TRUSTING, proxyProtocol: true };
const node = oursOnly("Node's server believes nobody");

function addressesAreSeen(routes) {
  for (const [name, transport] of Object.entries(TRANSPORTS)) {
    test(`the address of a client, ${name}`, IN_TIME, async () => {
      assert.equal(await seen(routes.plain, CLIENT, transport), CLIENT);
      assert.equal(await seen(routes.plain, OTHER, transport), OTHER);
    });
  }

  test("what a client says itself is not believed", IN_TIME, async () => {
    const extraHeaders = { "X-Forwarded-For": MADE_UP };
    for (const transport of [TRANSPORTS.polling, TRANSPORTS.websocket]) {
      assert.equal(await seen(routes.plain, CLIENT, { ...transport, extraHeaders }), CLIENT);
    }
  });
}

for (const sends of ["send-proxy", "send-proxy-v2 check check-send-proxy"]) {
  describe(`behind HAProxy, ${sends}`, { ...node, ...haproxyAvailable }, () => {
    addressesAreSeen(servedThrough(haproxy(sends), { plain: ANNOUNCED }));
  });
}

describe("behind HAProxy, with TLS", { ...node, ...haproxyAvailable }, () => {
  makeCertificate();
  const tls = { ...ANNOUNCED, ...CERTIFICATE };
  addressesAreSeen(servedThrough(haproxy("send-proxy-v2"), { plain: tls }, "https"));
});

describe("behind nginx", { ...node, ...nginxAvailable }, () => {
  addressesAreSeen(servedThrough(nginx, { plain: TRUSTING }));
});

describe("a stranger who pretends to be a proxy", node, () => {
  let server;
  before(async () => (server = await startServer(ANNOUNCED)));
  afterEach(closeAll);
  after(() => server?.stop());

  test("its X-Forwarded-For is not believed", async () => {
    const extraHeaders = { "X-Forwarded-For": MADE_UP };
    assert.equal(await seen(server, CLIENT, { ...TRANSPORTS.websocket, extraHeaders }), CLIENT);
  });

  const v2 = "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\x01\x01\x01\x01\x02\x02\x02\x02\0\x01\0\x02";
  for (const [name, front] of [
    ["version 1", `PROXY TCP4 ${MADE_UP} 127.0.0.1 1 2\r\n`],
    ["version 2", v2],
  ]) {
    test(`its PROXY header of ${name} is a bad request`, async () => {
      const response = await handshake(server.port, { from: CLIENT, front });
      assert.deepEqual([response.status, response.header("connection")], [400, "close"]);
    });

    test(`the header of a proxy, ${name}`, async () => {
      assert.equal((await handshake(server.port, { from: PROXY, front })).status, 200);
    });
  }

  test("a proxy that sends no header is cut off", async () => {
    await assert.rejects(handshake(server.port, { from: PROXY }), /connection closed/);
    assert.equal((await handshake(server.port, { from: CLIENT })).status, 200);
  });
});

// --- limits -----------------------------------------------------------------------------------------

const LIMITS = {
  sessions: { limit: "sessions_per_address=1" },
  handshakes: { limit: "handshakes_per_address=1/2" },
  connections: { limit: "connections_per_address=1" },
};

const limited = (flags) =>
  Object.fromEntries(Object.entries(LIMITS).map(([name, limit]) => [name, { ...flags, ...limit }]));

function limitsAreOfClients(routes) {
  test("sessions of one address", IN_TIME, async () => {
    const { port } = routes.sessions;
    const tooMany = "Too many sessions from this address";
    const first = await clientFrom(routes.sessions, CLIENT, TRANSPORTS.upgrade);
    assert.deepEqual(told(await handshake(port, { from: CLIENT })), [429, 4, tooMany, "10"]);
    await clientFrom(routes.sessions, PROXY, TRANSPORTS.websocket);
    const refused = await upgradeRefusal(port);
    assert.deepEqual([refused.status, refused.text, refused.header("retry-after")], [429, tooMany, "10"]);
    first.close();
    await eventually("its place is free", async () => {
      return (await handshake(port, { from: CLIENT })).status === 200;
    });
  });

  test("handshakes of one address", IN_TIME, async () => {
    const { port } = routes.handshakes;
    const tooMany = "Too many handshakes from this address";
    const answers = await Promise.all(Array.from({ length: 8 }, () => handshake(port, { from: CLIENT })));
    const refused = answers.filter(({ status }) => status !== 200);
    assert.ok(refused.length >= 4, `${refused.length} of 8 were refused`);
    assert.deepEqual(told(refused[0]), [429, 4, tooMany, "1"]);
    assert.equal((await handshake(port, { from: OTHER })).status, 200);
    await eventually("the next one", async () => (await handshake(port, { from: CLIENT })).status === 200);
  });
}

describe("limits behind HAProxy", { ...node, ...haproxyAvailable }, () => {
  const routes = servedThrough(haproxy("send-proxy-v2"), limited(ANNOUNCED));
  limitsAreOfClients(routes);

  test("connections of one address", IN_TIME, async () => {
    const { port } = routes.connections;
    const [first, second, other] = await Promise.all(
      [CLIENT, CLIENT, OTHER].map(async (from) => {
        const socket = await RawSocket.connect(port, { from });
        socket.send(formatRequest({ path: HANDSHAKE }));
        const status = await socket.readResponse().then(
          ({ status }) => status,
          () => "closed",
        );
        return { socket, status };
      }),
    );
    assert.deepEqual([first.status, second.status].sort(), [200, "closed"]);
    assert.equal(other.status, 200);
    for (const { socket } of [first, second, other]) {
      socket.destroy();
    }
    await eventually("its place is free", async () => {
      return (await handshake(port, { from: CLIENT })).status === 200;
    });
  });
});

describe("limits behind nginx", { ...node, ...nginxAvailable }, () => {
  const routes = servedThrough(nginx, limited(TRUSTING));
  limitsAreOfClients(routes);

  test("the connections of a proxy are not counted", IN_TIME, async () => {
    const clients = [CLIENT, CLIENT, OTHER].map((address) =>
      clientFrom(routes.connections, address, TRANSPORTS.websocket),
    );
    assert.equal((await Promise.all(clients)).length, 3);
  });
});

// --- origins ----------------------------------------------------------------------------------------

describe("allowed origins", oursOnly("Node's server has no such list"), () => {
  let server;
  before(
    async () => (server = await startServer({ allowedOrigins: ["https://a.example", "http://b.example:81"] })),
  );
  after(() => server?.stop());

  for (const origin of ["https://a.example", "HTTPS://A.EXAMPLE", "http://b.example:81"]) {
    test(`${origin} may connect`, async () => {
      assert.equal((await handshake(server.port, { headers: { Origin: origin } })).status, 200);
      assert.equal(await upgradeRefusal(server.port, { Origin: origin }), undefined);
    });
  }

  for (const origin of ["https://evil.example", "https://a.example.evil.example", "http://b.example", "null"]) {
    test(`${origin} may not`, async () => {
      const refused = await handshake(server.port, { headers: { Origin: origin } });
      assert.deepEqual(told(refused), [403, 4, "Forbidden origin", undefined]);
      const { status, text } = await upgradeRefusal(server.port, { Origin: origin });
      assert.deepEqual([status, text], [403, "Forbidden origin"]);
    });
  }

  test("who is no browser may", async () => {
    assert.equal((await handshake(server.port)).status, 200);
    assert.equal(await upgradeRefusal(server.port), undefined);
  });

  test("the scripts and images of other pages may not, though browsers name no origin for them", async () => {
    const script = await handshake(server.port, { query: "&j=0" });
    const image = await handshake(server.port, { headers: { "Sec-Fetch-Site": "cross-site" } });
    assert.deepEqual([script, image].map(told), Array(2).fill([403, 4, "Forbidden origin", undefined]));
    assert.equal((await handshake(server.port, { headers: { "Sec-Fetch-Site": "same-origin" } })).status, 200);
  });
});
