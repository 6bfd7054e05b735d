// Blocks of raw tests that share one server, and the assertions most of them need.
import { after, before, describe } from "node:test";
import { strict as assert } from "node:assert";
import { eventually } from "./eventually.js";
import { startServer } from "./server.js";
import { Opcode, RawSocket, RawWebSocket, UpgradeRefused, formatRequest } from "./raw.js";

// A describe() whose tests run at the same time (unless told otherwise) against one server; `body` gets
// a handle whose `port` is valid inside of tests. Stopping the server fails the block when a test has
// brought it down.
export function describeServer(title, flags, body, { concurrency = true } = {}) {
  describe(title, { concurrency }, () => {
    const handle = {};
    before(async () => {
      handle.server = await startServer(flags);
      handle.port = handle.server.port;
    });
    after(() => handle.server?.stop());
    body(handle);
  });
}

export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const MESSAGES = {
  0: "Transport unknown",
  1: "Session ID unknown",
  2: "Bad handshake method",
  3: "Bad request",
  5: "Unsupported protocol version",
};

// The answer is the JSON error with this code, byte for byte.
export function assertError(response, code) {
  assert.equal(response.text, `{"code":${code},"message":"${MESSAGES[code]}"}`);
  assert.equal(response.status, 400);
  assert.equal(response.header("content-type"), "application/json");
  assert.equal(response.header("cache-control"), undefined);
}

// The polling session does not exist any more.
export async function assertGone(session) {
  assertError(await session.get(), 1);
}

// The polling session ends by itself. What asks for it, a refused request, leaves a session as it is.
export async function assertEnds(session) {
  await eventually("the session is gone", async () => (await session.get({ method: "PUT" })).status === 400);
  await assertGone(session);
}

// The polling session exists: a noop is accepted.
export async function assertAlive(session) {
  const response = await session.post(session.encode ? session.encode(["6"]) : "6");
  assert.deepEqual([response.status, response.text], [200, "ok"]);
}

// The response to an upgrade request that must be refused with 400 and a text body.
export async function refusedUpgrade(port, path, headers) {
  try {
    (await RawWebSocket.open(port, path, headers)).destroy();
  } catch (error) {
    if (error instanceof UpgradeRefused) {
      return error.response;
    }
    throw error;
  }
  return assert.fail("the upgrade was accepted");
}

// An upgrade is refused with this message in the form the reference gives to it.
export async function assertUpgradeError(port, path, code, headers) {
  const response = await refusedUpgrade(port, path, headers);
  assert.equal(response.text, MESSAGES[code] ?? code);
  assert.equal(response.status, 400);
  assert.equal(response.header("connection")?.toLowerCase(), "close");
  assert.equal(response.header("content-type"), "text/html");
}

export const UPGRADE_HEADERS = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

// All bytes that come back for an upgrade request, up to the end of the connection.
export async function upgradeToEnd(port, path, headers = UPGRADE_HEADERS) {
  const socket = await RawSocket.connect(port);
  socket.send(formatRequest({ path, headers }));
  const answer = (await socket.readToEnd()).toString("latin1");
  socket.destroy();
  return answer;
}

// The upgrade fails before or, as in the reference for some errors, right after the 101: whatever the
// status line says, no open packet comes and `message` is told.
export async function assertUpgradeFails(port, path, message) {
  const answer = await upgradeToEnd(port, path);
  assert.match(answer, /^HTTP\/1\.1 (400|101) /);
  assert.ok(answer.endsWith(`\r\n\r\n${message}`), answer);
  assert.ok(!answer.includes('"sid"'), answer);
}

// A close frame without a status code, as the server sends it when the connection is closed by rule.
export async function assertClosedQuietly(ws, deadline) {
  assert.deepEqual(await ws.waitClose(deadline), { code: 1005, hasCode: false, reason: "" });
}

// Resolves when the server has read everything that was sent before.
export async function wsRoundTrip(ws) {
  ws.sendFrame({ opcode: Opcode.ping, payload: "round trip" });
  const pong = await ws.next();
  assert.deepEqual([pong.opcode, pong.text], [Opcode.pong, "round trip"]);
}
