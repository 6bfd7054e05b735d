// What can be said of an input and of what differs: the questions of known_decoder_differences.js.
import { createRequire } from "node:module";
import { scanMsgpack } from "./msgpack_scan.js";

const notepack = createRequire(import.meta.url)("notepack.io");

// ---- The input ----

// What stands in the MessagePack of the messages (scanMsgpack), asked of each.
export function someScan({ input: { kind, messages } }, test) {
  return messages.some((message) => test(scanMsgpack(kind.tagged ? message.subarray(1) : message)));
}

export function someMessage({ input }, test) {
  return input.messages.some((message) => test(message.toString()));
}

export const isUtf8 = (bytes) => Buffer.from(bytes.toString()).equals(bytes);

// An upper bound of its depth is beyond 1024: so many arrays and objects could begin.
export function mayBeDeep({ input }) {
  const begins = (byte) => byte === 0x5b || byte === 0x7b || (byte >= 0x80 && byte < 0xa0) || byte >= 0xdc;
  return input.messages.some((message) => message.filter(begins).length > 1024);
}

// The frames of a binary payload of protocol 3, as long as their headers are what the protocol says.
function* framesOf(bytes) {
  for (let rest = bytes; rest.length > 0; ) {
    const [header, kind, length] = /^([\0\x01])([\0-\x09]{1,310})\xff/.exec(rest.toString("latin1")) ?? [];
    if (header === undefined) {
      yield { strict: false };
      return;
    }
    const end = header.length + Number(Array.from(length, (digit) => digit.charCodeAt(0)).join(""));
    yield { strict: true, text: kind === "\0", data: rest.subarray(header.length, end) };
    rest = rest.subarray(end);
  }
}

export function someFrame({ input }, test) {
  return [...framesOf(input.messages[0])].some(test);
}

// Whether a payload of protocol 3 has a length that is not digits, perhaps with ASCII's white space and `.0`.
export function hasLooseLength(payload) {
  for (let rest = payload; rest.includes(":"); ) {
    const [length] = rest.split(":", 1);
    if (!/^[ \t-\r]*\d+(\.0*)?[ \t-\r]*$/.test(length)) {
      return true;
    }
    rest = rest.slice(length.length + 1 + Number(length));
  }
  return false;
}

// Whether a packet, alone or in a payload, is base64 with a character above U+00FF.
export const hasWideBase64 = (text) => /(^|[\x1e:])b[^\x1e]*[\u0100-\uffff]/.test(text);

// The parts of a packet of Socket.IO in front of its JSON, as Node tells them apart.
function headerOf(packet) {
  const [, type, count] = /^([56])([^-]*-)/.exec(packet) ?? [packet, packet.slice(0, 1), ""];
  const behindCount = packet.slice(type.length + count.length);
  const [nsp] = /^(\/[^,]*,?)?/.exec(behindCount);
  const [id] = /^[\d\s]*/.exec(behindCount.slice(nsp.length));
  return { type, count: count.slice(0, -1), id, size: type.length + count.length + nsp.length + id.length };
}

export function hasLooseNumber(packet) {
  const { type, count, id } = headerOf(packet);
  return /\s/.test(type) || !/^\d{0,15}$/.test(count) || !/^\d{0,15}$/.test(id);
}

// ---- The answers ----

export const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

export const endsWithError = (answer, error) => [answer].flat().at(-1)?.error === error;

// Every key, every string and every number of a value.
function* leaves(value) {
  if (value === null || typeof value !== "object") {
    yield value;
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    yield key;
    yield* leaves(member);
  }
}

export const hasLeaf = (answer, test) => [...leaves(answer)].some(test);

// A value as it would be if no member were null.
export function withoutNulls(value) {
  if (value === null || typeof value !== "object") {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(withoutNulls);
  }
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([key, member]) => [key, withoutNulls(member)]));
}

// ---- What was encoded ----

const ENCODED = ["json", "notepack2", "notepack3", "msgpack2", "frames"];

export const isEncoded = ({ part }) => ENCODED.includes(part);

export function isByNotepack({ part, input }) {
  return part === "notepack2" || part === "notepack3" || (part === "frames" && input.kind.name === "msgpack-packets");
}

// As JavaScript reads it.
export function read(encoded) {
  return typeof encoded === "string" ? JSON.parse(encoded) : notepack.decode(Buffer.from(encoded.$bin, "hex"));
}

function readFrames([first, ...attachments]) {
  if (typeof first !== "string") {
    return read(first);
  }
  const { size } = headerOf(first);
  return [first.slice(0, size), size < first.length && JSON.parse(first.slice(size)), ...attachments];
}

export function readsTheSame({ part, ours, node }) {
  try {
    return part === "frames" ? same(readFrames(ours), readFrames(node)) : same(read(ours), read(node));
  } catch {
    return false;
  }
}

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[-+.\deE]*/g;

// The JSON of it, or "" for MessagePack.
function jsonOf(encoded) {
  const [first] = [encoded].flat();
  if (typeof first !== "string") {
    return "";
  }
  return Array.isArray(encoded) ? first.slice(headerOf(first).size) : first;
}

// Each string and number is written as JSON.stringify does it, but for integers that it would round.
export function hasExactTokens(encoded) {
  const isExact = (token) => /^-?\d{16,20}$/.test(token) || JSON.stringify(JSON.parse(token)) === token;
  return (jsonOf(encoded).match(TOKEN) ?? []).every(isExact);
}

function keysOf(encoded) {
  const [first] = [encoded].flat();
  return typeof first === "string"
    ? (jsonOf(encoded).match(/"(?:[^"\\]|\\.)*"(?=:)/g) ?? []).map((key) => JSON.parse(key))
    : scanMsgpack(Buffer.from(first.$bin, "hex")).keys.map(({ text }) => text.slice(1));
}

// There are members of the same name, or keys that are indices of arrays, or integers that a double rounds.
export function keepsMore({ ours, node, item }) {
  const keys = keysOf(ours);
  const isUnsafe = (leaf) => typeof leaf === "number" && Math.abs(leaf) >= 2 ** 53;
  return keys.length > keysOf(node).length || keys.some((key) => /^\d+$/.test(key)) || hasLeaf(item.node, isUnsafe);
}
