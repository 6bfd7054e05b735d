// WebSocket: what goes out uninitialised, giant frames, extension and protocol names, fragments, pings.
import { strict as assert } from "node:assert";
import { Opcode, formatFrame } from "../../support/raw.js";
import { eventually } from "../../support/eventually.js";
import { Deflater } from "../../support/deflate.js";
import { MIB } from "../vitals.js";
import { WEBSOCKET, code, end, fate, summary, upgradeStatus } from "../attacker.js";

const FRAMES_PER_MESSAGE = 16_384;

async function echoedControls(attacker) {
  const { ws } = await attacker.session();
  for (let length = 0; length <= 125; ++length) {
    const payload = Buffer.alloc(length, length + 1);
    ws.sendFrame({ opcode: Opcode.ping, payload });
    const { opcode, data } = await ws.next();
    assert.deepEqual([opcode, data.toString("hex")], [Opcode.pong, payload.toString("hex")]);
  }
  const closes = [];
  for (const [code, reason] of [[undefined], [1000], [1000, "x".repeat(123)], [4999, "y"]]) {
    const other = (await attacker.session()).ws;
    other.sendClose(code, reason);
    const { data } = await other.nextFrame();
    closes.push(data.length);
  }
  return `pongs are the pings' bytes; close frames have ${closes} bytes`;
}

async function giantFrames(attacker) {
  const outcomes = [];
  for (const exponent of [20, 31, 32, 40, 53, 62]) {
    const { ws } = await attacker.session();
    ws.socket.send(formatFrame({ opcode: Opcode.binary, length: 2 ** exponent }));
    for (let i = 0; i < 64 && !ws.socket.closed && ws.socket.buffered.length === 0; ++i) {
      ws.socket.send(Buffer.alloc(65536));
      await new Promise(setImmediate);
    }
    outcomes.push([`2^${exponent}`, await end(ws)]);
  }
  return summary(outcomes);
}

const UNKNOWN_OFFERS = ["constructor", "__proto__", "toString; hasOwnProperty=1"];
const MALFORMED_OFFERS = [
  "permessage-deflate; __proto__", "permessage-deflate; constructor=1; toString",
  "permessage-deflate; client_max_window_bits=__proto__", "permessage-deflate; server_max_window_bits=99999999999999999999",
  ",,,", ";", "__proto__=x", 'x="', 'x="\\',
];
const OFFERS = [...UNKNOWN_OFFERS, ...MALFORMED_OFFERS];

async function extensionNames(attacker) {
  const outcomes = [];
  for (const offer of OFFERS) {
    const headers = { "Sec-WebSocket-Extensions": offer };
    outcomes.push([code(offer), await negotiated(attacker, headers)]);
  }
  return summary(outcomes);
}

async function negotiated(attacker, headers) {
  const status = await upgradeStatus(attacker, WEBSOCKET, headers);
  if (status !== "101") {
    return status;
  }
  const { response } = await attacker.webSocket(WEBSOCKET, headers);
  return response.header("sec-websocket-extensions") === undefined ? "101 without extensions" : "negotiated";
}

const SPACES = " ".repeat(15_000);

async function longSpaces(attacker) {
  const before = attacker.vitals.cpu();
  const outcomes = [];
  for (let i = 0; i < 50; ++i) {
    for (const value of [`a${SPACES}b`, `a,${SPACES}`, `a${SPACES.replaceAll(" ", ",")}b`, `${"\t ".repeat(7_500)}a`]) {
      outcomes.push(["", await upgradeStatus(attacker, WEBSOCKET, { "Sec-WebSocket-Protocol": value })]);
    }
  }
  const milliseconds = (attacker.vitals.cpu() - before) / outcomes.length;
  return `answered (all ${outcomes.length}), ${milliseconds < 5 ? "less than 5 ms each" : `${milliseconds} ms each`}`;
}

const first = formatFrame({ opcode: Opcode.text, payload: "4", fin: false });
const more = (payload, fin = false) => formatFrame({ opcode: Opcode.continuation, payload, fin });

async function fragments(attacker, payload) {
  const outcomes = [];
  for (const count of [FRAMES_PER_MESSAGE, FRAMES_PER_MESSAGE + 1, 200_000]) {
    const { ws } = await attacker.session();
    const one = more(payload);
    ws.socket.send(first);
    ws.socket.send(Buffer.alloc(one.length * (count - 2), one));
    ws.socket.send(more(payload, true));
    outcomes.push([`${count} frames`, outcome(await fate(ws))]);
  }
  return summary(outcomes);
}

// A message that means nothing to Engine.IO is let in by the WebSocket; its end comes from above.
const outcome = (word) => (word === "close" || word === "goes on" ? "accepted" : word);

async function crumbs(attacker) {
  const { ws } = await attacker.joined();
  const bytes = formatFrame({ opcode: Opcode.text, payload: `42["seq","${"x".repeat(5_000)}"]` });
  for (const byte of bytes) {
    ws.socket.send(Buffer.from([byte]));
    await new Promise(setImmediate);
  }
  return fate(ws);
}

async function compressedFragments(attacker) {
  const ws = await attacker.webSocket(WEBSOCKET, { "Sec-WebSocket-Extensions": "permessage-deflate" });
  await ws.nextFrame();
  const [head, ...rest] = await new Deflater().message("40");
  ws.sendFrame({ opcode: Opcode.text, rsv: 4, payload: [head], fin: false });
  const one = more("");
  ws.socket.send(Buffer.alloc(one.length * 50_000, one));
  ws.socket.send(more(Buffer.from(rest), true));
  return fate(ws);
}

const PINGS = 400_000;

// The pongs have nowhere to go: the client's window is full, then the server's send buffer.
async function pingFlood(attacker) {
  const { ws } = await attacker.session();
  ws.socket.pause();
  const one = formatFrame({ opcode: Opcode.ping, payload: Buffer.alloc(125) });
  const many = Buffer.alloc(one.length * 1000, one);
  const memory = attacker.vitals.memory();
  const before = attacker.vitals.cpu();
  for (let i = 0; i < PINGS / 1000; ++i) {
    ws.socket.send(many);
    await new Promise(setImmediate);
  }
  await eventually("the server has read what it will", () => idle(attacker, before), { every: 100, deadline: 10_000 });
  const grown = attacker.vitals.peak() - memory;
  ws.destroy();
  return grown < 8 * MIB ? "memory stays" : `memory grows by ${Math.round(grown / MIB)} MiB`;
}

const lastSeen = new WeakMap();

// The server has used no processor time since the last look.
function idle(attacker, start) {
  const now = attacker.vitals.cpu();
  const still = lastSeen.get(attacker) === now && now > start;
  lastSeen.set(attacker, now);
  return still;
}

async function aliasedBytes(attacker) {
  const session = await attacker.joined();
  const sent = [];
  for (let i = 1; i <= 100; ++i) {
    const bytes = Buffer.alloc(1000 + i, i);
    sent.push(bytes);
    session.ws.sendText(`451-${i}["slow",${i % 7},{"_placeholder":true,"num":0}]`);
    session.ws.sendBinary(bytes);
  }
  for (let i = 0; i < sent.length; ++i) {
    const [, id] = /^461-(\d+)\[/.exec(await session.ws.nextText());
    const { data } = await session.ws.next();
    assert.deepEqual(data, sent[id - 1]);
  }
  return "100 of 100 come back as they were";
}

const TWO_ATTACHMENTS = '452-["echo",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]';

// Behind each unfinished packet lies a full read buffer; what is kept must be the packet alone.
async function pinnedBuffers(attacker) {
  const memory = attacker.vitals.memory();
  const sessions = [];
  for (let i = 0; i < 200; ++i) {
    const session = await attacker.joined();
    const noise = formatFrame({ opcode: Opcode.text, payload: `42["seq",${"1".repeat(15_000)}]` });
    session.ws.socket.send(
      Buffer.concat([
        ...Array(4).fill(noise),
        formatFrame({ opcode: Opcode.text, payload: TWO_ATTACHMENTS }),
        formatFrame({ opcode: Opcode.binary, payload: "x" }),
      ]),
    );
    assert.equal(await fate(session.ws), "goes on");
    sessions.push(session);
  }
  const each = (attacker.vitals.memory() - memory) / sessions.length;
  return `${each < 32 * 1024 ? "less than 32" : Math.round(each / 1024)} KiB for each connection`;
}

export const websocketCases = [
  {
    row: "CVE-2016-10518, CVE-2026-45736",
    threat: "memory that was never written leaks out",
    sent: "pings of 0 to 125 bytes; closes without code, with code, with the longest reason",
    attack: echoedControls,
    ours: "pongs are the pings' bytes; close frames have 0,2,2,2 bytes",
  },
  {
    row: "CVE-2016-10542",
    threat: "one giant frame",
    sent: "frame heads of 2^20 to 2^62 bytes, and data as long as it is taken",
    attack: giantFrames,
    ours: "close 1009 (all 6)",
  },
  {
    row: "GHSA-5v72",
    threat: "extensions with the names of prototypes",
    sent: `${OFFERS.length} values of Sec-WebSocket-Extensions`,
    flags: { perMessageDeflate: true },
    attack: extensionNames,
    ours: summary([
      ...UNKNOWN_OFFERS.map((offer) => [code(offer), "101 without extensions"]),
      ...MALFORMED_OFFERS.map((offer) => [code(offer), "400"]),
    ]),
  },
  {
    row: "CVE-2021-32640",
    threat: "Sec-WebSocket-Protocol with long runs of spaces",
    sent: "200 upgrades with 15 000 spaces, tabs or commas",
    attack: longSpaces,
    ours: "answered (all 200), less than 5 ms each",
  },
  {
    row: "CVE-2026-48779",
    threat: "a message of tiny fragments",
    sent: "16 384, 16 385 and 200 000 fragments of one byte",
    attack: (attacker) => fragments(attacker, "x"),
    ours: "16384 frames: accepted; 16385 frames, 200000 frames: close 1008",
  },
  {
    row: "CVE-2026-48779 (pieces)",
    threat: "a frame in TCP segments of one byte",
    sent: "a message of 5 000 bytes, byte by byte",
    attack: crumbs,
    ours: "goes on",
  },
  {
    row: "ws 8.22",
    threat: "empty fragments escape the count",
    sent: "16 384, 16 385 and 200 000 empty fragments",
    attack: (attacker) => fragments(attacker, ""),
    ours: "16384 frames: accepted; 16385 frames, 200000 frames: close 1008",
  },
  {
    row: "ws 8.22 (compressed)",
    threat: "fragments of a compressed message escape the count",
    sent: "50 000 empty fragments inside of a compressed message",
    flags: { perMessageDeflate: true },
    attack: compressedFragments,
    ours: "close 1008",
  },
  {
    row: "ws 8.23",
    threat: "pings by a client that never reads the pongs",
    sent: `${PINGS} pings of 125 bytes, nothing read`,
    attack: pingFlood,
    ours: "memory stays",
  },
  {
    row: "parser-common 0.16.1",
    threat: "unfinished binary packets pin the read buffer",
    sent: "200 connections, each with 60 kB and then one of two attachments of a byte",
    attack: pinnedBuffers,
    ours: "less than 32 KiB for each connection",
  },
  {
    row: "engine.io uws",
    threat: "binary messages are overwritten after the callback",
    sent: "100 binary events that are answered later, on one connection",
    attack: aliasedBytes,
    ours: "100 of 100 come back as they were",
  },
];
