// How sio_chat is watched, changed and stopped while it runs.
import { strict as assert } from "node:assert";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { connect } from "node:tls";
import { PROGRAM, startChat, temporaryFolder } from "./sio_chat.js";
import { ask, closeAll, connectClient, openClient, refusal } from "../support/clients.js";
import { eventually, nextEvent, within } from "../support/eventually.js";
import { startRedis } from "../support/redis.js";

after(closeAll);

async function get(server, path) {
  const response = await fetch(server.url + path);
  return { status: response.status, text: await response.text() };
}

async function stats(server) {
  return JSON.parse((await get(server, "/stats")).text);
}

async function metric(server, name) {
  const { text } = await get(server, "/metrics");
  const line = text.split("\n").find((candidate) => candidate.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

function start(flags = {}) {
  return startChat({ dataDirectory: temporaryFolder(), ...flags });
}

test("standard output has one line, and a JSON log goes to standard error", async () => {
  const child = spawn(PROGRAM, [
    ...["--port", "0", "--log-pretty", "false", "--node-id", "n1", "--drain-span", "0"],
    ...["--data-directory", temporaryFolder()],
  ]);
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => (out += chunk));
  child.stderr.on("data", (chunk) => (err += chunk));
  await eventually("it listens", () => out.includes("\n") && err.includes("\n"));
  child.kill("SIGTERM");
  const [code] = await within(5000, "end", once(child, "close"));
  assert.equal(code, 0);
  assert.match(out, /^listening on 127\.0\.0\.1:\d+\n$/);
  const lines = err.trim().split("\n").map((line) => JSON.parse(line));
  assert.equal(lines[0].message, "listening");
  assert.equal(lines.at(-1).message, "stopped");
  for (const line of lines) {
    assert.equal(line.node, "n1");
    assert.match(line.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  }
});

test("health, readiness, metrics and statistics", async () => {
  const server = await start({ nodeId: "n1" });
  assert.deepEqual(await get(server, "/healthz"), { status: 200, text: "ok\n" });
  assert.deepEqual(await get(server, "/readyz"), { status: 200, text: "ready\n" });

  const client = await connectClient(server, { namespace: "/chat", transports: ["websocket"] });
  assert.deepEqual(await ask(client, "joinChat", { username: "ada" }), [
    { success: true, username: "ada" },
  ]);
  assert.equal(await metric(server, 'sio_chat_connections{transport="websocket"}'), 1);
  assert.equal(await metric(server, "sio_chat_sockets"), 1);
  assert.ok((await metric(server, "sio_chat_messages_received_total")) >= 2);
  assert.ok((await metric(server, "sio_chat_sent_bytes_total")) > 0);
  assert.ok((await metric(server, 'sio_chat_event_seconds_count{event="joinChat"}')) >= 1);
  assert.ok((await metric(server, "process_resident_memory_bytes")) > 1e6);
  assert.equal(await metric(server, "sio_chat_ready"), 1);

  const { node, cluster } = await stats(server);
  assert.equal(node.nodeId, "n1");
  assert.equal(node.profile, "chat");
  assert.equal(node.connections, 1);
  assert.equal(node.redis, null);
  assert.equal(node.ready, true);
  assert.ok(node.eventLatencyMs.count >= 1);
  assert.equal(typeof node.queues.store, "number");
  assert.equal(cluster.totalNodes, 1);
  await eventually("rooms are counted", async () => (await metric(server, "sio_chat_rooms")) > 0, { deadline: 10_000 });
  client.close();
  await eventually("the client has gone", async () => (await stats(server)).node.connections === 0);
  await server.stop();
});

test("with Redis: its latency, and not ready while it is away", async () => {
  const redis = await startRedis();
  const server = await start({ redis: `127.0.0.1:${redis.port}`, redisPingInterval: 100 });
  await eventually("ready", async () => (await get(server, "/readyz")).status === 200);
  await eventually("measured", async () => (await metric(server, "sio_chat_redis_ping_seconds_count")) > 1);
  assert.equal(await metric(server, "sio_chat_redis_connected"), 1);
  assert.ok((await stats(server)).node.redis.latencyMs > 0);
  await redis.stop();
  const away = await eventually("not ready", async () => {
    const answer = await get(server, "/readyz");
    return answer.status === 503 && answer;
  });
  assert.match(away.text, /^not ready: Redis/);
  assert.equal((await get(server, "/healthz")).status, 200);
  await server.stop();
});

test("SIGTERM: not ready at once, then clients are sent away in the course of the span", async () => {
  const server = await start({ drainDelay: 500, drainSpan: 2000, threads: 2 });
  const clients = await Promise.all(
    Array.from({ length: 20 }, () =>
      connectClient(server, { namespace: "/chat", transports: ["websocket"], reconnection: false }),
    ),
  );
  const left = clients.map((client) => nextEvent(client, "disconnect").then(() => performance.now()));
  const begin = performance.now();
  server.signal("SIGTERM");
  await eventually("not ready", async () => (await get(server, "/readyz")).status === 503);
  const late = await connectClient(server, { namespace: "/chat", reconnection: false });
  left.push(nextEvent(late, "disconnect").then(() => performance.now()));

  const times = (await Promise.all(left)).map((time) => time - begin);
  const { code, signal } = await within(5000, "end", server.exited);
  assert.deepEqual({ code, signal }, { code: 0, signal: null });
  const span = Math.max(...times) - Math.min(...times);
  assert.ok(Math.min(...times) >= 450, `the first left after ${Math.min(...times)} ms`);
  assert.ok(span > 1000, `all left within ${span} ms`);
});

test("while clients are sent away, new ones are refused with 503", async () => {
  const server = await start({ drainSpan: 3000 });
  const client = await connectClient(server, { transports: ["websocket"], reconnection: false });
  const gone = nextEvent(client, "disconnect");
  server.signal("SIGTERM");
  const refused = await eventually("refused", async () => {
    const answer = await get(server, "/socket.io/?EIO=4&transport=polling");
    return answer.status === 503 && answer;
  });
  assert.equal(refused.text, "The server is going down");
  await gone;
  assert.equal((await within(5000, "end", server.exited)).code, 0);
});

test("a second SIGTERM, and SIGINT, end it at once", async () => {
  for (const signals of [["SIGTERM", "SIGTERM"], ["SIGINT"]]) {
    const server = await start({ drainDelay: 60_000 });
    await connectClient(server, { transports: ["websocket"], reconnection: false });
    for (const signal of signals) {
      server.signal(signal);
      if (signals.length > 1) {
        await eventually("it has heard", () => server.output().includes("draining"));
      }
    }
    assert.deepEqual(await within(3000, "end", server.exited), { code: 0, signal: null });
  }
});

test("SIGHUP changes what can change, and says what could not", async () => {
  const path = join(temporaryFolder(), "chat.toml");
  writeFileSync(path, '[websocket]\nmaxConnections = 1\n[websocket.logger]\nlevel = "info"\n');
  const server = await start({ config: path });
  const first = await connectClient(server, { transports: ["websocket"] });
  const second = openClient(server, { reconnection: false, transports: ["websocket"] });
  await refusal(second);

  writeFileSync(path, '[websocket]\nmaxConnections = 2\npath = "/other"\n[websocket.logger]\nlevel = "debug"\n');
  server.signal("SIGHUP");
  await eventually("read again", () => server.output().includes("settings read again"));
  assert.match(server.output(), /changed="websocket.maxConnections websocket.logger.level"/);
  await eventually("told", () => server.output().includes("these settings need a restart"));
  assert.match(server.output(), /settings=websocket.path/);
  await connectClient(server, { transports: ["websocket"] });
  await eventually("debug lines", () => server.output().includes("socket connected"));

  writeFileSync(path, "[websocket]\nmaxConnections = many\n");
  server.signal("SIGHUP");
  await eventually("refused", () => server.output().includes("settings stay as they are"));
  assert.ok(first.connected);
  await server.stop();
});

function makeCertificate(folder, name) {
  const { status } = spawnSync("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", `/CN=${name}`],
    ...["-keyout", join(folder, "key.pem"), "-out", join(folder, "certificate.pem")],
  ]);
  assert.equal(status, 0);
}

async function certificateName(port) {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  await within(5000, "handshake", once(socket, "secureConnect"));
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return CN;
}

test("SIGHUP reads certificates again, and keeps the old ones where the new cannot be used", async () => {
  const folder = temporaryFolder();
  makeCertificate(folder, "first");
  const server = await start({
    websocketSsl: true,
    tlsCertificateFile: join(folder, "certificate.pem"),
    tlsKeyFile: join(folder, "key.pem"),
  });
  assert.equal(await certificateName(server.port), "first");
  makeCertificate(folder, "second");
  server.signal("SIGHUP");
  await eventually("the second one", async () => (await certificateName(server.port)) === "second");
  writeFileSync(join(folder, "certificate.pem"), "rubbish");
  server.signal("SIGHUP");
  await eventually("refused", () => server.output().includes("settings stay as they are"));
  assert.equal(await certificateName(server.port), "second");
  await server.stop();
});

test("so many connections of one address come in, those that a proxy tells of counted apart", async () => {
  const server = await start({ limitsConnectionsPerAddress: 2, serverTrustedProxies: 1 });
  const from = (address) => ({
    transports: ["websocket"],
    reconnection: false,
    extraHeaders: { "x-forwarded-for": address },
  });
  await connectClient(server, from("192.0.2.1"));
  const second = await connectClient(server, from("192.0.2.1"));
  await refusal(openClient(server, from("192.0.2.1")));
  await connectClient(server, from("192.0.2.2"));
  second.close();
  await eventually("there is room again", async () => {
    const client = openClient(server, from("192.0.2.1"));
    return await refusal(client, 500).then(() => false, () => client.connected);
  });
  await server.stop();
});

test("so many new connections of one address in a time", async () => {
  const server = await start({ limitsConnectionPoints: 3, limitsConnectionDuration: 60_000 });
  const statuses = [];
  for (let i = 0; i < 4; i++) {
    statuses.push(await get(server, "/socket.io/?EIO=4&transport=polling"));
  }
  assert.deepEqual(statuses.map(({ status }) => status), [200, 200, 200, 403]);
  assert.deepEqual(JSON.parse(statuses[3].text), { code: 4, message: "Rate limit exceeded" });
  await server.stop();
});

test("a disabled service answers 503 and still shows its pages", async () => {
  const server = await start({ websocketEnabled: false });
  assert.equal((await get(server, "/socket.io/?EIO=4&transport=polling")).status, 503);
  assert.equal((await get(server, "/healthz")).status, 200);
  assert.equal((await get(server, "/")).status, 200);
  await server.stop();
});

test("without keep-alive each connection carries one request, and WebSocket works", async () => {
  const server = await start({ websocketKeepAlive: false });
  const response = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`);
  assert.equal(response.headers.get("connection"), "close");
  await response.text();
  await connectClient(server, { transports: ["websocket"] });
  await server.stop();
});

// Holds the database's only lock for writing, as long as its standard input is open.
const LOCK = `
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()`;

test("a database that cannot be written makes the node not ready", async () => {
  const folder = temporaryFolder();
  const server = await startChat({ dataDirectory: folder });
  assert.equal((await get(server, "/readyz")).status, 200);
  const locker = spawn("python3", ["-c", LOCK, join(folder, "chat.db")]);
  await within(5000, "lock", once(locker.stdout, "data"));
  const answer = await eventually(
    "not ready",
    async () => {
      const { status, text } = await get(server, "/readyz");
      return status === 503 && text;
    },
    { deadline: 20_000 },
  );
  assert.match(answer, /^not ready: the database cannot be written: /);
  locker.stdin.end();
  await once(locker, "close");
  await eventually("ready", async () => (await get(server, "/readyz")).status === 200);
  await server.stop();
});
