// Inputs for decoders: made by a grammar, or golden vectors and the like of them with bytes changed.
import { readFileSync } from "node:fs";
import { randomJson, randomMsgpack, randomValueText } from "./values.js";

function vectors(file) {
  const path = new URL(`../vectors/${file}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, "utf8")).vectors;
}

// Every `bytes` anywhere in the vectors, each a message of its own.
function everyMessage(...files) {
  const found = [];
  const collect = (value) => {
    if (typeof value?.bytes === "string") {
      found.push([Buffer.from(value.bytes, "hex")]);
    }
    Object.values(value ?? {}).filter((member) => typeof member === "object").forEach(collect);
  };
  files.flatMap(vectors).forEach(collect);
  return found;
}

const tagged = (type, bytes) => Buffer.concat([Buffer.from(type === "text" ? "t" : "b"), bytes]);

function framesOf(file) {
  return vectors(file)
    .filter(({ frames }) => frames !== undefined)
    .map(({ frames }) => frames.map(({ type, bytes }) => tagged(type, Buffer.from(bytes, "hex"))));
}

const pieces = (random, list, most) => random.list(most, () => random.pick(list)).join("");

// ---- Engine.IO ----

const TEXTS = ["", "a", "hello", "\u20ac", "\u{1f600}", "2[\"e\"]", "\n", "\u2028", "\0", "\ufeff", "\x1e"];

const ODD_BASE64 = ["=", "==", " ", "\n", "-", "_", "+", "/", "A", "*", "\u00e9", "\u0141"];

function base64Text(random) {
  const encoded = random.bytes(random.below(9)).toString(random.pick(["base64", "base64", "base64url"]));
  const at = random.below(encoded.length + 1);
  const odd = random.chance(0.3) ? pieces(random, ODD_BASE64, 3) : "";
  return encoded.slice(0, at) + odd + encoded.slice(at);
}

const ODD_PACKETS = ["", "7", "9", "b9", "x", " 4a", "-1", "b ", "\u0664a"];

function packetText(random) {
  return random.pick([
    () => `4${random.pick(TEXTS)}`,
    () => `4${random.pick(TEXTS)}`,
    () => `${random.below(7)}${random.pick(TEXTS)}`,
    () => `b${base64Text(random)}`,
    () => `b${random.below(7)}${base64Text(random)}`,
    () => (random.chance(0.3) ? random.pick(ODD_PACKETS) : "3"),
  ])();
}

function lengthText(random, length) {
  if (random.chance(0.93)) {
    return String(length);
  }
  return random.pick([
    `0${length}`, ` ${length}`, `${length}.0`, `${length}.`, `${length} `, `+${length}`, `-${length}`, `${length}e0`,
    `0x${length.toString(16)}`, `.${length}`, "", "Infinity", "NaN", "\ufeff1", "\u00a02", `${length + 1}`,
    `${length - 1}`,
  ]);
}

function payload3(random) {
  const packets = random.list(4, () => packetText(random));
  return packets.map((packet) => `${lengthText(random, packet.length)}:${packet}`).join("");
}

function binaryPacket3(random) {
  return Buffer.concat([Buffer.from([random.below(random.chance(0.9) ? 7 : 256)]), random.bytes(random.below(8))]);
}

function binaryPayload3(random) {
  const packets = random.list(4, () => {
    const text = random.chance(0.5);
    const packet = text ? Buffer.from(packetText(random)) : binaryPacket3(random);
    const length = random.chance(0.95) ? packet.length : packet.length + random.pick([-1, 1, 20]);
    const digits = Array.from(String(length), Number);
    const kind = random.chance(0.98) ? Number(!text) : random.below(256);
    return Buffer.concat([Buffer.from([kind, ...digits, random.chance(0.98) ? 255 : 9]), packet]);
  });
  return Buffer.concat(packets);
}

// ---- Forms ----

const KEYS = [
  "EIO", "transport", "sid", "d", "j", "10", "2", "02", "4294967295", "__proto__", "constructor", "",
  "tr%61nsport", "%64",
];
const ESCAPES = [
  "%", "%z", "%4", "%41", "%E2%82%AC", "%f0%9f%98%80", "%E0%A4", "%ff", "%00", "%2B", "%26", "%5Cn", "%5C%5Cn",
  "+", "\\n", "\\\\n", "=", "&", "a", "4x",
];

function form(random, keys) {
  const equals = () => random.pick(["=", "=", "=", "", "=="]);
  const field = () => `${random.pick(keys)}${equals()}${pieces(random, ESCAPES, 5)}`;
  return random.list(5, field).join(random.pick(["&", "&", "&", "&&", ";", "&?"]));
}

// ---- Socket.IO ----

const EVENTS = [
  '"e"', '"e"', '"message"', "1", "1.5", '"connect"', '"disconnecting"', "null", "{}", '""', '"__proto__"',
];
const NAMESPACES = ["", "", "", "/,", "/chat,", "/a?b=c,", "/\u20ac,", "/", "/chat", "/a-1,", "/[,"];
const PLACEHOLDERS = [
  '{"_placeholder":true,"num":0}', '{"_placeholder":true,"num":1}', '{"num":0,"_placeholder":true}',
  '{"_placeholder":true}', '{"_placeholder":true,"num":-1}', '{"_placeholder":true,"num":0.5}',
  '{"_placeholder":true,"num":"0"}', '{"_placeholder":1,"num":0}', '{"_placeholder":false,"num":0}',
  '{"_placeholder":true,"num":9}', '{"_placeholder":true,"num":0,"x":[1]}', '{"_placeholder":true,"num":1e0}',
  '{"_placeholder":{"_placeholder":true,"num":0},"num":0}',
];

const ODD_COUNTS = [
  "0-", "-", "11-", "10-", "01-", "1.0-", "1e0-", " 1-", "0x1-", "-1-", "1", "99999999999999999999-",
];
const ODD_IDS = ["12345678901234567890", "9007199254740993", " 1", "1 2", "1e3", "-1", "18446744073709551616"];

function idText(random) {
  return random.pick(random.chance(0.9) ? ["", "", "0", "1", "007", "123456"] : ODD_IDS);
}

function payloadText(random, type, attachments) {
  const value = () => (attachments > 0 && random.chance(0.6) ? random.pick(PLACEHOLDERS) : randomValueText(random));
  if (random.chance(0.05)) {
    return random.pick(["", " ", randomValueText(random)]);
  }
  if (type === 0 || type === 4) {
    const usual = ["", "{}", '{"token":"x"}', '"no"', '{"message":"no","data":{"a":1}}'];
    return random.pick([...usual, randomValueText(random)]);
  }
  const items = [...(type === 3 || type === 6 ? [] : [random.pick(EVENTS)]), ...random.list(3, value)];
  return type === 1 ? "" : `[${items.join(",")}]`;
}

function packetMessages(random) {
  const type = random.chance(0.97) ? random.pick([0, 1, 2, 2, 3, 4, 5, 5, 5, 6]) : random.below(10);
  const binary = type === 5 || type === 6;
  const attachments = binary ? 1 + random.below(3) : 0;
  const count = random.chance(0.95) ? `${attachments}-` : random.pick(ODD_COUNTS);
  const header = `${type}${binary || random.chance(0.02) ? count : ""}${random.pick(NAMESPACES)}${idText(random)}`;
  const text = `t${header}${payloadText(random, type, attachments)}`;
  const sent = random.chance(0.9) ? attachments : random.below(4);
  return [Buffer.from(text), ...Array.from({ length: sent }, () => tagged("binary", random.bytes(random.below(4))))];
}

// ---- Changed bytes ----

const JSON_TOKENS = [
  '"', "\\", "\\u", "\\ud83d", "\\ude00", "\\u0000", "{", "}", "[", "]", ",", ":", "0", "-", "-0", ".", "e",
  "E+", "1e999", "1e-999", "true", "null", " ", "\t", "\n", "\r", "\u00a0", "\ufeff", "\0", "/", "\x7f",
  "__proto__", "_placeholder", "num", "9007199254740993", "5e-324", "\u{1f600}",
];
const MSGPACK_TOKENS = ["c1", "d40000", "c0", "cf", "a474797065", "a26964"].map((hex) => Buffer.from(hex, "hex"));
const ENGINE_TOKENS = [
  "\x1e", "b", "b4", "4", "1", "0", ":", "=", "\u20ac", "\u{1f600}", "\xff", " ", "10:", "2:",
];

function changed(random, seed, other, tokens) {
  const at = random.below(seed.length + 1);
  const to = Math.min(seed.length, at + 1 + random.below(random.chance(0.8) ? 4 : 64));
  const splice = (end, ...parts) => Buffer.concat([seed.subarray(0, at), ...parts, seed.subarray(end)]);
  return random.pick([
    () => splice(to),
    () => splice(at, seed.subarray(at, to)),
    () => splice(at, random.bytes(1 + random.below(3))),
    () => splice(Math.min(seed.length, at + 1), random.bytes(1)),
    () => splice(at, Buffer.from(random.pick(tokens))),
    () => splice(to, Buffer.from(random.pick(tokens))),
    () => splice(seed.length, other.subarray(random.below(other.length + 1))),
    () => splice(seed.length),
  ])();
}

function mutated(random, seeds, tokens, kept) {
  const messages = [...random.pick(seeds)];
  for (let i = random.pick([0, 0, 0, 1, 2]); i >= 0; --i) {
    const which = random.below(messages.length);
    const other = random.pick(random.pick(seeds)).subarray(kept);
    const change = changed(random, messages[which].subarray(kept), other, tokens);
    messages[which] = Buffer.concat([messages[which].subarray(0, kept), change]);
  }
  if (kept > 0 && random.chance(0.1)) {
    messages.splice(random.below(messages.length + 1), random.below(2), ...random.pick(seeds).slice(0, 1));
  }
  return messages.length === 0 ? [...seeds[0]] : messages;
}

const engine3 = everyMessage("engineio_v3");
const payloads3 = vectors("engineio_v3")
  .filter(({ kind }) => kind === "payload-string" || kind === "payload-decode")
  .map(({ bytes }) => [Buffer.from(bytes, "hex")]);
const binaryPayloads3 = vectors("engineio_v3")
  .filter(({ kind }) => kind === "payload-binary" || kind === "payload-decode")
  .map(({ bytes }) => [Buffer.from(bytes, "hex")]);
const engine4 = everyMessage("engineio_v4");
const jsonFrames = framesOf("socketio_v5");
const jsonTexts = jsonFrames
  .map(([first]) => [first.subarray(first.toString("latin1").search(/[[{"]/))])
  .filter(([json]) => json.length > 1);
const values = everyMessage("msgpack_codecs", "socketio_msgpack");
const packets = everyMessage("socketio_msgpack").map(([bytes]) => [tagged("binary", bytes)]);

const one = (make) => (random) => [Buffer.from(make(random))];

// Of each kind in node_decoders.js: how it is made; vectors, and tokens to put into them.
const SOURCES = {
  packet4: { make: one(packetText), seeds: engine4, tokens: ENGINE_TOKENS },
  payload4: {
    make: one((random) => random.list(5, () => packetText(random)).join("\x1e")),
    seeds: engine4, tokens: ENGINE_TOKENS,
  },
  packet3: { make: one(packetText), seeds: engine3, tokens: ENGINE_TOKENS },
  "binary-packet3": { make: (random) => [binaryPacket3(random)], seeds: engine3, tokens: ENGINE_TOKENS },
  payload3: { make: one(payload3), seeds: payloads3, tokens: ENGINE_TOKENS },
  "binary-payload3": {
    make: (random) => [binaryPayload3(random)],
    seeds: binaryPayloads3, tokens: [0, 1, 2, 9, 255].map((byte) => Buffer.from([byte])),
  },
  base64: { make: one(base64Text), seeds: engine4, tokens: ENGINE_TOKENS },
  utf8: {
    make: (random) => [random.bytes(random.below(12))],
    seeds: engine4, tokens: ["\u20ac", "\u{1f600}", "\u00e9"],
  },
  query: { make: one((random) => form(random, KEYS)) },
  jsonp: {
    make: (random) => [
      Buffer.from(random.pick(["", "0", "12", "1a2", "-3"])),
      Buffer.from(form(random, ["d", "d", "d", "%64", "e"])),
    ],
  },
  json: { make: one(randomJson), seeds: jsonTexts, tokens: JSON_TOKENS },
  notepack2: { make: (random) => [randomMsgpack(random)], seeds: values, tokens: MSGPACK_TOKENS },
  notepack3: { make: (random) => [randomMsgpack(random)], seeds: values, tokens: MSGPACK_TOKENS },
  msgpack2: { make: (random) => [randomMsgpack(random)], seeds: values, tokens: MSGPACK_TOKENS },
  packets: { make: packetMessages, seeds: jsonFrames, tokens: JSON_TOKENS },
  "msgpack-packets": {
    make: (random) => [tagged("binary", randomMsgpack(random, { packet: true }))],
    seeds: packets, tokens: MSGPACK_TOKENS,
  },
};

// The messages of one input of a kind.
export function randomInput(random, { name, text, tagged = false }) {
  const { make, seeds, tokens } = SOURCES[name];
  const isMade = seeds === undefined || random.chance(0.5);
  const messages = isMade ? make(random) : mutated(random, seeds, tokens, Number(tagged));
  const isText = (message) => text && (!tagged || message[0] === 0x74);
  return messages.map((message) => (isText(message) ? Buffer.from(message.toString()) : message));
}
