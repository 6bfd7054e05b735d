// First inputs for each target, out of the golden vectors (conformance/vectors).

import { readFileSync } from "node:fs";

const folder = new URL("../../conformance/vectors/", import.meta.url);
const end = Buffer.from([0xff]);

function vectors(file, ...kinds) {
  const all = JSON.parse(readFileSync(new URL(file, folder), "utf8")).vectors;
  return all.filter((vector) => kinds.includes(vector.kind));
}

function bytes(...parts) {
  return Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));
}

function byte(value) {
  return Buffer.from([value]);
}

function fromHex(vector) {
  return Buffer.from(vector.bytes, "hex");
}

function records(...parts) {
  return bytes(...parts.flatMap((part) => [part, end]));
}

// --- Engine.IO ----------------------------------------------------------------------------------

function payload() {
  const kinds = { payload: "4", "payload-decode": "4", "packet-decode": "p" };
  const v4 = vectors("engineio_v4.json", ...Object.keys(kinds)).map((v) => bytes(kinds[v.kind], fromHex(v)));
  const kindsV3 = { "payload-string": "3", "payload-decode": "3", "payload-binary": "b", "packet-decode": "p" };
  const v3 = vectors("engineio_v3.json", ...Object.keys(kindsV3)).map((v) => bytes(kindsV3[v.kind], fromHex(v)));
  const texts = ["€uro 😀 \\u2028\u2028\"", "aGVsbG8=", "\u{fffd}\u{10ffff}"];
  return [...v4, ...v3, ...texts.flatMap((text) => ["u", "6", "P"].map((mode) => bytes(mode, text)))];
}

function requests() {
  const all = [...vectors("engineio_v4.json", "http"), ...vectors("engineio_v3.json", "http")];
  return all.flatMap((vector) => vector.request ?? []).map((text) => {
    const head = text.indexOf("\n\n");
    return text.slice(0, head + 2).replaceAll("\n", "\r\n") + text.slice(head + 2);
  });
}

function http() {
  const chunked =
    "POST /a?b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: u\r\n\r\n";
  const expect = "PUT * HTTP/1.0\r\nExpect: 100-continue\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx";
  const all = [...requests().filter((text) => text.length < 1000), chunked, expect];
  const pipelined = all[0] + chunked + "\r\n\r\n" + all[1] + expect;
  return [...all.map((text) => bytes("0", text)), bytes("s", pipelined)];
}

function query() {
  const targets = requests().map((text) => text.split(" ")[1]);
  const offers = [
    "permessage-deflate; client_max_window_bits",
    "permessage-deflate; server_max_window_bits=10; client_no_context_takeover, permessage-deflate",
    'x; a="b\\"c"; d=e, permessage-deflate; server_no_context_takeover; client_max_window_bits="9"',
  ];
  const fields = ["gzip, deflate;q=0.5, *;q=0", "br;q=1.0, identity", "chat, superchat"];
  return [
    ...targets.map((text) => bytes("q", text)),
    bytes("q", "/a?b=c%20d+e&b=%ff&2=x&1=y&=&==&%zz#f"),
    ...["d=4a%5Cn%5C%5Cn", "a=b&d=1", "d=1&d=2"].map((text) => bytes("j", text)),
    ...offers.map((text) => bytes("e", text)),
    ...fields.map((text) => bytes("f", text)),
  ];
}

// A frame whose mask does nothing.
function frame(firstByte, payloadBytes) {
  return bytes(byte(firstByte), byte(0x80 | payloadBytes.length), Buffer.alloc(4), payloadBytes);
}

function websocket() {
  const close = bytes(byte(0x03), byte(0xe8), "bye");
  const whole = [frame(0x81, bytes("40")), frame(0x82, byte(1)), frame(0x89, bytes("p")), frame(0x88, close)];
  const parts = [frame(0x01, bytes("a€".repeat(3))), frame(0x89, bytes("")), frame(0x80, bytes("b"))];
  const packed = frame(0xc1, Buffer.from("f248cdc9c90700", "hex")); // "Hello", RFC 7692 section 7.2.3.1
  const unmasked = bytes(byte(0x82), byte(0x7e), byte(0), byte(3), "abc");
  return [
    bytes(byte(0), byte(0), ...whole),
    bytes(byte(0), byte(7), ...parts, ...whole),
    bytes(byte(2), byte(0), packed, packed),
    bytes(byte(14), byte(9), packed, frame(0x41, bytes("x")), frame(0x80, bytes("y"))),
    bytes(byte(1), byte(0), unmasked),
    bytes(byte(0), byte(0), ...[0x02, 0x00, 0x80].map((first) => frame(first, Buffer.alloc(120)))), // too large
  ];
}

function deflate() {
  const hello = Buffer.from("f248cdc9c90700", "hex");
  return [0, 2, 1, 3, 24, 27].map((choices) => bytes(byte(choices), byte(hello.length), hello, hello));
}

function proxyProtocol() {
  const lines = ["TCP4 192.168.0.1 10.0.0.1 56324 443", "TCP6 2001:db8::1 ::1 1 2", "UNKNOWN ffff::1 x"];
  const signature = Buffer.from("0d0a0d0a000d0a515549540a", "hex");
  const binary = (hex, rest) => bytes(byte(0), signature, Buffer.from(hex, "hex"), rest);
  const forwarded = ["192.0.2.1, 10.0.0.2", "[2001:db8::1]:80,[fd00::1]\n10.1.1.1:5", "unknown, ::ffff:10.0.0.3"];
  const networks = ["10.0.0.0/8", "::ffff:10.0.0.1/104", "2001:db8::/32", "127.0.0.1", "::1"];
  return [
    ...lines.map((line) => bytes(byte(9), `PROXY ${line}\r\nGET /`)),
    binary("2111000c", Buffer.from("c0a800010a000001dc0401bb", "hex")),
    binary("2121002b", bytes(Buffer.alloc(36, 1), Buffer.from("03000400000000", "hex"))),
    binary("213100d8", Buffer.alloc(216, 0x2f)),
    binary("20000000", bytes("GET /")),
    ...networks.map((text) => bytes("a", text)),
    ...forwarded.map((text) => bytes("f", text)),
  ];
}

// --- Socket.IO ----------------------------------------------------------------------------------

function socketioText() {
  const packets = vectors("socketio_v5.json", "encode", "decode").filter((vector) => vector.frames);
  const messages = packets.map((vector) =>
    records(...vector.frames.map((part) => bytes(part.type === "binary" ? "b" : "", fromHex(part)))),
  );
  return [...messages, bytes(...messages.slice(0, 10))];
}

function msgpack() {
  const packets = vectors("socketio_msgpack.json", "encode", "decode").filter((vector) => vector.bytes);
  const codecs = { notepack3: "3", notepack2: "2", msgpack28: "m" };
  const values = vectors("msgpack_codecs.json", "encode", "decode").flatMap((vector) =>
    Object.entries(codecs).flatMap(([codec, mode]) => {
      const hex = vector[codec]?.bytes ?? vector.bytes;
      return hex === undefined ? [] : [bytes(mode, Buffer.from(hex, "hex"))];
    }),
  );
  return [...packets.map((vector) => bytes("p", fromHex(vector))), ...values];
}

// What a client sends, with what the application of the target understands.
function session() {
  const sent = (step) => step.dir === "c2s" && step.bytes !== undefined;
  const start = "oEIO=4&transport=websocket";
  const json = vectors("socketio_v5.json", "session").map(({ protocol, steps }) => {
    const frames = steps.filter(sent).map((step) => bytes(step.type === "binary" ? "b" : "w", fromHex(step)));
    return bytes(byte(0), byte(0), records(protocol === 4 ? "oEIO=3&transport=websocket" : start, ...frames));
  });
  const packed = vectors("socketio_msgpack.json", "session").map(({ steps }) => {
    const frames = steps.filter(sent).map((step) => bytes("b", fromHex(step)));
    return bytes(byte(1), byte(0), records(start, "w40", ...frames));
  });
  const poll = "EIO=4&transport=polling&sid=$";
  const events = ["echo", "join", "leave", "say", "all", "ask", "bye", "add", "binary"];
  const calls = events.map((name) => `w420["${name}","room",1]`);
  const scripts = [
    records(start, "w40", ...calls, "aa", "w431[1]", "ae", "t\x05", "w41"),
    records(start, "w40/admin,", 'w40/room1,{"token":"no"}', "w40/room2,", 'w42/room2,["echo",[1]]', "x"),
    records(start, "w40", 'w451-["echo",{"_placeholder":true,"num":0}]', "b\x01\x02", "ab", "t\x19", "w3", "t\x50"),
    records("gEIO=4&transport=polling", "c", `g${poll}`, "c", `p${poll} 40`, "n\x01", `p${poll} 42["echo"]\x1e41`),
    records("gEIO=4&transport=polling", "c", `oEIO=4&transport=websocket&sid=$`, "w2probe", "w5", "w40"),
    records("gEIO=3&transport=polling", "c", "pEIO=3&transport=polling&sid=$ 1:2", "gEIO=3&transport=polling&sid=$"),
    records("gEIO=4&transport=polling&j=0", "c", `p${poll}&j=0 d=42["echo","a"]`, `g${poll}&j=0`),
    records(start, "w40", "k\x05", 'w42["all","xxxxxxxxxxxxxxxxxxxx"]', "av", "ae", "t\x30", "k\x7f"),
  ];
  const raw = requests().filter((text) => text.length < 600).map((text) => records(bytes("r", text)));
  const options = [0, 2, 4, 8];
  return [
    ...json,
    ...packed,
    ...scripts.flatMap((script) => options.map((choice) => bytes(byte(choice), "0", script))),
    ...raw.map((script) => bytes(byte(0), "3", script)),
  ];
}

// --- Redis --------------------------------------------------------------------------------------

function resp() {
  const files = ["redis_adapter_classic.json", "redis_adapter_sharded.json", "redis_streams.json"];
  const commands = files.flatMap((file) => vectors(file, "command").filter((vector) => vector.argv && vector.bytes));
  const replies = [
    "+OK\r\n-MOVED 3999 127.0.0.1:6381\r\n:-42\r\n$-1\r\n*-1\r\n*0\r\n$0\r\n\r\n",
    "*1\r\n*3\r\n:0\r\n:16383\r\n*3\r\n$9\r\n127.0.0.1\r\n:7000\r\n$2\r\nid\r\n",
    "*2\r\n$15\r\n1700000000000-0\r\n*4\r\n$3\r\nnsp\r\n$1\r\n/\r\n$4\r\ntype\r\n$1\r\n3\r\n",
    "*4\r\n" + "*6\r\n:1\r\n:2\r\n:3\r\n:4\r\n:5\r\n:6\r\n".repeat(4), // too many elements
    "-ASK 1 :7001\r\n-CLUSTERDOWN x\r\n*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nb\r\n",
  ];
  return [...commands.map((vector) => bytes("0", fromHex(vector))), ...replies.map((text) => bytes("s", text))];
}

// The requests that are under way are called so; those of the captures are as long.
const requestIds = ["2", "3", "4", "5"];

function withRequestId(message, id) {
  const text = message.toString("latin1");
  const renamed = text.replace(/(requestId(?:":"|[\xa6\xb0]))(.{16}|.{6})(?=["\xa0-\xbf\x80-\x9f]|$)/s, (_, key, old) =>
    key + (old.length === 6 ? "node-" : "0000000000node-") + id,
  );
  return Buffer.from(renamed, "latin1");
}

function published(file, adapter, ways) {
  const messages = vectors(file, "command", "inject").filter((vector) => vector.channel && vector.bytes);
  return messages.flatMap((vector) => {
    const way = Object.keys(ways).find((letter) => ways[letter].test(vector.channel)) ?? "b";
    const message = fromHex(vector);
    const all = [message, ...requestIds.map((id) => withRequestId(message, id))];
    return all.map((each) => bytes(adapter, records(bytes(way, each))));
  });
}

function entries() {
  const all = vectors("redis_streams.json", "command", "inject").filter((vector) => vector.fields);
  return all.map(({ fields }) => bytes("x", records(`e${fields.type}\0${fields.data ?? ""}`)));
}

function storedSessions() {
  const all = vectors("redis_streams.json", "command").filter((vector) => vector.command === "SET");
  return all.map((vector) => bytes("s", vector.argv[2]));
}

function bus() {
  const classic = { r: /-response#\/#$/, R: /-response#\/#./, q: /-request#/, B: /#\/#./ };
  const sharded = { R: /#\/#[0-9a-f]{16}#/, B: /#\/#./ };
  return [
    ...published("redis_adapter_classic.json", "c", classic),
    ...published("redis_emitter.json", "c", classic),
    ...published("redis_adapter_sharded.json", "d", sharded),
    ...published("redis_streams.json", "x", sharded),
    ...entries(),
    ...storedSessions(),
  ];
}

const makers = {
  bus,
  deflate,
  http,
  msgpack,
  payload,
  proxy_protocol: proxyProtocol,
  query,
  resp,
  session,
  socketio_text: socketioText,
  websocket,
};

/** The seeds of a target, as buffers. */
export function seeds(target) {
  return makers[target]?.() ?? [];
}
