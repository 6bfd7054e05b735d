// Slowness: heads, bodies and handshakes that take for ever, a byte at a time or with silence.
import { formatRequest } from "../../support/raw.js";
import { UPGRADE_HEADERS } from "../../support/block.js";
import { WEBSOCKET, end, pollingFate, summary } from "../attacker.js";

const DEADLINE_MS = 600;
const TOO_LATE_MS = DEADLINE_MS + 1400;
const DRIP_EVERY_MS = 50;

export const LOW = [
  `http_head_timeout=${DEADLINE_MS}`,
  `http_body_timeout=${DEADLINE_MS}`,
  `keep_alive_timeout=${DEADLINE_MS}`,
];

const FIELD = "x: y\r\n";
const post = (path, headers = "Content-Length: 1000\r\n") =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`;
const WHOLE = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";
const UPGRADE = formatRequest({ path: WEBSOCKET, headers: UPGRADE_HEADERS }).toString("latin1");

// Each is what is sent at once, and what is repeated from then on.
const HEADS = {
  "half a head": ["GET / HTTP/1.1\r\nHost:"],
  "a head byte by byte": ["GET /", "a"],
  "a head field by field": ["GET / HTTP/1.1\r\nHost: a\r\n", FIELD],
  "an empty line before the request, again and again": ["\r\n", "\r\n"],
  "half a second head behind a whole one": [`${WHOLE}GET /`, "a"],
  "half a WebSocket handshake": [UPGRADE.slice(0, -4)],
  "a WebSocket handshake field by field": [UPGRADE.slice(0, -2), FIELD],
};

const CHUNKED = post("/", "Transfer-Encoding: chunked\r\n");
const BODIES = {
  "half a body": [post("/")],
  "a body byte by byte": [post("/"), "4"],
  "chunks of a byte": [CHUNKED, "1\r\n4\r\n"],
  "a chunk size that does not end": [CHUNKED, "0"],
  "a chunk extension that does not end": [`${CHUNKED}1;`, "x"],
  "trailers that do not end": [`${CHUNKED}0\r\n`, FIELD],
};

// What becomes of a connection on which this is sent: the statuses of all answers, and whether it took
// as long as it may.
async function patienceWith(attacker, [begin, drop = ""]) {
  const socket = await attacker.tcp();
  const began = performance.now();
  socket.send(begin);
  const drip = setInterval(() => drop && socket.send(drop), DRIP_EVERY_MS);
  let bytes;
  try {
    bytes = await socket.readToEnd(TOO_LATE_MS);
  } catch {
    bytes = undefined;
  } finally {
    clearInterval(drip);
  }
  const waited = performance.now() - began;
  socket.destroy();
  if (bytes === undefined) {
    return `still waiting after ${TOO_LATE_MS} ms`;
  }
  const statuses = [...bytes.toString("latin1").matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status);
  const early = waited < DEADLINE_MS - DRIP_EVERY_MS ? ", early" : "";
  return `${statuses.join(" ") || "closed"}${early}`;
}

// All at the same time.
export async function patience(attacker, variants) {
  const outcomes = Object.entries(variants).map(async ([title, sent]) => [title, await patienceWith(attacker, sent)]);
  return summary(await Promise.all(outcomes));
}

const idle = (attacker) =>
  patience(attacker, { "nothing at all": [""], "nothing behind a whole request": [WHOLE] });

// The POST of a polling session, which has begun with the first of its packets.
async function slowPosts(attacker) {
  const outcomes = [];
  for (const [title, drop] of [["half a packet", ""], ["a packet byte by byte", "4"]]) {
    const session = await attacker.polling();
    await session.join();
    const outcome = await patienceWith(attacker, [`${post(session.target)}42["seq"`, drop]);
    outcomes.push([title, `${outcome}, the session ${await pollingFate(session)}`]);
  }
  return summary(outcomes);
}

// Opens WebSocket sessions and stops in the middle of something.
const UNFINISHED = {
  "no CONNECT": () => {},
  "half a frame": (ws) => ws.socket.send(Buffer.from([0x81, 0x85, 1, 2, 3])),
  "a fragment": (ws) => ws.sendFrame({ opcode: 1, fin: false, payload: "4" }),
};

async function silentWebSockets(attacker) {
  const outcomes = Object.entries(UNFINISHED).map(async ([title, stop]) => {
    const session = await attacker.session();
    stop(session.ws);
    return [title, await end(session.ws)];
  });
  return summary(await Promise.all(outcomes));
}

const MOSTLY = `deadlines of this server set to ${DEADLINE_MS} ms; those of Node are 60 s and 300 s`;
const all = (variants) => Object.keys(variants).length;

export const slowCases = [
  {
    row: "slow heads",
    threat: "heads that do not end",
    sent: `${all(HEADS)} kinds of heads, in silence or a byte or field every ${DRIP_EVERY_MS} ms; ${MOSTLY}`,
    guards: { limit: LOW },
    attack: (attacker) => patience(attacker, HEADS),
    ours:
      "an empty line before the request, again and again: closed; " +
      "half a second head behind a whole one: 200 408; the other 5: 408",
  },
  {
    row: "slow bodies",
    threat: "bodies that do not end",
    sent: `${all(BODIES)} kinds of bodies, likewise`,
    guards: { limit: LOW },
    attack: (attacker) => patience(attacker, BODIES),
    ours: `408 (all ${all(BODIES)})`,
  },
  {
    row: "idle connections",
    threat: "connections on which nothing comes",
    sent: "nothing, at the start or after a request; likewise",
    guards: { limit: LOW },
    attack: idle,
    ours: "nothing at all: closed; nothing behind a whole request: 200",
  },
  {
    row: "slow POST",
    threat: "packets of a polling session that do not end",
    sent: "half a packet, a packet byte by byte; likewise",
    guards: { limit: LOW },
    attack: slowPosts,
    ours: "408, the session close (all 2)",
  },
  {
    row: "silent WebSockets",
    threat: "sessions that stop in the middle of something",
    sent: "no CONNECT, half a frame, half a message; heartbeat and connect timeout of 300 ms",
    flags: { pingInterval: 300, pingTimeout: 300, connectTimeout: 300 },
    attack: silentWebSockets,
    ours: "close (all 3)",
  },
];
