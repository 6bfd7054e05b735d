// Peers that take their time: heads, bodies, handshakes and packets that do not end.
import { after, before, describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { within } from "../support/eventually.js";
import { request, RawSocket } from "../support/raw.js";
import { startServer } from "../support/server.js";
import { oursOnly } from "../support/target.js";
import { Attacker } from "./attacker.js";
import { LOW, patience, slowCases } from "./cases/slow.js";
import { immunityTests } from "./immune.js";

immunityTests("slowness", slowCases);

const HELLO = Buffer.from("160301020001", "hex"); // a record of 512 bytes, in which a ClientHello begins
const HANDSHAKES = {
  "nothing": [""],
  "half a ClientHello": [HELLO],
  "a ClientHello byte by byte": [HELLO, "\0"],
};

describe("TLS handshakes that do not end", oursOnly("it has no TLS"), () => {
  const folder = mkdtempSync(join(tmpdir(), "tls-"));
  const [tlsCert, tlsKey] = ["certificate.pem", "key.pem"].map((name) => join(folder, name));
  let server;
  before(async () => {
    const made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"];
    assert.equal(spawnSync("openssl", [...made, "-keyout", tlsKey, "-out", tlsCert]).status, 0);
    server = await startServer({ tlsCert, tlsKey, limit: LOW });
  });
  after(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  test("they are given up, and others are served", async () => {
    const given = patience(new Attacker(server), HANDSHAKES);
    const socket = connect({ port: server.port, host: "127.0.0.1", rejectUnauthorized: false });
    await within(5000, "handshake", once(socket, "secureConnect"));
    socket.write("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
    assert.match(String(await within(5000, "answer", once(socket, "data"))), /^HTTP\/1.1 200/);
    socket.destroy();
    assert.equal(await given, "closed (all 3)");
  });
});

const PROXY_HEADERS = {
  "nothing": [""],
  "half a PROXY header": ["PROXY TCP4 192.0.2.1"],
  "a PROXY header byte by byte": ["PROXY TCP4 192.0.2.1 ", "1"],
  "half a PROXY header of version 2": [Buffer.from("0d0a0d0a000d0a515549540a2111", "hex")],
};

describe("PROXY headers that do not end", oursOnly("it does not read them"), () => {
  let server;
  before(async () => {
    server = await startServer({ proxyProtocol: true, trustedProxies: "127.0.0.1", limit: LOW });
  });
  after(() => server?.stop());

  test("they are given up, and others are served", async () => {
    const given = patience(new Attacker(server), PROXY_HEADERS);
    const connection = await RawSocket.connect(server.port);
    connection.send("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n");
    assert.equal((await request(server.port, { path: "/health", connection })).text, "ok");
    connection.destroy();
    assert.equal(await given, "closed (all 4)");
  });
});
