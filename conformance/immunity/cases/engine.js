// Engine.IO: ids, CORS, bodies, upgrades, queries, cookies.
import { strict as assert } from "node:assert";
import { startServer } from "../../support/server.js";
import { Opcode, formatFrame, formatRequest, request } from "../../support/raw.js";
import { eventually, within } from "../../support/eventually.js";
import { UPGRADE_HEADERS } from "../../support/block.js";
import { PATH, WEBSOCKET, code, summary, upgradeStatus } from "../attacker.js";

const SESSIONS = 256;
const ID_BITS = 120;
const POLLING = `${PATH}?EIO=4&transport=polling`;

// How many bits of the ids look random: flipped from one id to the next about every second time. For
// 255 coins the bounds are eight standard deviations away.
function randomBits(ids) {
  const bytes = ids.map((id) => Buffer.from(id, "base64url"));
  const bit = (id, i) => (id[i >> 3] >> (i & 7)) & 1;
  const flips = (i) => bytes.slice(1).filter((id, n) => bit(id, i) !== bit(bytes[n], i)).length;
  return Array.from({ length: ID_BITS }, (_, i) => flips(i)).filter((n) => n > 64 && n < 192).length;
}

// A guess is an id that was given out, with other last bits.
const neighbour = (id) => id.slice(0, -1) + (id.endsWith("A") ? "E" : "A");

async function guessIds(attacker) {
  const sessions = [];
  while (sessions.length < SESSIONS) {
    sessions.push(await attacker.session());
  }
  const ids = sessions.map(({ sid }) => sid);
  const connection = await attacker.tcp();
  const answers = new Set();
  for (const guess of ids.map(neighbour).filter((id) => !ids.includes(id))) {
    answers.add((await attacker.http({ connection, path: `${POLLING}&sid=${guess}` })).status);
  }
  const { sid } = await sessions[0].join();
  assert.ok(!ids.includes(sid), "the public id is an engine's");
  assert.deepEqual(ids.filter((id) => attacker.server.output().includes(id)), [], "ids in the log");
  return `${randomBits(ids)} of ${ID_BITS} bits are random; guesses: ${[...answers]}`;
}

async function crossOrigin(attacker) {
  const headers = { Origin: "https://evil.example" };
  const preflight = { ...headers, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x" };
  const session = await attacker.polling({ headers });
  const ws = await attacker.webSocket(WEBSOCKET, headers);
  const answers = [
    session.response,
    await session.post("40", { headers }),
    await session.get({ headers }),
    await attacker.http({ path: `${PATH}?EIO=4&transport=nothing`, headers }),
    await attacker.http({ path: POLLING, method: "OPTIONS", headers: preflight }),
    ws.response,
  ];
  const allowed = answers.filter((answer) => answer.headers.some(([name]) => /^access-control/i.test(name)));
  return `${allowed.length} of ${answers.length} answers carry a CORS header`;
}

// Sends pieces until the server ends the connection or answers.
async function pour(socket, piece, total) {
  for (let sent = 0; sent < total && !socket.closed && socket.buffered.length === 0; sent += piece.length) {
    socket.send(piece);
    await new Promise(setImmediate);
  }
}

const HUGE = 100_000_000;

// Each is the head's framing, and the piece that is sent until the server has had enough.
const BODIES = {
  "100 MB declared": [{ "Content-Length": HUGE }, Buffer.alloc(65536, "4")],
  "100 MB in chunks": [{ "Transfer-Encoding": "chunked" }, Buffer.from(`10000\r\n${"4".repeat(65536)}\r\n`)],
  "chunks of a byte": [{ "Transfer-Encoding": "chunked" }, Buffer.alloc(6 * 10_000, "1\r\n4\r\n")],
};

async function hugePosts(attacker) {
  const outcomes = [];
  for (const [title, [headers, piece]] of Object.entries(BODIES)) {
    const { target } = await attacker.polling();
    const socket = await attacker.tcp();
    socket.send(formatRequest({ method: "POST", path: target, headers }));
    await pour(socket, piece, HUGE);
    outcomes.push([title, (await socket.readResponse()).status]);
  }
  return summary(outcomes);
}

// Frames in one segment with the upgrade request: they are there before anybody has been told of the
// connection.
const EARLY_FRAMES = [
  { opcode: Opcode.text, rsv: 7, payload: "4" },
  { opcode: Opcode.text, mask: false, payload: "4" },
  { opcode: 3, payload: "4" },
  { opcode: 15, payload: "4" },
  { opcode: Opcode.continuation, payload: "4" },
  { opcode: Opcode.binary, length: 2 ** 62 },
  { opcode: Opcode.ping, payload: Buffer.alloc(126) },
  { opcode: Opcode.close, payload: "x" },
  { opcode: Opcode.text, payload: Buffer.from([0xff]) },
];

async function framesWithTheRequest(attacker) {
  let ended = 0;
  for (const frame of EARLY_FRAMES.map(formatFrame)) {
    const { target } = await attacker.polling();
    for (const path of [WEBSOCKET, target.replace("polling", "websocket"), `${WEBSOCKET}&sid=unknown`]) {
      const socket = await attacker.tcp();
      socket.send(Buffer.concat([formatRequest({ path, headers: UPGRADE_HEADERS }), frame]));
      await socket.waitClose();
      ++ended;
    }
  }
  return `${ended} connections ended`;
}

const UPGRADE_REQUEST = formatRequest({ path: WEBSOCKET, headers: UPGRADE_HEADERS });
const text = (payload) => formatFrame({ opcode: Opcode.text, payload });

// Each sends up to a step and returns the sockets to reset there.
export const STEPS = [
  async (attacker) => [await attacker.tcp()],
  async (attacker) => {
    const socket = await attacker.tcp();
    socket.send(UPGRADE_REQUEST.subarray(0, 40));
    return [socket];
  },
  async (attacker) => {
    const socket = await attacker.tcp();
    socket.send(UPGRADE_REQUEST);
    return [socket];
  },
  async (attacker) => [(await attacker.webSocket()).socket],
  async (attacker) => [(await attacker.session()).ws.socket],
  async (attacker) => {
    const { ws } = await attacker.session();
    ws.socket.send(text("40").subarray(0, 7));
    return [ws.socket];
  },
  async (attacker) => {
    const { ws } = await attacker.session();
    ws.sendText("40");
    return [ws.socket];
  },
  async (attacker) => [(await attacker.joined()).ws.socket],
  async (attacker) => {
    const { ws } = await attacker.joined();
    ws.sendText('42["flood",100,1000]');
    return [ws.socket];
  },
  ...[[], ["2probe"], ["2probe", "5"], ["5"]].map((packets) => async (attacker) => {
    const session = await attacker.polling();
    const ws = await attacker.webSocket(session.target.replace("polling", "websocket"));
    packets.forEach((packet) => ws.sendText(packet));
    return [ws.socket];
  }),
  async (attacker) => {
    const session = await attacker.polling();
    const pending = await attacker.tcp();
    pending.send(formatRequest({ path: session.target }));
    return [pending];
  },
  async (attacker) => {
    const session = await attacker.polling();
    const post = await attacker.tcp();
    post.send(formatRequest({ path: session.target, method: "POST", headers: { "Content-Length": "10" } }));
    post.send("42[");
    return [post];
  },
  async (attacker) => {
    const socket = await attacker.tcp();
    socket.send(formatRequest({ path: "/elsewhere", headers: UPGRADE_HEADERS }));
    return [socket];
  },
];
const ROUNDS = 5;

async function resetsAtEveryStep(attacker) {
  for (let round = 0; round < ROUNDS; ++round) {
    for (const step of STEPS) {
      for (const socket of await step(attacker)) {
        socket.reset();
      }
    }
  }
  return `${STEPS.length} steps, ${ROUNDS} times each: nothing happens`;
}

const NAMES = ["", "nothing", "websocket,polling", "__proto__", "constructor", "toString", "hasOwnProperty", "POLLING"];

const QUERIES = [
  ...NAMES.map((name) => `EIO=4&transport=${name}`),
  ...["EIO=4", "", "EIO=4&transport[]=polling", "EIO=4&transport[__proto__]=polling", "EIO=4&__proto__=polling"],
  ...["__proto__", "constructor", "null", "%00", "a".repeat(4000)].map((sid) => `EIO=4&transport=polling&sid=${sid}`),
  ...["EIO=__proto__&transport=polling", "EIO=3&transport=polling", "EIO[]=4&transport=polling"],
  "EIO=4&transport=polling&sid=",
];

const shown = (query) => (query.length > 100 ? "a sid of 4000 characters" : code(query));

async function queries(attacker) {
  const outcomes = [];
  for (const query of QUERIES) {
    const { status, text: body } = await attacker.http({ path: `${PATH}?${query}` });
    outcomes.push([shown(query), status]);
    if (status === 200) {
      const { sid } = JSON.parse(body.slice(body.indexOf("{")));
      await attacker.http({ method: "POST", path: `${POLLING}&sid=${sid}`, body: "1" });
    }
    const socket = await attacker.tcp();
    socket.send(formatRequest({ path: `${PATH}?${query}`, headers: UPGRADE_HEADERS }));
    await socket.readHead();
    socket.destroy();
  }
  return summary(outcomes);
}

async function headerCounts(attacker) {
  const outcomes = [];
  const fields = (count) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`x-${i}`, "1"]));
  const own = Object.keys(UPGRADE_HEADERS).length + 1; // and Host
  for (const count of [100, 101, 1000]) {
    const headers = { ...UPGRADE_HEADERS, ...fields(count - own) };
    outcomes.push([`${count} fields`, await upgradeStatus(attacker, WEBSOCKET, headers)]);
  }
  const frame = formatRequest({ path: WEBSOCKET, headers: { ...UPGRADE_HEADERS, x: "" } }).length - "127.0.0.1".length;
  for (const size of [16_384, 16_385, 100_000]) {
    const host = `127.0.0.1:${attacker.port}`;
    const padding = "x".repeat(size - frame - host.length);
    outcomes.push([`${size} bytes`, await upgradeStatus(attacker, WEBSOCKET, { ...UPGRADE_HEADERS, x: padding })]);
  }
  return summary(outcomes);
}

async function cookieNames({ reference }) {
  const outcomes = [];
  for (const cookie of ["a b", "a;b", "a=b", "a\r\nset-cookie: x", "__Host-x; Domain=evil", "\u00e9"]) {
    outcomes.push([JSON.stringify(cookie), await startWithCookie(cookie, reference)]);
  }
  return summary(outcomes);
}

async function startWithCookie(cookie, reference) {
  let server;
  try {
    server = await startServer({ cookie }, { reference });
  } catch {
    return "refused at the start";
  }
  try {
    const { status, headers } = await request(server.port, { path: POLLING });
    const names = headers.filter(([name]) => name.toLowerCase() === "set-cookie").map(([, value]) => value);
    return `${status} with ${JSON.stringify(names)}`;
  } catch {
    await within(1000, "end of the server", server.exited);
    return "the first handshake ends the server";
  } finally {
    await server.kill().catch(() => {});
  }
}

// An upgrade is begun, and neither transport is ever heard of again.
async function unclaimedSessions(attacker) {
  for (let i = 0; i < 50; ++i) {
    const { target } = await attacker.polling();
    const ws = await attacker.webSocket(target.replace("polling", "websocket"));
    ws.sendText("2probe");
    await ws.nextText();
    ws.destroy();
  }
  await eventually("only the asking client is left", () => onlyTheAsker(attacker));
  return "all sessions end with the ping timeout";
}

async function onlyTheAsker(attacker) {
  const session = await attacker.joined();
  await session.send('421["serverStats"]');
  const [{ clients }] = JSON.parse((await session.next()).slice(3));
  session.ws.destroy();
  return clients === 1;
}

export const engineCases = [
  {
    row: "CVE-2017-16031",
    threat: "session ids are guessed",
    sent: `${SESSIONS} handshakes, then each id with other last bits`,
    attack: guessIds,
    ours: "120 of 120 bits are random; guesses: 400",
  },
  {
    row: "CVE-2020-28481",
    threat: "any web page may use the server",
    sent: "handshakes, POST, poll, error and preflight with a foreign Origin, CORS not configured",
    attack: crossOrigin,
    ours: "0 of 6 answers carry a CORS header",
  },
  {
    row: "CVE-2020-36048",
    threat: "huge polling bodies",
    sent: "a POST that declares 100 MB, one of 100 MB in chunks of 64 KiB, one in chunks of one byte",
    attack: hugePosts,
    ours: "413 (all 3)",
  },
  {
    row: "CVE-2022-21676",
    threat: "crafted frames in one segment with the upgrade request",
    sent: "9 broken frames behind the request: a new session, an upgrade, an unknown session",
    attack: framesWithTheRequest,
    ours: "27 connections ended",
  },
  {
    row: "CVE-2022-41940",
    threat: "RST in the middle of a handshake",
    sent: "RST after each step of connecting, joining, upgrading, polling, posting",
    flags: { pingInterval: 400, pingTimeout: 400 },
    attack: resetsAtEveryStep,
    ours: `${STEPS.length} steps, ${ROUNDS} times each: nothing happens`,
  },
  {
    row: "CVE-2023-31125",
    threat: "odd transport, EIO and sid parameters",
    sent: `${QUERIES.length} queries with missing, unknown, repeated and prototype names, plain and as upgrades`,
    attack: queries,
    ours: summary(QUERIES.map((query) => [shown(query), query.endsWith("sid=") ? 200 : 400])),
  },
  {
    row: "CVE-2024-37890",
    threat: "more header fields than the limit, in an upgrade request",
    sent: "100, 101 and 1000 fields; heads of 16 384, 16 385 and 100 000 bytes",
    attack: headerCounts,
    ours: "100 fields, 16384 bytes: 101; the other 4: 431",
  },
  {
    row: "GHSA-pxg6",
    threat: "odd cookie names inject headers",
    sent: "6 cookie names with spaces, separators, line ends, non-ASCII as the option `cookie`",
    attack: cookieNames,
    ours: "refused at the start (all 6)",
  },
  {
    row: "engineioxide #731",
    threat: "sessions that nobody claims after a started upgrade",
    sent: "50 times: a polling session, a WebSocket, `2probe`, end",
    flags: { pingInterval: 400, pingTimeout: 400 },
    attack: unclaimedSessions,
    ours: "all sessions end with the ping timeout",
  },
];
