// Socket.IO packets and payloads.
import { strict as assert } from "node:assert";
import { MIB } from "../vitals.js";
import { SEPARATOR } from "../../support/engine.js";
import { code, end, fate, pollingFate, summary } from "../attacker.js";

const BYTE = Buffer.from("x");
const PLACEHOLDER = '{"_placeholder":true,"num":0}';

// What becomes of a connection that has joined the main namespace, for each list of packets.
async function each(attacker, inputs, options) {
  const outcomes = [];
  for (const [title, ...packets] of inputs) {
    const session = await attacker.joined(options);
    await session.send(...packets);
    outcomes.push([title, await fate(session.ws)]);
    session.ws.destroy();
  }
  return summary(outcomes);
}

const RESERVED = ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener", "error"];

const NAMES = [
  '[{"toString":"x"}]', "[[]]", "[null]", "[true]", "[{}]", "[]", '[{"toString":null,"valueOf":null}]', "{}", '"x"',
  "[ ]", "1",
];

const NUMBERS = ['"splice"', '"0"', "-1", "1", "10", "0.5", "1e9", "null", "true", "{}", "[]", '"__proto__"', '"length"'];

const LONG = 900_000;

async function longRuns(attacker) {
  const before = attacker.vitals.cpu();
  const runs = [
    ["ack id", `42${"1".repeat(LONG)}["echo"]`],
    ["attachments", `45${"1".repeat(LONG)}-["echo"]`],
    ["attachments without end", `45${"1".repeat(LONG)}`],
    ["namespace", `42/${"a".repeat(LONG)},["echo"]`],
    ["namespace without end", `40/${"a/".repeat(LONG / 2)}`],
    ["number", `42["echo",${"1".repeat(LONG)}]`],
    ["string without end", `42["${"a".repeat(LONG)}`],
    ["escapes", `42["echo","${"\\u0041".repeat(LONG / 6)}"]`],
  ];
  const outcomes = await each(attacker, runs);
  const milliseconds = (attacker.vitals.cpu() - before) / runs.length;
  return `${outcomes}; ${milliseconds < 100 ? "less than 100 ms each" : `${milliseconds} ms each`}`;
}

async function attachments(attacker) {
  const announce = (count) => `45${count}-["echo",${PLACEHOLDER}]`;
  const counts = ["0", "11", "100", "999999999", "9".repeat(400), "1e3", "5 1", "0x1", "-1", "1.5", ""];
  return each(attacker, counts.map((count) => [count.length > 20 ? "400 digits" : code(count || " "), announce(count)]));
}

// A packet whose attachments never come: the connection may live, but not with more than its limit.
async function neverCompleted(attacker) {
  const session = await attacker.joined();
  const memory = attacker.vitals.memory();
  const placeholders = Array.from({ length: 10 }, (_, num) => `{"_placeholder":true,"num":${num}}`);
  await session.send(`4510-["echo",${placeholders}]`);
  for (let i = 0; i < 9; ++i) {
    session.ws.sendBinary(Buffer.alloc(1_000_000));
  }
  const what = await fate(session.ws);
  const held = attacker.vitals.memory() - memory;
  return `${what}, holding ${held < 12 * MIB ? "less than 12 MiB" : `${Math.round(held / MIB)} MiB`}`;
}

const ATTACHMENT_TIMEOUT_MS = 300;

const INCOMPLETE = {
  "none of one": [`451-["echo",${PLACEHOLDER}]`],
  "one of two": [`452-["echo",${PLACEHOLDER},{"_placeholder":true,"num":1}]`, BYTE],
};

async function giveUpPartial(attacker) {
  const kept = () => "kept";
  const completed = await attacker.joined();
  await completed.send(...INCOMPLETE["none of one"], BYTE);
  const outcomes = Object.entries(INCOMPLETE).map(async ([title, packets]) => {
    const session = await attacker.joined();
    await session.send(...packets);
    return [title, await end(session.ws).catch(kept)];
  });
  const polling = await attacker.polling();
  await polling.join();
  await polling.send(...INCOMPLETE["none of one"]);
  outcomes.push(["over polling", await closePacket(polling).catch(kept)]);
  return summary([...(await Promise.all(outcomes)), ["one of one", await fate(completed.ws)]]);
}

async function closePacket(session) {
  while ((await session.next()) !== "1"); // the application may say something first
  return "close";
}

const FLOOD = 200;
const times = (count, ...packets) => Array.from({ length: count }, () => packets).flat();

const FLOODS = [
  ["a tenth of it", ...times(FLOOD / 10, '42["event"]')],
  ["acknowledgements", ...Array.from({ length: FLOOD }, (_, id) => `43${id}[]`)],
  ["events", ...times(FLOOD, '42["event"]')],
  ["events of the wrong kind", ...times(FLOOD, "42[]")],
  ["binary events", ...times(FLOOD, `451-["event",${PLACEHOLDER}]`, BYTE)],
  ["leaving and joining", ...times(FLOOD, "41", "40")],
];

async function flood(attacker) {
  const overWebSocket = await each(attacker, FLOODS);
  const session = await attacker.polling();
  await session.join();
  await session.post(times(FLOOD, '42["event"]').join(SEPARATOR));
  return `${overWebSocket}; events over polling: ${await pollingFate(session)}`;
}

async function oversized(attacker) {
  const inputs = Array.from({ length: 20 }, (_, i) => [i, `4${"x".repeat(1_000_001)}`]);
  const frames = await each(attacker, inputs);
  const ten = Array.from({ length: 10 }, () => Buffer.alloc(900_000));
  const packets = Array.from({ length: 5 }, (_, i) => [i, `4510-["digest",${PLACEHOLDER}]`, ...ten]);
  return `frames above the limit: ${frames}; ten attachments of 900 kB: ${await each(attacker, packets)}`;
}

const V3_LENIENT = [" 1:6", "01:6"]; // as Node reads numbers
const V3_PAYLOADS = [
  ...V3_LENIENT,
  "5", "5:", ":", "1", "-1:6", "1.5:6a", "1e1:6", "1:63", "99999999999:6", `${"9".repeat(400)}:6`, "2:6\u{1f600}",
  "0x1:6", "NaN:6", "1:6:", "\u0000:6", "3:6\u20ac",
];
const V3_BINARY = [
  "00", "01", "00ff", "0001", "0001ff", "010aff04", "00090909090909090909ff34", "02010134", "ff", "0000ff34", "0001ffff",
];

const shown = (payload) => (payload.length > 100 ? "a length of 400 digits" : code(JSON.stringify(payload)));

async function malformedV3(attacker) {
  const outcomes = [];
  for (const payload of V3_PAYLOADS) {
    const session = await attacker.polling({ eio: 3 });
    await session.next();
    await session.post(payload);
    outcomes.push([shown(payload), await pollingFate(session)]);
  }
  for (const hex of V3_BINARY) {
    const session = await attacker.polling({ eio: 3 });
    await session.next();
    await session.post(Buffer.from(hex, "hex"), { headers: { "Content-Type": "application/octet-stream" } });
    outcomes.push([code(hex), await pollingFate(session)]);
  }
  return summary(outcomes);
}

async function v3Lengths(attacker) {
  const session = await attacker.polling({ eio: 3, query: "&b64=1" });
  await session.next();
  const event = '421["echo","\u{1f600}"]';
  await session.send(event, `451-2["echo",${PLACEHOLDER}]`, Buffer.from([0xe3, 0x8e]));
  const answers = [await session.next(), await session.next(), await session.next()];
  assert.deepEqual(answers, ['431["\u{1f600}"]', `461-2[${PLACEHOLDER}]`, Buffer.from([0xe3, 0x8e])]);
  return "read as UTF-16 units, base64 as it is meant";
}

export const parserCases = [
  {
    row: "CVE-2024-38355",
    threat: "events with the names that emitters reserve",
    sent: RESERVED.map((name) => code(`42["${name}"]`)).join(" "),
    attack: (attacker) => each(attacker, RESERVED.map((name) => [name, `42["${name}"]`])),
    ours: "error: goes on; the other 6: close",
  },
  {
    row: "CVE-2020-36049",
    threat: "long runs of digits and letters in a packet",
    sent: "8 packets of 900 kB: ack id, attachment count, namespace, number, string, escapes",
    attack: longRuns,
    most: 16 * MIB,
    ours: "namespace without end, number, escapes: goes on; the other 5: close; less than 100 ms each",
  },
  {
    row: "CVE-2022-2421",
    threat: "placeholders whose number is not one",
    sent: `\`51-["echo",{"_placeholder":true,"num":X}]\` with ${NUMBERS.length} values of X`,
    attack: (attacker) =>
      each(attacker, NUMBERS.map((num) => [code(num), `451-["echo",{"_placeholder":true,"num":${num}}]`, BYTE])),
    ours: `close (all ${NUMBERS.length})`,
  },
  {
    row: "CVE-2022-2421 (use)",
    threat: "placeholders that are missing, repeated, or in the place of the name",
    sent: "four binary packets",
    attack: (attacker) =>
      each(attacker, [
        ["missing", '451-["echo"]', BYTE],
        ["repeated", `451-["echo",${PLACEHOLDER},${PLACEHOLDER}]`, BYTE],
        ["as the name", `451-[${PLACEHOLDER}]`, BYTE],
        ["without a number", '451-["echo",{"_placeholder":true}]', BYTE],
      ]),
    ours: "missing, repeated: goes on; as the name, without a number: close",
  },
  {
    row: "CVE-2023-32695",
    threat: "event names that are not strings",
    sent: NAMES.map((name) => code(`42${name}`)).join(" "),
    attack: (attacker) => each(attacker, NAMES.map((name) => [code(name), `42${name}`])),
    ours: summary(NAMES.map((name) => [code(name), name === "1" ? "goes on" : "close"])),
  },
  {
    row: "CVE-2026-33151",
    threat: "attachments announced without bound",
    sent: "`45X-[...]` with 11 values of X",
    attack: attachments,
    ours: "close (all 11)",
  },
  {
    row: "CVE-2026-33151 (size)",
    threat: "attachments that fill the memory",
    sent: "ten announced, nine of a million bytes sent",
    attack: neverCompleted,
    most: 24 * MIB,
    ours: "goes on, holding less than 12 MiB",
  },
  {
    row: "CVE-2026-33151 (time)",
    threat: "a binary packet that is never completed",
    sent: `attachments announced and not all sent, connection kept; ${code("attachment_timeout")} ${ATTACHMENT_TIMEOUT_MS} ms`,
    guards: { limit: `attachment_timeout=${ATTACHMENT_TIMEOUT_MS}` },
    attack: giveUpPartial,
    ours: "one of one: goes on; none of one, one of two, over polling: close",
  },
  {
    row: "netty-socketio 2.0.1, 2.0.8",
    threat: "frames above the limit leak; attachments exhaust the memory",
    sent: "20 frames of 1 000 001 bytes, 5 packets with ten attachments of 900 kB",
    attack: oversized,
    most: 24 * MIB,
    ours: "frames above the limit: close 1009 (all 20); ten attachments of 900 kB: goes on (all 5)",
  },
  {
    row: "engineioxide 0.17.4",
    threat: "malformed payloads of protocol 3",
    sent: `${V3_PAYLOADS.length} text and ${V3_BINARY.length} binary payloads`,
    flags: { allowEio3: true },
    attack: malformedV3,
    ours: summary([
      ...V3_PAYLOADS.map((payload) => [shown(payload), V3_LENIENT.includes(payload) ? "goes on" : "close"]),
      ...V3_BINARY.map((hex) => [code(hex), "close"]),
    ]),
  },
  {
    row: "engineioxide 0.17.5",
    threat: "lengths of protocol 3 in other units, base64 that starts like a packet type",
    sent: "an emoji, and base64 that starts with `4`",
    flags: { allowEio3: true },
    attack: v3Lengths,
    ours: "read as UTF-16 units, base64 as it is meant",
  },
];

export const floodCases = [
  {
    row: "floods",
    threat: "more events than the application can bear",
    sent: `${FLOOD} packets at once, in ${FLOODS.length + 1} kinds; ${code("events_per_connection")} 20 in a second, 50 at once`,
    guards: { limit: "events_per_connection=20/50" },
    attack: flood,
    ours: "a tenth of it, acknowledgements: goes on; the other 4: close; events over polling: close",
  },
];
