// Random values as JSON and as MessagePack, in all the forms in which they can be written, and in some
// in which they cannot.

const STRINGS = [
  "", "a", "key", "hello world", "\u00e9", "\u20ac", "\u{1f600}", "__proto__", "constructor", "toJSON",
  "length", "0", "10", "01", "_placeholder", "num", "\u2028", "\x7f", "\ufeff", "x".repeat(40),
];
const ESCAPES = [
  "\\n", "\\\"", "\\\\", "\\/", "\\b", "\\u0041", "\\u00e9", "\\u20AC", "\\ud83d\\ude00", "\\ud83d", "\\ude00",
  "\\u0000", "\\u001f", "\\u2028",
];
const BAD_ESCAPES = ["\\x41", "\\u12", "\\", "\n", "\0", "\\U0041", "\\u{41}", "\\'"];
const NUMBERS = [
  "0", "-0", "0.0", "-0.0", "1", "-1", "255", "65536", "2147483648", "4294967296", "-2147483649",
  "9007199254740991", "9007199254740992", "9007199254740993", "-9007199254740993", "9223372036854775807",
  "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615",
  "18446744073709551616", "0.1", "1e21", "1e-7", "0.000001", "123456789012345680000", "5e-324",
  "2.2250738585072011e-308", "1.7976931348623157e308", "1e400", "-1e400", "1e-400", "0e999", "1E5", "1e+5",
  "1.5E-3", "100e-2", "0.30000000000000004", "179769313486231570000000000000000000000000000",
  "9007199254740993.0", "1.0000000000000002",
];
const BAD_NUMBERS = [
  "01", "+1", ".5", "1.", "1e", "1e+", "--1", "0x10", "NaN", "Infinity", "-", "1_000", "1 2", "00",
];
const SPACES = ["", "", "", "", "", "", " ", "\n", "\t", "\r\n", "  "];
const BAD_VALUES = [
  "undefined", "True", "'a'", "nul", "[1,]", '{"a":1,}', "[,1]", '{"a"}', "{a:1}", "[1 2]", "//", "[", "]",
  '{"a":1', '"', "[1]]", "\u00a0", "\ufeff1", "\f1",
];

// ---- JSON ----

function stringText(random) {
  const plain = () => JSON.stringify(random.pick(STRINGS)).slice(1, -1);
  const part = () => (random.chance(0.6) ? plain() : random.pick(ESCAPES));
  const bad = random.chance(0.02) ? random.pick(BAD_ESCAPES) : "";
  return `"${Array.from({ length: random.below(3) }, part).join("")}${bad}"`;
}

function randomDouble(random) {
  return random.bytes(8).readDoubleBE(0);
}

function numberText(random) {
  const double = () => JSON.stringify(randomDouble(random));
  const digits = () => String(Math.floor(random.next() * 10 ** random.below(17)));
  const mantissa = () => `${1 + random.below(9)}.${digits()}${digits()}${digits()}`;
  const long = () => `${random.pick(["", "-"])}${mantissa()}e${random.below(640) - 320}`;
  const decimal = () => `${digits().replace(/^0+(?=\d)/, "")}.${digits()}`;
  return random.pick([() => random.pick(NUMBERS), double, double, digits, long, decimal,
    () => (random.chance(0.2) ? random.pick(BAD_NUMBERS) : "7")])();
}

function keyText(random) {
  return random.chance(0.5) ? `"${random.pick("abc")}"` : stringText(random);
}

function containerText(random, depth) {
  const space = () => random.pick(SPACES);
  const item = () => `${space()}${randomValueText(random, depth - 1)}${space()}`;
  const items = (make) => Array.from({ length: random.below(4) }, make).join(",");
  return random.chance(0.5)
    ? `[${items(item)}]`
    : `{${items(() => `${space()}${keyText(random)}${space()}:${item()}`)}${space()}}`;
}

export function randomValueText(random, depth = 3) {
  if (random.chance(0.01)) {
    return random.pick(BAD_VALUES);
  }
  const scalar = () => random.pick([
    () => numberText(random), () => stringText(random), () => random.pick(["true", "false", "null"]),
  ])();
  return depth === 0 || random.chance(0.4) ? scalar() : containerText(random, depth);
}

export function randomJson(random) {
  if (random.chance(0.01)) {
    const depth = random.pick([5, 255, 256, 257, 1023, 1024]);
    return "[".repeat(depth) + "]".repeat(random.chance(0.9) ? depth : depth - 1);
  }
  return `${random.pick(SPACES)}${randomValueText(random)}${random.pick(SPACES)}`;
}

// ---- MessagePack ----

const INTEGERS = [
  0, 1, 31, 32, 127, 128, 255, 256, 65535, 65536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1,
  2 ** 53, 2 ** 63, -1, -32, -33, -128, -129, -32769, -(2 ** 31), -(2 ** 31) - 1, -(2 ** 53),
];

const DOUBLES = [0, -0, NaN, Infinity, -Infinity, 0.1, 1.5, 3, -7, 2 ** 53, 2 ** 63, 2 ** 64, 1e300, 5e-324];

// A type byte and a number of `width` bytes behind it.
function sized(type, number, width) {
  const bytes = Buffer.alloc(1 + width);
  bytes[0] = type;
  bytes.writeUIntBE(number % 2 ** (8 * width), 1, width);
  return bytes;
}

// `fix`: the type that holds sizes below `limit` in itself; then types for 8 (if `from` is 0), 16 and 32 bits.
function header(random, size, { fix, limit = 0, long, from = 0 }) {
  const wrong = random.chance(0.01) ? random.pick([-1, 1, 200]) : 0;
  const told = Math.max(0, size + wrong);
  const widths = [1, 2, 4].slice(from);
  const form = random.chance(0.8) && told < limit ? -1 : random.below(widths.length);
  return form === -1 ? Buffer.from([fix | told]) : sized(long + form, told, widths[form]);
}

function string(random) {
  const text = random.chance(0.9) ? Buffer.from(random.pick(STRINGS)) : random.bytes(random.below(6));
  return Buffer.concat([header(random, text.length, { fix: 0xa0, limit: 32, long: 0xd9 }), text]);
}

function integer(random) {
  const value = random.pick(INTEGERS);
  if (random.chance(0.5)) {
    const width = random.below(4);
    return Buffer.concat([Buffer.from([random.pick([0xcc, 0xd0]) + width]), random.bytes(2 ** width)]);
  }
  if (value >= -32 && value < 128) {
    return Buffer.from([value & 0xff]);
  }
  const bytes = Buffer.alloc(9);
  bytes[0] = value < 0 ? 0xd3 : 0xcf;
  value < 0 ? bytes.writeBigInt64BE(BigInt(value), 1) : bytes.writeBigUInt64BE(BigInt(value), 1);
  return bytes;
}

function float(random) {
  const bytes = Buffer.alloc(random.chance(0.3) ? 5 : 9);
  const value = random.chance(0.5) ? random.pick(DOUBLES) : randomDouble(random);
  bytes.length === 5 ? bytes.writeFloatBE(value, 1) : bytes.writeDoubleBE(value, 1);
  bytes[0] = bytes.length === 5 ? 0xca : 0xcb;
  return bytes;
}

function extension(random) {
  const type = random.pick([0, 0, 255, 255, 1, 5, 128]);
  if (random.chance(0.5)) {
    const width = random.below(5);
    const data = random.chance(0.5) ? Buffer.alloc(2 ** width) : random.bytes(2 ** width);
    return Buffer.concat([Buffer.from([0xd4 + width, type]), data]);
  }
  const data = random.bytes(random.pick([0, 1, 4, 8, 12, 3]));
  return Buffer.concat([header(random, data.length, { long: 0xc7 }), Buffer.from([type]), data]);
}

function scalar(random) {
  return random.pick([
    () => Buffer.from([random.pick([0xc0, 0xc2, 0xc3, 0xc0, 0xc2, 0xc3, 0xc1])]),
    () => integer(random), () => integer(random), () => float(random), () => string(random), () => string(random),
    () => {
      const bytes = random.bytes(random.below(5));
      return Buffer.concat([header(random, bytes.length, { long: 0xc4 }), bytes]);
    },
    () => extension(random),
  ])();
}

function array(random, items) {
  return Buffer.concat([header(random, items.length, { fix: 0x90, limit: 16, long: 0xdc, from: 1 }), ...items]);
}

function map(random, members) {
  const begin = header(random, members.length, { fix: 0x80, limit: 16, long: 0xde, from: 1 });
  return Buffer.concat([begin, ...members.flat()]);
}

function value(random, depth) {
  if (depth === 0 || random.chance(0.4)) {
    return scalar(random);
  }
  const item = () => value(random, depth - 1);
  const key = () => (random.chance(0.95) ? string(random) : value(random, 1));
  const many = (make) => Array.from({ length: random.below(random.chance(0.95) ? 4 : 20) }, make);
  return random.chance(0.5) ? array(random, many(item)) : map(random, many(() => [key(), item()]));
}

const fixString = (text) => Buffer.concat([Buffer.from([0xa0 | text.length]), Buffer.from(text)]);

function packetData(random, type) {
  if (random.chance(0.1)) {
    return value(random, 2);
  }
  const name = random.chance(0.9) ? [fixString("event")] : [scalar(random)];
  const arguments_ = Array.from({ length: random.below(3) }, () => value(random, 2));
  const isList = type === 2 || type === 3;
  return isList ? array(random, [...name, ...arguments_]) : map(random, [[fixString("a"), value(random, 2)]]);
}

function packet(random) {
  const type = random.chance(0.97) ? random.pick([0, 1, 2, 2, 2, 3, 3, 4]) : random.below(8);
  const members = [
    ["type", Buffer.from([type])],
    ["data", packetData(random, type)],
    ["nsp", random.chance(0.97) ? fixString(random.pick(["/", "/chat", ""])) : value(random, 1)],
    ["id", random.chance(0.95) ? integer(random) : scalar(random)],
    ["x", value(random, 1)],
  ].filter(([name]) => random.chance({ id: 0.3, x: 0.05, data: type === 1 ? 0.1 : 0.95 }[name] ?? 0.99));
  return map(random, members.map(([name, bytes]) => [fixString(name), bytes]));
}

export function randomMsgpack(random, { packet: isPacket = false } = {}) {
  const bytes = isPacket ? packet(random) : value(random, 3);
  return random.chance(0.98) ? bytes : Buffer.concat([bytes, random.bytes(1)]);
}
