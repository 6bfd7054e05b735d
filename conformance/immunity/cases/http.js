// HTTP: requests that two servers could frame differently, floods, storms, exhaustion.
import { strict as assert } from "node:assert";
import { PATH, fate, statuses, summary } from "../attacker.js";
import { MIB } from "../vitals.js";

const get = (head) => `GET / HTTP/1.1\r\nHost: a\r\n${head}\r\n`;
const post = (head, body) => `POST / HTTP/1.1\r\nHost: a\r\n${head}\r\n${body}`;
const chunked = (body) => post("Transfer-Encoding: chunked\r\n", body);
const HIDDEN = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n";

const AMBIGUOUS = {
  "Content-Length with Transfer-Encoding":
    post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", `0\r\n\r\n${HIDDEN}`),
  "two lengths": post("Content-Length: 4\r\nContent-Length: 40\r\n", HIDDEN),
  "a list of lengths": post("Content-Length: 4, 40\r\n", HIDDEN),
  "a length with a sign": post("Content-Length: +4\r\n", HIDDEN),
  "a negative length": post("Content-Length: -4\r\n", HIDDEN),
  "a hexadecimal length": post("Content-Length: 0x4\r\n", HIDDEN),
  "a length beyond 64 bits": post("Content-Length: 18446744073709551620\r\n", HIDDEN),
  "an empty length": post("Content-Length: \r\n", HIDDEN),
  "a length with a space": post("Content-Length: 4 0\r\n", HIDDEN),
  "a folded field": post("Content-Length: 4\r\n 0\r\n", HIDDEN),
  "a folded Transfer-Encoding": post("Transfer-Encoding:\r\n chunked\r\n", `0\r\n\r\n${HIDDEN}`),
  "a space before the colon": post("Content-Length : 4\r\n", HIDDEN),
  "a tab before the colon": post("Transfer-Encoding\t: chunked\r\n", HIDDEN),
  "an unknown coding": post("Transfer-Encoding: xchunked\r\n", `0\r\n\r\n${HIDDEN}`),
  "chunked not last": post("Transfer-Encoding: chunked, identity\r\n", `0\r\n\r\n${HIDDEN}`),
  "chunked twice": post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", `0\r\n\r\n${HIDDEN}`),
  "a vertical tab in the coding": post("Transfer-Encoding: \x0bchunked\r\n", `0\r\n\r\n${HIDDEN}`),
  "Transfer-Encoding in HTTP/1.0": `POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${HIDDEN}`,
  "a chunk size with a sign": chunked(`+1\r\nx\r\n0\r\n\r\n`),
  "a chunk size with 0x": chunked(`0x1\r\nx\r\n0\r\n\r\n`),
  "a chunk size beyond 64 bits": chunked(`10000000000000001\r\nx\r\n0\r\n\r\n`),
  "an empty chunk size": chunked(`\r\nx\r\n0\r\n\r\n`),
  "a chunk size with a space in front": chunked(` 1\r\nx\r\n0\r\n\r\n`),
  "a chunk that is longer than it says": chunked(`1\r\nxy\r\n0\r\n\r\n`),
  "a chunk ended by a bare line feed": chunked(`1\nx\n0\n\n`),
  "a NUL in a value": get("x: a\0b\r\n"),
  "a bare carriage return in a value": get("x: a\rb\r\n"),
  "a bare line feed after a field": get("x: a\nContent-Length: 4\r\n"),
  "a field without a colon": get("x\r\n"),
  "a field without a name": get(": x\r\n"),
  "a name with a bracket": get("x(: y\r\n"),
  "two Hosts": get("Host: b\r\n"),
  "no Host": "GET / HTTP/1.1\r\n\r\n",
  "a control character in the target": "GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n",
  "a space in the target": "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
  "HTTP/0.9": "GET /\r\n",
  "HTTP/1.2": "GET / HTTP/1.2\r\nHost: a\r\n\r\n",
  "HTTP/3.0": "GET / HTTP/3.0\r\nHost: a\r\n\r\n",
  "the preface of HTTP/2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  "a method in lower case": "get / HTTP/1.1\r\nHost: a\r\n\r\n",
  "an unknown method": "BREW / HTTP/1.1\r\nHost: a\r\n\r\n",
  "a TLS hello": Buffer.from("16030100a5010000a10303", "hex"),
};

// What is behind an ambiguous request must not be taken for another request.
async function ambiguous(attacker) {
  const outcomes = [];
  for (const [title, bytes] of Object.entries(AMBIGUOUS)) {
    outcomes.push([title, await statuses(attacker, bytes).catch(() => "waits")]);
  }
  return summary(outcomes);
}

async function longLines(attacker) {
  return summary([
    ["a target of 20 000 bytes", await statuses(attacker, `GET /${"a".repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`)],
    ["a method of 20 000 bytes", await statuses(attacker, `${"A".repeat(20_000)} / HTTP/1.1\r\nHost: a\r\n\r\n`)],
    ["a field of a megabyte", await statuses(attacker, get(`x: ${"a".repeat(1_000_000)}\r\n`))],
    ["a field name of 20 000 bytes", await statuses(attacker, get(`${"a".repeat(20_000)}: x\r\n`))],
    ["10 000 fields", await statuses(attacker, get("a: b\r\n".repeat(10_000)))],
  ]);
}

const PIPELINED = 20_000;

async function pipelined(attacker) {
  const socket = await attacker.tcp();
  const one = Buffer.from("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
  socket.send(Buffer.alloc(one.length * PIPELINED, one));
  let answered = 0;
  while (answered < PIPELINED) {
    const { status, text } = await socket.readResponse();
    assert.deepEqual([status, text], [200, "ok"]);
    ++answered;
  }
  return `${answered} answers`;
}

// Requests whose answers nobody reads: the server must stop reading.
async function pipelinedUnread(attacker) {
  const socket = await attacker.tcp();
  socket.pause();
  const body = "x".repeat(100_000);
  const one = Buffer.from(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  for (let i = 0; i < 1000; ++i) {
    socket.send(one);
    await new Promise(setImmediate);
  }
  const other = await attacker.joined();
  return `others: ${await fate(other.ws)}`;
}

const STORM = 500;

async function storm(attacker) {
  for (let i = 0; i < STORM; ++i) {
    const socket = await attacker.tcp();
    if (i % 3 === 1) {
      socket.send(`GET ${PATH}?EIO=4&transport=polling HTTP/1.1\r\n`);
    }
    i % 2 === 0 ? socket.reset() : socket.destroy();
  }
  const sessions = await Promise.all(Array.from({ length: STORM }, () => attacker.joined()));
  sessions.forEach(({ ws }, i) => (i % 2 === 0 ? ws.socket.reset() : ws.destroy()));
  return `${STORM} connections and ${STORM} sessions have come and gone`;
}

export const httpCases = [
  {
    row: "smuggling",
    threat: "requests that two servers could frame differently",
    sent: `${Object.keys(AMBIGUOUS).length} requests, with another one behind each`,
    attack: ambiguous,
    ours: `400 (all ${Object.keys(AMBIGUOUS).length})`,
  },
  {
    row: "giant heads",
    threat: "lines and heads above the limits",
    sent: "targets, methods, names, values, fields",
    attack: longLines,
    ours:
      "a target of 20 000 bytes, a method of 20 000 bytes: 414; " +
      "a field of a megabyte, a field name of 20 000 bytes, 10 000 fields: 431",
  },
  {
    row: "pipelined flood",
    threat: "many requests in one segment",
    sent: `${PIPELINED} requests at once`,
    attack: pipelined,
    ours: `${PIPELINED} answers`,
  },
  {
    row: "pipelined flood, unread",
    threat: "requests whose answers are not read",
    sent: "1000 requests with 100 kB that are to come back, nothing read",
    attack: pipelinedUnread,
    most: 16 * MIB, // 16 requests are held with their answers
    ours: "others: goes on",
  },
  {
    row: "storm",
    threat: "connections that come and go",
    sent: `${STORM} connections, ${STORM} joined sessions, ended with FIN and RST`,
    attack: storm,
    most: 32 * MIB,
    ours: `${STORM} connections and ${STORM} sessions have come and gone`,
  },
];
