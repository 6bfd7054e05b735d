// JSON values that a server must hand on as they came.

export const NUMBERS = [
  0, 1, -1, 0.1, -0.1, 1 / 3, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53, -(2 ** 53), 2 ** 53 - 1, 2 ** 63,
  2 ** 64, 1e21, 1e-7, 123456789.12345679, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, Math.PI,
  0.1 + 0.2, 4.35, 1e23,
];

export const STRINGS = [
  "", " ", "plain", "Grüße", "日本語", "emoji 😀👩‍👩‍👧",
  "\u0000\u0001\u001f\u007f", "\u2028\u2029", "\ufeff",
  "\"quotes\" and \\backslashes\\ and /slashes/", "line\r\nbreak\ttab", "\u001e", "\uffff", "é vs e\u0301",
];

export const STRUCTURES = [
  null, true, false, [], {}, [[]], [{}], { a: {} }, { a: [] }, [null, [null, [null]]],
  { nested: { list: [1, "two", { three: [3.5, null] }], empty: {} } },
  { "": "empty key", "key with spaces": 1, "\u2028": 2, "ключ": 3, "a.b": 4 },
  { z: 1, y: 2, x: 3, b: 4, a: 5 },
  JSON.parse('{"__proto__":{"polluted":true},"constructor":1,"toString":2}'),
  { _placeholder: "not one", num: 0 },
];

export function deep(levels) {
  let value = "bottom";
  for (let i = 0; i < levels; ++i) {
    value = i % 2 === 0 ? [value] : { down: value };
  }
  return value;
}

export const EVERYTHING = [...NUMBERS, ...STRINGS, ...STRUCTURES, deep(40)];

export function bytes(length, first = 0) {
  return Buffer.from(Array.from({ length }, (_, i) => (first + i) & 255));
}
