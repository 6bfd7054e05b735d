// The kinds of input that are compared, and what the packages of Node make of them: decoded, and what
// came out encoded again. sio_decode (tests/decode/) has the other side of each.
import { createRequire } from "node:module";
import { types } from "node:util";
import * as msgpack2 from "@msgpack/msgpack";
import { scanMsgpack } from "./msgpack_scan.js";

const require = createRequire(import.meta.url);
const from = (name) => createRequire(require.resolve(`${name}/package.json`));
const parser4 = require("engine.io-parser");
const socketParser = require("socket.io-parser");
const msgpackParser = require("socket.io-msgpack-parser");
const notepack2 = require("notepack.io");
const notepack3 = from("@socket.io/redis-adapter")("notepack.io");
const engineFolder = require.resolve("engine.io").replace(/engine\.io\.js$/, "");
const parser3 = require(`${engineFolder}parser-v3/index.js`);
const oldParser3 = from("socket.io-client-2.5.0")("engine.io-parser");
const { JSONP } = require(`${engineFolder}transports/polling-jsonp.js`);

// ---- Values ----

// As JSON in the notation of ../vectors/README.md.
export function notation(value) {
  if (value === undefined) {
    return { $undefined: true };
  }
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))) {
    return { $num: Object.is(value, -0) ? "-0" : String(value) };
  }
  if (value === null || typeof value !== "object") {
    return value;
  }
  if (ArrayBuffer.isView(value)) {
    return { $bin: value.toString("hex") };
  }
  return Array.isArray(value) ? value.map(notation) : mapMembers(value, notation);
}

function mapMembers(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

// Without JavaScript's own types: a date is a string here, all bytes are a Buffer, an extension is an
// object with its members.
function plain(value) {
  if (value === null || typeof value !== "object") {
    return value;
  }
  if (types.isDate(value)) {
    return value.toJSON();
  }
  if (types.isArrayBuffer(value) || ArrayBuffer.isView(value)) {
    return Buffer.from(value);
  }
  return Array.isArray(value) ? value.map(plain) : mapMembers(value, plain);
}

// null where it is nested too deeply for that package.
function encodeMsgpack2(value) {
  try {
    return Buffer.from(msgpack2.encode(value));
  } catch {
    return null;
  }
}

function inAllCodecs(value) {
  return {
    value: notation(value),
    json: JSON.stringify(value) ?? "null",
    notepack2: notation(notepack2.encode(value)),
    notepack3: notation(notepack3.encode(value)),
    msgpack2: notation(encodeMsgpack2(value)),
  };
}

// notepack fills an ArrayBuffer of up to 4 GiB before it finds that there are fewer bytes.
function decodeNotepack(notepack, bytes) {
  if (scanMsgpack(bytes).extensions.some(({ size }) => size > bytes.length)) {
    throw new RangeError("ends early");
  }
  return notepack.decode(bytes);
}

function valueKind(decode) {
  return ([bytes]) => {
    let value;
    try {
      value = decode(bytes);
    } catch {
      return { error: "malformed" };
    }
    return inAllCodecs(plain(value));
  };
}

// ---- Engine.IO ----

const PACKET_TYPES = ["open", "close", "ping", "pong", "message", "upgrade", "noop"];

function describePackets(decoded, encode) {
  const end = decoded.findIndex(({ type }) => !PACKET_TYPES.includes(type));
  const packets = end === -1 ? decoded : decoded.slice(0, end);
  return {
    packets: packets.map(({ type, data = "" }) => ({ type: PACKET_TYPES.indexOf(type), data: notation(data) })),
    failed: end !== -1,
    ...(packets.length === 0 ? { text: "", bytes: { $bin: "" } } : encode(packets)),
  };
}

function encode4(packets) {
  let text;
  parser4.encodePayload(packets, (payload) => (text = payload));
  return { text, bytes: { $bin: "" } };
}

function encode3(parser) {
  return (packets) => {
    let text;
    let bytes;
    parser.encodePayload(packets, false, (payload) => (text = payload));
    parser.encodePayloadAsBinary(packets, (payload) => (bytes = notation(payload)));
    return { text, bytes };
  };
}

function payload3(parser, input) {
  const packets = [];
  parser.decodePayload(input, "nodebuffer", (packet) => void packets.push(packet));
  return describePackets(packets, encode3(parser));
}

function kindsOfProtocol3(parser, by) {
  return [
    {
      name: "packet3", by, text: true,
      decode: ([text]) => describePackets([parser.decodePacket(String(text))], encode3(parser)),
    },
    {
      name: "binary-packet3", by,
      decode: ([bytes]) => describePackets([parser.decodePacket(bytes)], encode3(parser)),
    },
    { name: "payload3", by, decode: ([body]) => payload3(parser, body.toString()) },
    { name: "binary-payload3", by, decode: ([body]) => payload3(parser, body) },
  ];
}

function query([text]) {
  const url = new URL(`/engine.io/?${text}`, "https://socket.io"); // as engine.io/build/server.js does it
  return Object.entries(Object.fromEntries(url.searchParams.entries()));
}

// The transport with only its own half of what it does.
class JsonpAlone extends JSONP {
  static {
    const polling = Object.getPrototypeOf(JSONP.prototype);
    polling.onData = function (payload) {
      this.payload = payload;
    };
    polling.doWrite = function (script) {
      this.script = script;
    };
  }

  payload = null;
}

function jsonp([j, body]) {
  const transport = new JsonpAlone({ _query: { j: String(j), EIO: "4" } });
  transport.onData(body.toString());
  transport.doWrite(transport.payload ?? "", {}, () => {});
  return { payload: transport.payload, script: transport.script };
}

function base64([text]) {
  return {
    decoded: notation(Buffer.from(text.toString(), "base64")),
    encoded: text.toString("base64"),
    url: text.toString("base64url"),
  };
}

// ---- Socket.IO ----

function describePacket({ type, nsp, id, data }, frames) {
  return {
    type,
    nsp,
    ...(id === undefined ? {} : { id }),
    ...(data === undefined ? {} : { data: notation(data) }),
    frames: notation(frames),
  };
}

// The packets of a connection up to the first error. `take` gets each message and calls back with a
// packet or throws.
function packets(messages, take) {
  const answers = [];
  try {
    for (const message of messages) {
      const bytes = message.subarray(1);
      take(message[0] === 0x74 ? bytes.toString() : bytes, (...answer) => answers.push(describePacket(...answer)));
    }
  } catch (error) {
    answers.push({ error: error.message });
  }
  return answers;
}

function jsonPackets(messages) {
  const decoder = new socketParser.Decoder();
  return packets(messages, (message, done) => {
    decoder.removeAllListeners();
    decoder.on("decoded", ({ type, nsp, id, data }) => {
      done({ type, nsp, id, data }, new socketParser.Encoder().encode({ type, nsp, id, data }));
    });
    decoder.add(message);
  });
}

function decodedOr(message, decode) {
  try {
    return decode();
  } catch {
    throw new Error(message);
  }
}

function msgpackPackets(messages) {
  return packets(messages, (message, done) => {
    const decoded = decodedOr("Could not parse", () => decodeNotepack(notepack2, message));
    decodedOr("invalid packet type", () => decoded.type); // of null, Node says that it has no members
    new msgpackParser.Decoder().checkPacket(decoded);
    const packet = { ...decoded, data: plain(decoded.data) };
    done(packet, new msgpackParser.Encoder().encode(inOrderOfServer(packet)));
  });
}

// Of the members, and without those that are undefined: socket.io puts them into a packet in this order.
function inOrderOfServer({ type, nsp, id, data }) {
  const named = type === 3 ? { id, type, data, nsp } : { type, data, id, nsp };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

// name: of the kind, for sio_decode. text: the messages are valid UTF-8, as a WebSocket's text is.
// tagged: the first character of each message tells text (`t`) from binary (`b`). by: which package, where
// several are asked.
export const kinds = [
  {
    name: "packet4", text: true,
    decode: ([text]) => describePackets([parser4.decodePacket(String(text))], encode4),
  },
  { name: "payload4", decode: ([body]) => describePackets(parser4.decodePayload(body.toString()), encode4) },
  ...kindsOfProtocol3(parser3, "engine.io"),
  ...kindsOfProtocol3(oldParser3, "engine.io-parser 2"),
  { name: "base64", text: true, decode: base64 },
  { name: "utf8", decode: ([bytes]) => ({ text: bytes.toString(), length: bytes.toString().length }) },
  { name: "query", text: true, decode: query },
  { name: "jsonp", text: true, decode: jsonp },
  { name: "json", text: true, decode: valueKind((text) => JSON.parse(String(text))) },
  { name: "notepack2", decode: valueKind((bytes) => decodeNotepack(notepack2, bytes)) },
  { name: "notepack3", decode: valueKind((bytes) => decodeNotepack(notepack3, bytes)) },
  { name: "msgpack2", decode: valueKind((bytes) => msgpack2.decode(bytes)) },
  { name: "packets", text: true, tagged: true, decode: jsonPackets },
  { name: "msgpack-packets", tagged: true, decode: msgpackPackets },
];
