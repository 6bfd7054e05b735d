// Who may connect, and how often: origins, tokens, limits of an address. The reference has
// none of these guards; what the row shows of it is what an application would have to add.
import { RawWebSocket, request } from "../../support/raw.js";
import { startServer } from "../../support/server.js";
import { PATH, WEBSOCKET, summary, upgradeStatus } from "../attacker.js";

const POLLING = `${PATH}?EIO=4&transport=polling`;
const GOOD = "https://good.example";
const ORIGINS = [GOOD, "https://evil.example", "https://good.example.evil.example", "http://good.example", "null"];

async function origins(attacker) {
  const outcomes = [];
  for (const origin of ORIGINS) {
    const headers = { Origin: origin };
    outcomes.push([origin, `${await pollingStatus(attacker, headers)} over polling, ${await upgradeStatus(attacker, WEBSOCKET, headers)} over WebSocket`]);
  }
  return `${summary(outcomes)}; a script, which has none: ${await pollingStatus(attacker, {}, "&j=0")}`;
}

// Of a handshake; the session does not stay.
async function pollingStatus(attacker, headers, query = "") {
  const { status, text } = await attacker.http({ path: POLLING + query, headers });
  if (status === 200) {
    const [, sid] = /"sid\\?":\\?"([\w-]+)/.exec(text); // escaped in JSONP
    const body = query === "" ? "1" : "d=1"; // a form in JSONP
    await attacker.http({ method: "POST", path: `${POLLING}${query}&sid=${sid}`, body });
  }
  return status;
}

const TOKENS = { none: "", wrong: "&token=wrong", "the right one": "&token=right" };

// On a server of its own: ordinary clients have no token.
async function tokens({ reference }) {
  const server = await startServer(reference ? {} : { token: "right" }, { reference, threads: 1 });
  const client = { webSocket: (path) => RawWebSocket.open(server.port, path) };
  try {
    const outcomes = [];
    for (const [title, query] of Object.entries(TOKENS)) {
      const { status } = await request(server.port, { path: POLLING + query });
      const upgrade = await upgradeStatus(client, WEBSOCKET + query);
      outcomes.push([title, `${status} over polling, ${upgrade} over WebSocket`]);
    }
    return summary(outcomes);
  } finally {
    await server.kill();
  }
}

// ["a", "b", "a"] is "2 a, 1 b".
function tally(words) {
  const counts = new Map();
  words.forEach((word) => counts.set(word, (counts.get(word) ?? 0) + 1));
  return [...counts].map(([word, count]) => `${count} ${word}`).join(", ");
}

const SESSIONS = 40;

async function sessions(attacker) {
  const statuses = [];
  for (let i = 0; i < 2 * SESSIONS; ++i) {
    statuses.push(await upgradeStatus(attacker, WEBSOCKET));
  }
  return `${tally(statuses)}; over polling ${await pollingStatus(attacker)}`;
}

const CONNECTIONS = 50;

async function connections(attacker) {
  const outcomes = [];
  for (let i = 0; i < 2 * CONNECTIONS; ++i) {
    outcomes.push(await served(attacker));
  }
  return `${tally(outcomes)}; from another address: ${await served(attacker, "127.0.0.2")}`;
}

async function served(attacker, from) {
  const socket = await attacker.tcp({ from });
  socket.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
  return socket.readResponse().then(() => "served", () => "cut");
}

export const accessCases = [
  {
    row: "origins",
    threat: "pages of others open sessions in the name of whoever looks at them",
    sent: `handshakes with ${ORIGINS.length} origins, of which \`allowed_origins\` has one, and one by JSONP`,
    guards: { allowedOrigins: GOOD },
    attack: origins,
    ours: `${GOOD}: 200 over polling, 101 over WebSocket; the other ${ORIGINS.length - 1}: 403 over polling, 403 over WebSocket; a script, which has none: 403`,
  },
  {
    row: "tokens",
    threat: "clients without a token, or with a wrong one",
    sent: "handshakes to a server with `require_token()`",
    attack: tokens,
    ours: "the right one: 200 over polling, 101 over WebSocket; none, wrong: 403 over polling, 400 over WebSocket",
  },
  {
    row: "sessions of an address",
    threat: "one client opens sessions without end",
    sent: `${2 * SESSIONS} handshakes with \`sessions_per_address\` = ${SESSIONS}`,
    guards: { limit: [`sessions_per_address=${SESSIONS}`] },
    attack: sessions,
    ours: `${SESSIONS} 101, ${SESSIONS} 429; over polling 429`,
  },
  {
    row: "connections of an address",
    threat: "one client opens connections without end",
    sent: `${2 * CONNECTIONS} connections, with \`connections_per_address\` = ${CONNECTIONS}`,
    guards: { limit: [`connections_per_address=${CONNECTIONS}`] },
    attack: connections,
    ours: `${CONNECTIONS} served, ${CONNECTIONS} cut; from another address: served`,
  },
];
