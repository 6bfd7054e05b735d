// Connecting, events and acknowledgements.
import { test } from "node:test";
import { strict as assert } from "node:assert";
import { ask, askOne, atLeast, connectClient, transportName } from "../../support/clients.js";
import { nextEvent } from "../../support/eventually.js";
import { EVERYTHING, bytes } from "./values.js";

// The text is compared too because it shows the order of keys.
function assertSame(actual, expected) {
  assert.deepEqual(actual, expected);
  assert.equal(JSON.stringify(actual), JSON.stringify(expected));
}

// Clients of 1.x expect text over polling to be encoded as UTF-8 twice. What they sent themselves
// comes back readable, other text beyond ASCII does not.
function textFor(version) {
  return atLeast(version, "2.0.0") ? "ä ö&=" : "a o&=";
}

export function testBasics({ version, options, transport, eio, server }) {
  const connect = (more = {}) => connectClient(server, { version, ...options, ...more });

  test("connects and is described as what it is", async () => {
    const word = textFor(version);
    const socket = await connect({ query: { color: "blue", word }, extraHeaders: { "x-judge": "yes" } });
    const me = await askOne(socket, "whoami");
    assert.equal(me.id, socket.id);
    assert.deepEqual(me.rooms, [socket.id]);
    assert.equal(me.nsp, "/");
    assert.equal(me.protocol, eio);
    assert.equal(me.transport, transport === "polling" ? "polling" : "websocket");
    assert.equal(transportName(socket), me.transport);
    assert.equal(me.query.color, "blue");
    assert.equal(me.query.word, word);
    assert.equal(me.query.EIO, String(eio));
    assert.equal(me.query.transport, options.transports[0]);
    assert.equal(me.header, "yes");
    assert.equal(me.secure, false);
    assert.equal(me.recovered, false);
    assert.deepEqual(me.data, {});
    assert.match(me.address, /127\.0\.0\.1$/);
    assert.match(me.sid, /^[A-Za-z0-9_-]{16,64}$/);
    assert.equal(socket.io.engine.id, me.sid);
    assert.equal(me.id === me.sid, eio === 3);
  });

  if (atLeast(version, "3.0.0")) {
    test("hands over auth, as an object and from a function", async () => {
      const auth = { token: "t", nested: { list: [1, 2.5, null] } };
      for (const given of [auth, (answer) => answer(auth)]) {
        const socket = await connect({ auth: given });
        assertSame((await askOne(socket, "whoami")).auth, auth);
      }
    });
  }

  test("carries every JSON value to the server and back", async () => {
    const socket = await connect();
    assertSame(await ask(socket, "echo", ...EVERYTHING), EVERYTHING);
    const back = nextEvent(socket, "values");
    socket.emit("emitBack", "values", ...EVERYTHING);
    assertSame(await back, EVERYTHING);
  });

  test("carries event names of every kind", async () => {
    const socket = await connect();
    for (const name of ["", "мир 😀", "__proto__", "constructor", "with\nbreak", "2", "\u2028"]) {
      const back = nextEvent(socket, name);
      socket.emit("emitBack", name, 1);
      assert.deepEqual(await back, [1]);
    }
  });

  test("turns undefined into null and drops nothing else", async () => {
    const socket = await connect();
    assert.deepEqual(await ask(socket, "echo", undefined, 1, undefined), [null, 1, null]);
    assert.deepEqual(await ask(socket, "echo", NaN, Infinity), [null, null]);
    assert.deepEqual(await ask(socket, "echo"), []);
    const date = new Date(0);
    assert.deepEqual(await ask(socket, "echo", date), [date.toISOString()]);
  });

  test("carries binary both ways, with several attachments at any depth", async () => {
    const socket = await connect();
    const nested = { deep: [bytes(300, 7), { deeper: bytes(0) }] };
    const sent = [bytes(4), nested, "text", [bytes(1), bytes(70_000)]];
    assert.deepEqual(await ask(socket, "echo", ...sent), sent);
    const back = nextEvent(socket, "bytes");
    socket.emit("emitBack", "bytes", ...sent);
    assert.deepEqual(await back, sent);
    assert.deepEqual(await askOne(socket, "digest", bytes(256)), { length: 256, sum: 32640 });
    const generated = await askOne(socket, "generate", 1000);
    assert.deepEqual(generated, { nested: [bytes(1000), { again: bytes(1000) }], n: 1000 });
  });

  test("carries the same buffer twice and every kind of binary", async () => {
    const socket = await connect();
    const buffer = bytes(5);
    assert.deepEqual(await ask(socket, "echo", buffer, buffer), [buffer, buffer]);
    const arrayBuffer = new Uint8Array([9, 8, 7]).buffer;
    assert.deepEqual(await ask(socket, "echo", arrayBuffer), [Buffer.from([9, 8, 7])]);
  });

  test("carries ten attachments", async () => {
    const socket = await connect();
    const ten = Array.from({ length: 10 }, (_, i) => bytes(3, i));
    assert.deepEqual(await ask(socket, "echo", ...ten), ten);
  });

  test("acknowledges in order, once, also with nothing and late", async () => {
    const socket = await connect();
    const late = ask(socket, "slow", 30, "late");
    assert.deepEqual(await ask(socket, "ackTwice"), ["first"]);
    assert.deepEqual(await late, ["late"]);
    const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => askOne(socket, "echo", i)));
    assert.deepEqual(answers, Array.from({ length: 30 }, (_, i) => i));
  });

  test("acknowledges what the server asks, with text and with binary", async () => {
    const socket = await connect();
    for (const answer of [["fine", { n: 1.5 }], [], [null], [bytes(20), { also: bytes(3) }]]) {
      socket.once("question", (question, ack) => {
        assert.equal(question, "what?");
        ack(...answer);
      });
      assert.deepEqual(await askOne(socket, "askMe"), { ok: true, answer });
    }
  });

  test("carries large payloads both ways", async () => {
    const socket = await connect();
    const text = "0123456789abcdef".repeat(25_000) + "é";
    assert.equal(await askOne(socket, "echo", text), text);
    const big = bytes(500_000);
    const [answer] = await ask(socket, "echo", big);
    assert.equal(Buffer.compare(answer, big), 0);
  });

  test("gets many messages in order", async () => {
    const socket = await connect();
    const seen = [];
    socket.on("flood", (i, padding) => seen.push(padding.length === 10 ? i : "bad"));
    const last = nextEvent(socket, "last");
    socket.emit("flood", 500, 10);
    socket.emit("emitBack", "last");
    await last;
    assert.deepEqual(seen, Array.from({ length: 500 }, (_, i) => i));
  });

  test("gets the end of a volatile flood, and a part of it in order", async () => {
    const socket = await connect();
    const seen = [];
    socket.on("vol", (i) => seen.push(i));
    const end = nextEvent(socket, "volEnd");
    socket.emit("floodVolatile", 100);
    assert.deepEqual(await end, [100]);
    assert.deepEqual(seen, [...seen].sort((a, b) => a - b));
    assert.ok(seen.length < 100, "nothing was dropped");
  });
}
