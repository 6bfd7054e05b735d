// Scripts from a seeded generator: mutations of queries, methods, payloads, frames, packets and the way
// in which bytes are cut into segments. The same seed gives the same scripts.
import { Opcode, formatFrame } from "../support/raw.js";
import { encodeBinaryPayload, encodePayload } from "../support/eio3.js";
import { Random } from "../support/random.js";
import { join } from "./scripts.js";

const OCTETS = { "Content-Type": "application/octet-stream" };

function generate(kind, count, seed, make) {
  return Array.from({ length: count }, (_, i) => {
    const random = new Random(seed * 1000 + i * 7919 + kind.length);
    return { name: `${kind} ${i}`, run: make(random) };
  });
}

// ---- Requests ----

const KEYS = ["EIO", "transport", "sid", "t", "j", "b64", "eio", "EI%4F", "x", "__proto__", "", "tr%61nsport"];
const VALUES = {
  EIO: ["4", "4", "4", "3", "5", "", "%34", "4%20", "04", "four"],
  transport: ["polling", "polling", "polling", "websocket", "", "POLLING", "webtransport", "poll%69ng", "polling+"],
  sid: ["", "foo", "__proto__", "%00", "A".repeat(20), "%F0%9F%98%80", "%E0%A4"],
};
const ODD_VALUES = ["", "1", "true", "%", "%zz", "a=b", "a%26b", "%C3%A9", "~!*'()", "a;b", "a|b", "{}", "0"];

function query(random) {
  const pairs = [["EIO", "4"], ["transport", "polling"]];
  for (let i = random.below(3); i > 0; --i) {
    const key = random.pick(KEYS);
    const value = random.pick(VALUES[decodeURIComponent(key)] ?? ODD_VALUES);
    pairs.splice(random.below(pairs.length + 1), 0, [key, value]);
  }
  if (random.chance(0.2)) {
    pairs.splice(random.below(pairs.length), 1);
  }
  const separator = random.chance(0.1) ? random.pick(["&&", ";", "&?"]) : "&";
  return pairs.map(([key, value]) => (value === "" && random.chance(0.5) ? key : `${key}=${value}`)).join(separator);
}

export function queryScripts(count, seed) {
  return generate("query", count, seed, (random) => {
    const queries = random.list(8, () => query(random));
    const path = random.pick(["/socket.io/", "/socket.io/", "/socket.io/", "/socket.io/x", "/socket.io//"]);
    return async (player) => {
      for (const text of queries) {
        player.note(text);
        await player.request({ path: `${path}?${text}` });
      }
    };
  });
}

const METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"];

export function methodScripts(count, seed) {
  return generate("method", count, seed, (random) => {
    const requests = random.list(6, () => ({
      method: random.pick(METHODS),
      path: random.pick([
        "/x", `/socket.io/?${query(random)}`, "/socket.io/?EIO=4&transport=polling&sid=foo", "/socket.io/?EIO=4",
      ]),
      body: random.pick([undefined, "", "40", "x".repeat(3000)]),
      headers: random.pick([{}, { Origin: "https://a.example" }, { "Content-Type": "application/octet-stream" }]),
      pieces: random.pick([undefined, [1], [7, 50], [100]]),
    }));
    return async (player) => {
      for (const request of requests) {
        player.note(`${request.method} ${request.path}`);
        await player.request(request);
      }
    };
  });
}

// ---- Payloads ----

function enginePacket(random) {
  const texts = ["", "a", "hello", "\u20ac", "\u{1f600}", "1", "{}", "\n", "x".repeat(random.below(300))];
  const message = () => `4${random.pick(texts)}`;
  return random.pick([
    message, message, message, message,
    () => `b${random.bytes(random.below(20)).toString("base64")}`,
    () => random.pick(["0", "3", "5", "6", "3x"]),
    () => random.pick(["1", "2", "9", "x", "", " "]),
  ])();
}

function splitBody(random, body) {
  const bytes = Buffer.from(body);
  const chunks = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + random.below(40);
    const chunk = bytes.subarray(at, at + size);
    chunks.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n"));
    at += size;
  }
  return Buffer.concat([...chunks, Buffer.from("0\r\n\r\n")]);
}

export function payloadScripts(count, seed) {
  return generate("payload", count, seed, (random) => {
    const payloads = random.list(4, () => random.list(6, () => enginePacket(random)).join("\x1e"));
    const chunked = random.chance(0.3);
    const pieces = random.pick([undefined, undefined, [1], [3, 17], [64]]);
    const bodies = payloads.map((payload) => (chunked ? splitBody(random, payload) : payload));
    const headers = chunked ? { "Transfer-Encoding": "chunked" } : {};
    return async (player) => {
      await player.handshake({ path: "/engine.io/" });
      for (const body of bodies) {
        await player.post(body, { headers, pieces });
      }
      await player.drain("4barrier", "4barrier");
    };
  });
}

export function eio3PayloadScripts(count, seed) {
  return generate("payload of protocol 3", count, seed, (random) => {
    const packets = random.list(5, () =>
      random.chance(0.3) ? random.bytes(random.below(10)) : random.pick(["4a", "4\u20ac", "4\u{1f600}x", "2", "6", "4", "5"]),
    );
    const binary = random.chance(0.5);
    let payload = binary ? encodeBinaryPayload(packets) : Buffer.from(encodePayload(packets));
    if (random.chance(0.3)) {
      payload = payload.subarray(0, random.below(payload.length)); // cut short
    }
    const style = random.pick(["", "&b64=1"]);
    const cutBinary = binary && payload.length < encodeBinaryPayload(packets).length;
    return async (player) => {
      await player.handshake({ path: "/engine.io/", eio: 3, query: style });
      if (!cutBinary) {
        await player.post(payload, { headers: binary ? OCTETS : {} });
      }
      await player.drain("4barrier", "4barrier");
    };
  });
}

// ---- Frames ----

function messageFrames(random) {
  const payload = random.chance(0.3)
    ? random.bytes(random.pick([0, 1, 125, 126, 500]))
    : Buffer.from(`4${random.pick(["", "a", "\u20ac\u{1f600}", "x".repeat(random.pick([124, 125, 126, 1999]))])}`);
  const isText = payload[0] === 0x34;
  const cuts = random.chance(0.5) ? [] : random.list(4, () => random.below(payload.length + 1)).sort((a, b) => a - b);
  const edges = [0, ...cuts, payload.length];
  const frames = [];
  for (let i = 0; i + 1 < edges.length; ++i) {
    frames.push({
      opcode: i > 0 ? Opcode.continuation : isText ? Opcode.text : Opcode.binary,
      payload: payload.subarray(edges[i], edges[i + 1]),
      fin: i + 2 === edges.length,
    });
    if (random.chance(0.2)) {
      frames.push({ opcode: random.pick([Opcode.ping, Opcode.pong]), payload: random.pick(["", "p", "q".repeat(125)]) });
    }
  }
  return frames;
}

const VIOLATIONS = [
  { opcode: 3, payload: "x" },
  { opcode: Opcode.text, payload: "4a", mask: false },
  { opcode: Opcode.text, payload: "4a", rsv: 4 },
  { opcode: Opcode.continuation, payload: "a" },
  { opcode: Opcode.ping, payload: "x".repeat(126) },
  { opcode: Opcode.text, payload: Buffer.from([0x34, 0xc3, 0x28]) },
  { opcode: Opcode.text, payload: "4".repeat(2001) },
  { opcode: Opcode.binary, payload: Buffer.alloc(2001) },
  { opcode: Opcode.close, payload: [3, 237] },
  { opcode: Opcode.close, payload: [15, 160] },
  { opcode: Opcode.text, payload: "x" },
  { opcode: Opcode.text, payload: "" },
];

export function frameScripts(count, seed) {
  return generate("frames", count, seed, (random) => {
    const messages = random.list(5, () => messageFrames(random));
    const violation = random.pick(VIOLATIONS);
    const pieces = random.pick([undefined, [1], [2, 9], [50], [1, 1, 200]]);
    return async (player) => {
      const ws = await player.websocket("/engine.io/?EIO=4&transport=websocket");
      await ws.frame();
      for (const frames of messages) {
        await ws.bytes(Buffer.concat(frames.map(formatFrame)), pieces);
        await ws.bytes(formatFrame({ opcode: Opcode.text, payload: "4barrier" }));
        await ws.until((frame) => frame.text === "4barrier");
      }
      await ws.bytes(formatFrame(violation), pieces);
      await ws.until(() => false);
      ws.destroy();
    };
  });
}

// ---- Socket.IO packets ----

const PACKETS = [
  '42["echo",1]', '4212["echo","a",null,{"b":[true]}]', '42["emitBack","x",{"a":"\u20ac"}]',
  '421["unknown",1.5]', '42/custom,["echo"]',
  '43999["x"]', "40/custom,", '40/nope,{"a":1}', "41/nope,", '451-["echo",{"_placeholder":true,"num":0}]',
  '44{"message":"x"}',
  '421["echo",[[[]]],"\\u00e9\\n"]', '42["emitBack","y",-1.5e3,0.25]', '420["echo"]', '421["ackTwice"]',
];
const ALPHABET = [...'0123456789[]{}",:-/ax\\ .e'];

function mutated(random) {
  const characters = [...random.pick(PACKETS)];
  for (let i = 1 + random.below(3); i > 0; --i) {
    const at = 1 + random.below(characters.length);
    random.pick([
      () => characters.splice(at, 1),
      () => characters.splice(at, 0, random.pick(ALPHABET)),
      () => characters.splice(at, 1, random.pick(ALPHABET)),
      () => characters.splice(at),
    ])();
  }
  return characters.join("");
}

export function packetScripts(count, seed) {
  return generate("packets", count, seed, (random) => {
    const packets = random.list(6, () => (random.chance(0.2) ? random.pick(PACKETS) : mutated(random)));
    const script = async (player) => {
      let ws = await join(player);
      for (const packet of packets) {
        player.note(packet);
        ws.send(packet);
        await ws.roundTrip();
        if (!ws.closed) {
          ws.send('4298765["echo"]');
          await ws.until((frame) => frame.text === "4398765[]");
        }
        ws.noteCollected();
        if (ws.closed) {
          ws.destroy();
          ws = await join(player);
        }
      }
      ws.destroy();
    };
    script.packets = packets;
    return script;
  }).map(({ name, run }) => ({ name, run, packets: run.packets }));
}

// ---- Segments ----

export function segmentScripts(count, seed) {
  return generate("segments", count, seed, (random) => {
    const requests = random.list(5, () =>
      random.pick([
        () => "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n",
        () => "GET /health HTTP/1.1\r\nHost: x\r\n\r\n",
        () => "GET /socket.io/?EIO=4 HTTP/1.1\r\nHost: x\r\nX-Long: " + "y".repeat(random.below(500)) + "\r\n\r\n",
        () => {
          const body = "b".repeat(random.below(400));
          return `POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
        },
        () => {
          const body = splitBody(random, "c".repeat(random.below(200))).toString();
          return `PUT /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${body}`;
        },
        () => "POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n40",
      ])(),
    );
    const pieces = random.list(4, () => 1 + random.below(60));
    return (player) => player.raw(requests.join(""), { pieces, responses: requests.length });
  });
}

// ---- msgpack ----

const MSGPACK_CONNECT = Buffer.from("82a47479706500a36e7370a12f", "hex");
const MSGPACK_BARRIER = Buffer.from("84a2696407a47479706502a46461746191a46563686fa36e7370a12f", "hex");
const MSGPACK_ECHOED = "84a2696407a47479706503a46461746190a36e7370a12f";
const MSGPACK_PACKETS = [
  "83a47479706502a36e7370a12fa46461746192a46563686f01", // ["echo", 1]
  "84a2696401a47479706502a46461746193a46563686fc3c0a36e7370a12f", // ["echo", true, null], id 1
  "83a47479706503a46461746190a36e7370a12f", // an acknowledgement without an id
  "82a47479706501a36e7370a52f6e6f7065", // a DISCONNECT for /nope
  "83a47479706500a46461746180a36e7370a52f6e6f7065", // a CONNECT to /nope
  "84a2696401a47479706502a46461746193a46563686fc4020102a3616263a36e7370a12f", // ["echo", bin, "abc"], id 1
];

export function msgpackScripts(count, seed) {
  return generate("msgpack", count, seed, (random) => {
    const messages = random.list(4, () => {
      const bytes = Buffer.from(random.pick(MSGPACK_PACKETS), "hex");
      return random.pick([
        () => bytes,
        () => bytes.subarray(0, random.below(bytes.length)), // cut short
        () => Buffer.concat([bytes, Buffer.from([random.below(256)])]), // a byte too many
        () => Buffer.from([random.pick([0xc0, 0xc1, 0xc2, 0x90, 0x80, 0xdf, 0x01, 0xe0])]),
        () => {
          const type = bytes.indexOf("a474797065", 0, "hex") + 5;
          bytes[type] = random.pick([0xc0, 0xff, 5, 6, 127, 0xa0, 0xc3]);
          return bytes;
        },
      ])();
    });
    return async (player) => {
      let ws = await openMsgpack(player);
      for (const message of messages) {
        player.note(message.toString("hex"));
        ws.send(message);
        await ws.roundTrip();
        if (!ws.closed) {
          ws.send(MSGPACK_BARRIER);
          await ws.until((frame) => frame.data.toString("hex") === MSGPACK_ECHOED);
        }
        ws.noteCollected();
        if (ws.closed) {
          ws.destroy();
          ws = await openMsgpack(player);
        }
      }
      ws.destroy();
    };
  });
}

async function openMsgpack(player) {
  const ws = await player.websocket("/socket.io/?EIO=4&transport=websocket");
  await ws.frame();
  ws.send(MSGPACK_CONNECT);
  await ws.until((frame) => frame.opcode === Opcode.binary); // it has ids, which are not compared
  return ws;
}
