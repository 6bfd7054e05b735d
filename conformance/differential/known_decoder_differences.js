// Where our decoders and encoders differ from those of Node, and why. `kinds`: of node_decoders.js.
// `applies` gets a difference of comparison.js. `example`: an input (messages as hex) that shows it; the test
// fails when it no longer does.
import {
  endsWithError, hasExactTokens, hasLeaf, hasLooseLength, hasLooseNumber, hasWideBase64, isByNotepack, isEncoded,
  isUtf8, keepsMore, mayBeDeep, read, readsTheSame, same, someFrame, someMessage, someScan, withoutNulls,
} from "./difference_facts.js";

const MSGPACK = ["notepack2", "notepack3", "msgpack2", "msgpack-packets"];
const NOTEPACK = ["notepack2", "notepack3", "msgpack-packets"];
const VALUES = ["json", "notepack2", "notepack3", "msgpack2"];

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

const engineDifferences = [
  {
    reason: "the framing of binary payloads is read strictly: 0 or 1, and the digits 0 to 9",
    kinds: ["binary-payload3"],
    example: ["binary-payload3", "0201ff04"],
    applies: (difference) => difference.item.ours.failed && someFrame(difference, ({ strict }) => !strict),
  },
  {
    reason: "text in binary payloads is UTF-8; Node also takes lone surrogates, and anything among base64",
    kinds: ["binary-payload3"],
    example: ["binary-payload3", "0003ff6234ff"],
    applies: (difference) =>
      difference.item.ours.failed && someFrame(difference, ({ text, data }) => text && !isUtf8(data)),
  },
  {
    reason: "lengths are digits, perhaps with ASCII white space and `.0`; Node takes what JavaScript takes for a number",
    kinds: ["payload3"],
    example: ["payload3", "2b313a34"],
    applies: (difference) => difference.item.ours.failed && someMessage(difference, hasLooseLength),
  },
  {
    reason: "a length that cuts a character in two is an error; Node delivers the half",
    kinds: ["payload3"],
    example: ["payload3", "323a34f09f9880"],
    applies: ({ item: { ours, node } }) =>
      ours.failed && hasLeaf(node.packets, (leaf) => LONE_SURROGATE.test(leaf)),
  },
  {
    reason: "Node takes the low byte of characters above U+00FF for base64",
    kinds: ["base64", "packet4", "payload4", "packet3", "payload3"],
    example: ["base64", "51c581"],
    applies: (difference) =>
      someMessage(difference, (text) =>
        difference.input.kind.name === "base64" ? /[\u0100-\uffff]/.test(text) : hasWideBase64(text),
      ),
  },
  {
    reason: "a query has 256 different parameters at most",
    kinds: ["query"],
    example: ["query", Buffer.from(Array.from({ length: 257 }, (_, i) => `x${i}`).join("&")).toString("hex")],
    applies: ({ ours, node }) => ours.length === 256 && same(ours, node.slice(0, 256)),
  },
];

const packetDifferences = [
  {
    reason: "types, counts and ids are digits; Node reads them as numbers of JavaScript",
    kinds: ["packets"],
    example: ["packets", "743220315b2265225d"],
    applies: (difference) => someMessage(difference, (text) => hasLooseNumber(text.slice(1))),
  },
  {
    reason: "a placeholder names an attachment; what is between two of them is undefined in Node",
    kinds: ["packets"],
    example: ["packets", "7435312d5b2265222c7b225f706c616365686f6c646572223a747275652c226e756d223a302e357d5d", "62"],
    applies: (difference) =>
      endsWithError(difference.ours, "illegal attachments") &&
      someMessage(difference, (text) => /"num"\s*:\s*\d*(\.|\d[eE]-)/.test(text)),
  },
  {
    reason: "a negative id, which nobody sends, is none, and one that has no 64 bits is an error",
    kinds: ["msgpack-packets"],
    example: ["msgpack-packets", "6284a47479706502a46461746191a165a36e7370a12fa26964ff"],
    applies: ({ item: { ours, node } }) => ours.id === undefined && (node.id < 0 || node.id >= 2 ** 63),
  },
  {
    reason: "a date is a string, also where a packet may have a string but no date",
    kinds: ["msgpack-packets"],
    example: ["msgpack-packets", "6282a47479706500a36e7370d7000000000000000000"],
    applies: (difference) => endsWithError(difference.node, "invalid namespace") && someScan(difference, hasDate),
  },
];

const valueDifferences = [
  {
    reason: "notepack does not write lone surrogates as UTF-8; ours are U+FFFD",
    kinds: [...VALUES, "msgpack-packets"],
    example: ["json", "225c756438303022"],
    applies: (difference) =>
      isByNotepack(difference) && hasLeaf(difference.item.node, (leaf) => LONE_SURROGATE.test(leaf)),
  },
  {
    reason: "notepack does not write numbers of 2^64 and more, or below -2^63, as what they are",
    kinds: [...VALUES, "msgpack-packets"],
    example: ["json", "31653330"],
    applies: (difference) =>
      isByNotepack(difference) &&
      hasLeaf(difference.item.node, (leaf) => typeof leaf === "number" && (leaf >= 2 ** 64 || leaf < -(2 ** 63))),
  },
  {
    reason: "there is one NaN; Node's packages write the bits of the one that was read",
    kinds: [...VALUES, "msgpack-packets"],
    example: ["msgpack2", "cb7ff0cd0000000000"],
    applies: (difference) =>
      isEncoded(difference) && hasLeaf(difference.item.node, (leaf) => leaf === "NaN") && readsTheSame(difference),
  },
  {
    reason: "@msgpack/msgpack does not write what is nested deeper than 100",
    kinds: VALUES,
    example: ["json", "5b".repeat(101) + "5d".repeat(101)],
    applies: ({ part, node }) => part === "msgpack2" && node === null,
  },
  {
    reason: "members of an undefined value are written as null; Node leaves them out of JSON and of notepack.io 3",
    kinds: ["notepack2", "notepack3"],
    example: ["notepack2", "81a161d40000"],
    applies: ({ part, ours, node, item }) =>
      (part === "json" || part === "notepack3") &&
      hasLeaf(item.node, (leaf) => leaf === "$undefined") &&
      same(withoutNulls(read(ours)), withoutNulls(read(node))),
  },
  {
    reason: "`__proto__` is a member like others; Node's packages lose or refuse it, or look for members behind it",
    kinds: [...MSGPACK, "packets"],
    example: ["notepack2", "81a95f5f70726f746f5f5f80"],
    applies: (difference) =>
      hasLeaf(difference.item.ours, (leaf) => leaf === "__proto__") ||
      someScan(difference, ({ keys }) => keys.some(({ text }) => text.endsWith("__proto__"))),
  },
  {
    reason: "keys of maps are no arrays, objects or extensions, but may be dates; notepack makes a string of anything",
    kinds: MSGPACK,
    example: ["notepack2", "8190c0"],
    applies: (difference) => someScan(difference, hasOddKey),
  },
  {
    reason: "surrogates in the form of UTF-8, which notepack never writes, stay what they are",
    kinds: NOTEPACK,
    example: ["notepack2", "a3eda080"],
    applies: (difference) => someScan(difference, ({ texts }) => texts.some(hasSurrogate)),
  },
  {
    reason: "what is not UTF-8 becomes U+FFFD; @msgpack/msgpack makes other characters of it",
    kinds: ["msgpack2"],
    example: ["msgpack2", "a2c328"],
    applies: (difference) => someScan(difference, ({ texts }) => !texts.every(isUtf8)),
  },
  {
    reason: "a timestamp of a size that there is not is an extension like others; @msgpack/msgpack refuses it",
    kinds: ["msgpack2"],
    example: ["msgpack2", "d4ff00"],
    applies: (difference) =>
      difference.node.error !== undefined &&
      someScan(difference, (scan) => hasTimestamp(scan, (_, size) => ![4, 8, 12].includes(size))),
  },
  {
    reason: "timestamps may have any form; notepack.io 3 knows one of each size, and reads 12 bytes behind 0xc7 always",
    kinds: ["notepack3"],
    example: ["notepack3", "c701ff00"],
    applies: (difference) =>
      someScan(difference, (scan) => hasTimestamp(scan, (form, size) => form < 0xca && (form !== 0xc7 || size !== 12))),
  },
  {
    reason: "years beyond 32767 are not counted: such a date is null",
    kinds: MSGPACK,
    example: ["notepack2", "d7000015018bcfe56800"],
    applies: (difference) => hasLeaf(difference.item.node, isFarDate),
  },
  {
    reason: "values nest 1024 deep at most",
    kinds: [...VALUES, "packets", "msgpack-packets"],
    example: ["json", "5b".repeat(1025) + "5d".repeat(1025)],
    applies: (difference) =>
      ["malformed", "invalid payload", "Could not parse"].some((error) => endsWithError(difference.ours, error)) &&
      mayBeDeep(difference),
  },
  {
    reason: "the order of members, members of the same name and all digits of integers are kept; JavaScript reads the same",
    kinds: [...VALUES, "packets", "msgpack-packets"],
    example: ["json", "7b2262223a312c2231223a322c2262223a337d"],
    applies: (difference) =>
      isEncoded(difference) && keepsMore(difference) && hasExactTokens(difference.ours) && readsTheSame(difference),
  },
];

export const knownDecoderDifferences = [...engineDifferences, ...packetDifferences, ...valueDifferences];

export function reasonOf(difference) {
  const { name } = difference.input.kind;
  return knownDecoderDifferences.find(({ kinds, applies }) => kinds.includes(name) && applies(difference))?.reason;
}

function hasOddKey({ keys }) {
  const isContainer = (form) => (form >= 0x80 && form < 0xa0) || (form >= 0xdc && form < 0xe0);
  const isExtension = (form) => (form >= 0xc7 && form < 0xca) || (form >= 0xd4 && form < 0xd9);
  return keys.some(({ form }) => isContainer(form) || isExtension(form));
}

function hasDate({ extensions }) {
  return extensions.some(({ type, size }) => type === 0 && size === 8);
}

function hasTimestamp({ extensions }, test) {
  return extensions.some(({ form, type, size }) => type === -1 && test(form, size));
}

function hasSurrogate(text) {
  return /\xed[\xa0-\xbf][\x80-\xbf]/.test(text.toString("latin1"));
}

function isFarDate(leaf) {
  const [, year] = /^[+-](\d{6})-\d\d-\d\dT/.exec(leaf) ?? [];
  return Number(year) > 32767;
}
