// Scripts written by hand. A script is { name, run(player), concern? }: `concern` names the entry of
// known_differences.js that may apply.
import { Opcode, formatFrame } from "../support/raw.js";
import { encodeBinaryPayload, encodePayload } from "../support/eio3.js";

const OCTETS = { "Content-Type": "application/octet-stream" };
const placeholder = (num) => `{"_placeholder":true,"num":${num}}`;

const script = (name, run, concern) => ({ name, run, concern });

// Bare Engine.IO: mode eio, maxPayload 2000.
export function engineScripts() {
  const path = "/engine.io/";
  const echoed = (player) => player.drain("4barrier", "4barrier");
  const open = (player) => player.handshake({ path });

  const payloads = [
    "4hello", "4", "", "b", "bAQIDBA==", "bAQIDBA", "b!!!!", "b====", "bAQ ID\nBA==", "b-_-_", "9", "x", " 4",
    "0", "0{}", "1", "2", "2probe", "3", "3probe", "5", "6", "4a\x1e4b", "4a\x1e", "\x1e4a", "4a\x1e\x1e4b",
    "4a\x1ex\x1e4b", "4a\x1e1\x1e4b", "4a\x1e2\x1e4b", "4a\x1e3\x1e4b", "4a\x1e6\x1e5\x1e0\x1e4b", "\x1e",
    "4\u20ac\u{1f600}\u2028", "4\u0000", "{}", "[]", "null", "-1", "44", "b4AQID", "4\x1fb", "\ufeff4a",
  ];
  const contentTypes = [
    undefined, null, "text/plain", "application/json", "application/octet-stream", "Application/Octet-Stream",
    "application/octet-stream; charset=binary", "multipart/form-data; boundary=x", "text/html", "",
    "application/x-www-form-urlencoded",
  ];

  return [
    ...payloads.map((payload) =>
      script(`payload ${JSON.stringify(payload)}`, async (player) => {
        await open(player);
        await player.post(payload);
        await echoed(player);
      }),
    ),
    ...contentTypes.map((type) =>
      script(`content type ${type}`, async (player) => {
        await open(player);
        await player.post("4a", { headers: { "Content-Type": type ?? null } });
        await echoed(player);
      }),
    ),
    ...[0, 1, 1998, 1999, 2000, 2001, 4000, 70_000].map((size) =>
      script(`a body of ${size} bytes`, async (player) => {
        await open(player);
        await player.post(size === 0 ? "" : `4${"x".repeat(size - 1)}`);
        await echoed(player);
      }),
    ),
    ...["OPTIONS", "PUT", "DELETE", "HEAD", "PATCH"].map((method) =>
      script(`${method} on a session`, async (player) => {
        await open(player);
        await player.request({ method, path: player.target });
        await player.request({ method, path: player.target, body: "4a" });
        await echoed(player);
      }),
    ),
    script("overlapping polls", async (player) => {
      await open(player);
      const first = await player.pending();
      await player.poll();
      await first.result();
      await player.poll();
    }),
    script("a close packet with a pending poll", async (player) => {
      await open(player);
      const poll = await player.pending();
      await player.post("1");
      await poll.result();
      await player.poll();
    }),
    script("a bad packet with a pending poll", async (player) => {
      await open(player);
      const poll = await player.pending();
      await player.post("zzz");
      await poll.result();
      await player.poll();
    }),
    script("a ping with a pending poll", async (player) => {
      await open(player);
      const poll = await player.pending();
      await player.post("2");
      await poll.result();
      await player.poll();
    }),
    script("a refused content type with a pending poll", async (player) => {
      await open(player);
      const poll = await player.pending();
      await player.post("4a", { headers: OCTETS });
      await poll.result();
      await player.poll();
    }),
    script("an upgrade", async (player) => {
      await open(player);
      const ws = await player.websocket(player.target.replace("polling", "websocket"));
      ws.send("2probe");
      await ws.frame();
      await player.poll();
      ws.send("5", "4hello", Buffer.from([1, 2]));
      await ws.frame();
      await ws.frame();
      await player.poll();
      await player.post("4no");
      ws.destroy();
    }),
    script("an upgrade without a probe", async (player) => {
      await open(player);
      const ws = await player.websocket(player.target.replace("polling", "websocket"));
      ws.send("5", "4hello");
      await ws.frame();
      ws.destroy();
    }),
    ...["2foo", "2", "4a", "3probe", "6", "0", "", "x", "2probe2"].map((packet) =>
      script(`an upgrade that begins with ${JSON.stringify(packet)}`, async (player) => {
        await open(player);
        const ws = await player.websocket(player.target.replace("polling", "websocket"));
        ws.send(packet);
        await ws.frame();
        ws.destroy();
        await echoed(player);
      }),
    ),
    script("a second upgrade", async (player) => {
      await open(player);
      const target = player.target.replace("polling", "websocket");
      const first = await player.websocket(target);
      first.send("2probe");
      await first.frame();
      const second = await player.websocket(target);
      await second.frame();
      first.send("5", "4hello");
      await first.frame();
      const third = await player.websocket(target);
      await third.frame();
      first.send("4still");
      await first.frame();
      [first, second, third].forEach((ws) => ws.destroy());
    }),
    ...[
      ["no key", { "Sec-WebSocket-Key": null }],
      ["a short key", { "Sec-WebSocket-Key": "abc" }],
      ["a key with padding inside", { "Sec-WebSocket-Key": "dGhlIHNhbXBs=W5vbmNlPQ==" }],
      ["version 8", { "Sec-WebSocket-Version": "8" }],
      ["version 13 twice", { "Sec-WebSocket-Version": "13, 13" }],
      ["a subprotocol", { "Sec-WebSocket-Protocol": "chat" }],
      ["two subprotocols", { "Sec-WebSocket-Protocol": "chat, super" }],
      ["an extension", { "Sec-WebSocket-Extensions": "permessage-deflate" }],
      ["an Origin", { Origin: "https://example.com" }],
      ["upper case", { Upgrade: "WEBSOCKET", Connection: "UPGRADE" }],
      ["several connection tokens", { Connection: "keep-alive, Upgrade" }],
    ].map(([title, headers]) =>
      script(`a WebSocket handshake with ${title}`, async (player) => {
        const ws = await player.websocket(`${path}?EIO=4&transport=websocket`, headers);
        await ws.roundTrip();
        ws.destroy();
      }),
    ),
    ...["EIO=3&transport=websocket", "transport=websocket", "EIO=4&transport=foo", "EIO=4",
      "EIO=4&transport=websocket&sid=foo", "EIO=4&transport=polling&sid=foo"].map((query) =>
      script(`an upgrade request with ${query}`, async (player) => {
        (await player.websocket(`${path}?${query}`)).destroy();
      }),
    ),
  ];
}

// Frames on an echoing WebSocket; maxPayload 2000.
export function frameScripts() {
  const text = (payload, more = {}) => ({ opcode: Opcode.text, payload, ...more });
  const next = (payload, more = {}) => ({ opcode: Opcode.continuation, payload, ...more });
  const cases = {
    "an unmasked frame": [text("4a", { mask: false })],
    "RSV1": [text("4a", { rsv: 4 })],
    "RSV2": [text("4a", { rsv: 2 })],
    "RSV3": [text("4a", { rsv: 1 })],
    "opcode 3": [{ opcode: 3, payload: "" }],
    "opcode 11": [{ opcode: 11, payload: "" }],
    "a continuation alone": [next("4a")],
    "text within text": [text("4a", { fin: false }), text("4b")],
    "a fragmented ping": [{ opcode: Opcode.ping, payload: "", fin: false }],
    "a ping of 126 bytes": [{ opcode: Opcode.ping, payload: "x".repeat(126) }],
    "a close without a code": [{ opcode: Opcode.close, payload: "" }],
    "a close of one byte": [{ opcode: Opcode.close, payload: [3] }],
    "a close with a bad reason": [{ opcode: Opcode.close, payload: [3, 232, 255] }],
    "invalid UTF-8": [text([0x34, 0xff])],
    "UTF-8 broken across fragments": [text([0x34, 0xe2], { fin: false }), next([0x28])],
    "a message of 2001 bytes": [text("4".repeat(2001))],
    "fragments of 2001 bytes": [text("4".repeat(2000), { fin: false }), next("x")],
    "a length of 5000 and no data": [text("", { length: 5000 })],
    "a length of 2^40": [text("", { length: 2 ** 40 })],
    "an empty text": [text("")],
    "a client ping": [text("2")],
    "an unknown packet": [text("z")],
  };
  for (const code of [0, 999, 1000, 1001, 1003, 1004, 1005, 1006, 1007, 1010, 1014, 1015, 2999, 3000, 4999, 5000]) {
    cases[`a close with ${code}`] = [{ opcode: Opcode.close, payload: [code >> 8, code & 255] }];
  }
  return Object.entries(cases).map(([name, frames]) =>
    script(`WebSocket: ${name}`, async (player) => {
      const ws = await player.websocket("/engine.io/?EIO=4&transport=websocket");
      await ws.frame();
      ws.send("4before");
      await ws.frame();
      await ws.bytes(Buffer.concat(frames.map(formatFrame)));
      await ws.until(() => false);
      ws.destroy();
    }),
  );
}

// Requests to mode app, without a session.
export function requestScripts() {
  const get = (path, headers) =>
    script(`GET ${path}${headers ? ` ${JSON.stringify(headers)}` : ""}`, (player) => player.request({ path, headers }));
  const targets = [
    "/health", "/health?x=1", "/health/", "/", "/echo", "/socket.io", "/socket.io?EIO=4&transport=polling",
    "/socket.io/", "/socket.io/?", "/socket.io/?EIO=4", "/socket.io/?transport=polling",
    "/socket.io/x/y?EIO=4&transport=polling",
    "/socket.io/?EIO=4&transport=websocket", "/socket.io/?EIO=4&transport=webtransport",
    "/Socket.IO/?EIO=4&transport=polling",
    "/socket.io/?EIO=4&transport=polling&sid=", "/socket.io/?EIO=4&transport=polling&sid=foo",
    "/socket.io/?EIO=4&transport=polling&sid=__proto__", "/socket.io/?EIO=4&transport=__proto__",
    "/socket.io/?EIO=4&transport=constructor", "/socket.io/?EIO=4&EIO=3&transport=polling",
    "/socket.io/?EIO=3&EIO=4&transport=polling", "/socket.io/?EI%4f=%34&transport=pollin%67",
    "/socket.io/?EIO=4&transport=polling&j=1", "/socket.io/?EIO=4&transport=polling&j=abc",
    "/socket.io/?EIO=4&transport=polling&j=",
    "/socket.io/?EIO=4&transport=polling&b64=1", "/socket.io/?EIO=4&transport=polling%00",
    "/socket.io/?EIO=+4&transport=polling",
    "/socket.io/?EIO=4&transport=polling&transport=websocket", "/socket.io/nothing.js", "/socket.io/socket.io.js.foo",
    "/socket.io/?EIO=4&transport=polling&sid[]=x", "/socket.io/?EIO[]=4&transport=polling",
    "/socket.io//?EIO=4&transport=polling",
    "/socket.io/.?EIO=4&transport=polling", "/socket.io/%2e%2e/?EIO=4&transport=polling",
  ];
  const bundle = [
    "socket.io.js", "socket.io.js.map", "socket.io.min.js", "socket.io.min.js.map", "socket.io.esm.min.js",
    "socket.io.esm.min.js.map", "socket.io.msgpack.min.js", "socket.io.msgpack.min.js.map",
  ];
  return [
    ...targets.map((path) => get(path)),
    get("/socket.io/?EIO=4&transport=polling", { "User-Agent": "x;MSIE 9" }),
    get("/socket.io/?EIO=4&transport=polling", { "User-Agent": "Trident/7.0" }),
    get("/socket.io/?EIO=4&transport=polling", { Origin: "https://example.com" }),
    get("/socket.io/?EIO=4&transport=polling", { "Accept-Encoding": "gzip" }),
    get("/socket.io/?EIO=4&transport=polling", { Cookie: "io=foo" }),
    ...bundle.map((name) =>
      script(`the bundle's ${name}`, async (player) => {
        const { text } = await player.request({ method: "HEAD", path: `/socket.io/${name}` });
        player.note(text);
      }),
    ),
    script("the bundle with If-None-Match", async (player) => {
      const path = "/socket.io/socket.io.min.js";
      for (const etag of ['"4.8.4"', 'W/"4.8.4"', '"4.0.0"', "*"]) {
        await player.request({ method: "HEAD", path, headers: { "If-None-Match": etag } });
      }
    }),
    ...["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"].flatMap((method) => [
      script(`${method} as a handshake`, (player) =>
        player.request({ method, path: "/socket.io/?EIO=4&transport=polling" })),
      script(`${method} as a handshake, with a body`, (player) =>
        player.request({ method, path: "/socket.io/?EIO=4&transport=polling", body: "40" })),
      script(`${method} of the application`, (player) => player.request({ method, path: "/x", body: "body" })),
    ]),
    ...[
      "nonsense\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nHost\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: foo\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nBad Name: y\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nName : y\r\n\r\n",
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${"a".repeat(100_000)}\r\n\r\n`,
      "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
      "\r\nGET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ].map((bytes) =>
      script(`bytes ${JSON.stringify(bytes.slice(0, 90))}`, (player) => player.refusal(bytes))),
    script("pipelined requests", (player) =>
      player.raw(
        "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n" +
          "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab" +
          "GET /socket.io/?EIO=4 HTTP/1.1\r\nHost: x\r\n\r\n" +
          "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\ncd\r\n0\r\n\r\n",
        { responses: 4 },
      )),
  ];
}

// The forms of CORS and cookies, protocol 3 and its payloads; --allow-eio3 on.
export function compatibilityScripts() {
  const path = "/socket.io/?EIO=4&transport=polling";
  const requested = { "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-a, content-type" };
  const strings = [
    "", "6:4hello", "5:4hello", "7:4hello", "2:4a2:4b", ":4a", "a:4b", "2:4\u20ac", "3:4\u{1f600}", "2:4\u{1f600}",
    "1:2", "1:3", "1:1", "1:6", "1:5", "1:9", "0:", "0:2:4a", "1:4", "2:4a3", "10:b4AQIDBA==", "3:b4=", "2:b4", "1:b",
  ];
  const binaries = [
    encodeBinaryPayload(["4a"]), encodeBinaryPayload(["4\u20ac", Buffer.from([1, 2])]),
    encodeBinaryPayload([Buffer.alloc(0)]), Buffer.from("0002ff34", "hex"), Buffer.from("00", "hex"),
    Buffer.from("ff", "hex"), Buffer.from("0001ff39", "hex"), Buffer.from("000aff34", "hex"),
  ];
  const open = async (player, query = "") => {
    await player.handshake({ eio: 3, query });
    await player.drain('420["echo"]', "430[]");
  };
  return [
    ...[{}, { Origin: "https://a.example" }, { Origin: "null" }, { Origin: "https://a.example", ...requested }].flatMap(
      (headers) => [
        script(`GET with ${JSON.stringify(headers)}`, (player) => player.request({ path, headers })),
        script(`OPTIONS with ${JSON.stringify(headers)}`, (player) => player.request({ method: "OPTIONS", path, headers })),
        script(`an error with ${JSON.stringify(headers)}`, (player) => player.request({ path: "/socket.io/", headers })),
      ],
    ),
    script("CORS on a WebSocket", async (player) => {
      const ws = await player.websocket("/socket.io/?EIO=4&transport=websocket", { Origin: "https://a.example" });
      await ws.roundTrip();
      ws.destroy();
    }),
    ...strings.map((payload) =>
      script(`string payload ${JSON.stringify(payload)}`, async (player) => {
        await open(player);
        await player.post(payload);
        await player.drain('421["echo"]', "431[]");
      }),
    ),
    ...binaries.map((payload) =>
      script(`binary payload ${payload.toString("hex")}`, async (player) => {
        await open(player);
        await player.post(payload, { headers: OCTETS });
        await player.drain('421["echo"]', "431[]");
      }),
    ),
    ...["", "&b64=1", "&b64=true", "&b64=0", "&j=0", "&j=5&b64=1"].map((query) =>
      script(`a binary answer with the query "${query}"`, async (player) => {
        await open(player, query);
        const event = '425["generate",3]';
        await player.post(encodePayload([event]));
        await player.poll();
      }, query === "&j=0" ? "binary over JSONP" : undefined),
    ),
    ...["40/custom,", "40/custom?a=1&b=%20,", "40/nope,", "40/auth?token=x,", "40/auth?token=secret,", "40/dyn-1", "41",
      "40", '42["echo"]', '421["echo","\u20ac"]', "2", "2probe", "3", "1", "5", '42/custom?x=1,1["echo"]'].map((packet) =>
      script(`protocol 3 over WebSocket: ${packet}`, async (player) => {
        const ws = await player.websocket("/socket.io/?EIO=3&transport=websocket");
        await ws.frame();
        await ws.frame();
        ws.send(packet);
        await ws.roundTrip();
        await ws.roundTrip();
        ws.destroy();
      }, packet === "1" ? "close packet over WebSocket" : undefined),
    ),
    script("another version than the session's", async (player) => {
      await player.handshake();
      await player.request({ path: "/socket.io/?EIO=3&transport=polling&sid={sid}" });
      await player.request({ method: "POST", path: "/socket.io/?transport=polling&sid={sid}", body: "40" });
      (await player.websocket("/socket.io/?EIO=3&transport=websocket&sid={sid}")).destroy();
    }),
  ];
}

// Socket.IO packets on a WebSocket that has joined "/" in mode app.
export function packetScripts() {
  const packets = [
    "40", "40/custom,", "40/custom", '40/custom,{"a":1}', "40/custom,[]", "40/nope,", "40/auth,",
    '40/auth,{"token":"secret"}',
    "40/dyn-5,", "40/,", "40//,", "41", "41/custom,", "41/,", '41["a"]', "42", "42[]", "42{}", '42["a"',
    "42[1]", "42[true]",
    '42["connect"]', '42["disconnect"]', '42["error",1]', '421["echo"]', '42001["echo",1]',
    '42/custom,1["echo"]', "43", "430[]",
    "43999[1]", "431{}", "44", '44"x"', '44{"message":"x"}', "45", "450-[]", '451-["echo"]', '45a-["x"]',
    '4511-["echo"]', "46",
    "461-1[]", "47", "49", "4", "4x", "4 ", "9", "0", "2", "3", "3abc", "5", "6", "", '42["emitBack","connect"]',
    '42["emitBack"]', '42["emitBack",1]', '42["emitBack","x",null,[],{"a":"\u20ac"}]', '421["echo",1e400]',
    '421["echo",1e21,0.1,-0,1E3]', '421["echo","\\ud800"]', '421["echo","\\u2028\u2029"]',
    '421["echo",{"a":1,"a":2}]',
    '42["kickMe",false]', '42["kickMe",true]', '42["dropMe"]', '421["ackTwice"]', '42["forbidden"]', '421["unknown"]',
    '421["digest","x"]', '421["join"]', '421["join",5]', '421["slow"]', '421["generate",2]', '421["seqGet"]',
    '421["setData",[]]', '421["goneInfo","x"]', '421["fetch",{}]', '421["op",null]',
  ];
  const closesEarly = new Set(["40", "41"]);
  return packets.map((packet) =>
    script(`packet ${JSON.stringify(packet)}`, async (player) => {
      const ws = await join(player);
      ws.send(packet);
      await ws.roundTrip();
      if (!closesEarly.has(packet) && !ws.closed) {
        ws.send('4298765["echo"]');
        await ws.until((frame) => frame.text === "4398765[]");
      }
      ws.destroy();
    }),
  ).concat(attachmentScripts());
}

function attachmentScripts() {
  const cases = {
    "one attachment": [`451-1["echo",${placeholder(0)}]`, [1]],
    "two in another order": [`452-1["echo",${placeholder(1)},${placeholder(0)}]`, [1], [2]],
    "one used twice": [`451-1["echo",${placeholder(0)},${placeholder(0)}]`, [1]],
    "one not used": ['451-1["echo"]', [1]],
    "empty": [`451-1["echo",${placeholder(0)}]`, []],
    "out of range": [`451-1["echo",${placeholder(1)}]`, [1]],
    "negative": [`451-1["echo",${placeholder(-1)}]`, [1]],
    "a string as number": [`451-1["echo",${placeholder('"0"')}]`, [1]],
    "text in between": [`451-1["echo",${placeholder(0)}]`, '42["echo"]'],
    "too much binary": [`451-1["echo",${placeholder(0)}]`, [1], [2]],
    "binary alone": [[1]],
    "an acknowledgement nobody waits for": [`461-77[${placeholder(0)}]`, [1]],
    "base64": [`451-1["echo",${placeholder(0)}]`, "bAQID"],
    "a reserved name": [`451-["connect",${placeholder(0)}]`, [1]],
    "for another namespace": [`451-/custom,["echo",${placeholder(0)}]`, [1]],
    "a disconnection in between": [`451-1["echo",${placeholder(0)}]`, "41"],
  };
  return Object.entries(cases).map(([name, packets]) =>
    script(`attachments: ${name}`, async (player) => {
      const ws = await join(player);
      for (const packet of packets) {
        ws.send(typeof packet === "string" ? packet : Buffer.from(packet));
        await ws.roundTrip();
      }
      if (!ws.closed) {
        ws.send('4298765["echo"]');
        await ws.until((frame) => frame.text === "4398765[]");
      }
      ws.destroy();
    }),
  );
}

export async function join(player) {
  const ws = await player.websocket("/socket.io/?EIO=4&transport=websocket");
  await ws.frame();
  ws.send("40");
  await ws.frame();
  return ws;
}
