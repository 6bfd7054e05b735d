// Connection state recovery: what was missed comes back, and only to whom it belongs.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { setTimeout as delay } from "node:timers/promises";
import { askOne, connectClient, connected } from "../support/clients.js";
import { eventually, nextEvent, record } from "../support/eventually.js";
import { openPolling, openWebSocket } from "../support/engine.js";
import { oursOnly } from "../support/target.js";
import { sharedServer } from "../support/suite.js";
import { bytes } from "./matrix/values.js";

const LONG_ENOUGH_MS = 60_000;
const TRANSPORTS = [["polling"], ["websocket"], ["polling", "websocket"]];

// A raw session with the two things that recovery needs: its private id and an offset.
async function openRecoverable(server, namespace = "/") {
  const session = await openWebSocket(server.port);
  const prefix = namespace === "/" ? "" : `${namespace},`;
  const { sid, pid } = await session.join(namespace);
  if (namespace === "/recover") {
    await session.next(); // the event "session"
  }
  await session.send(`42${prefix}["emitBack","offset?"]`);
  const packet = await session.next();
  const [event, offset, ...rest] = JSON.parse(packet.slice(2 + prefix.length));
  assert.deepEqual([event, typeof offset, rest], ["offset?", "string", []]);
  return { session, sid, pid, offset, namespace };
}

// Loses the connection, and waits until the server knows.
async function lose(server, { session, sid }) {
  session.ws.destroy();
  const observer = await connectClient(server, { transports: ["websocket"] });
  await eventually(`${sid} is gone`, () => askOne(observer, "goneInfo", sid));
}

// Connects again; resolves with the packets before the CONNECT answer, and that answer.
async function comeBack(server, { pid, offset, namespace = "/" }) {
  const session = await openWebSocket(server.port);
  const prefix = namespace === "/" ? "" : `${namespace},`;
  await session.send(`40${prefix}${JSON.stringify({ pid, offset })}`);
  const missed = [];
  for (;;) {
    const message = await session.ws.next();
    if (message.opcode === 1 && message.text.startsWith(`40${prefix}`)) {
      return { session, missed, answer: JSON.parse(message.text.slice(2 + prefix.length)) };
    }
    missed.push(message.opcode === 1 ? message.text : message.data);
  }
}

const withoutOffset = (packet) => JSON.parse(packet.slice(packet.indexOf("["))).slice(0, -1);

describe("connection state recovery", () => {
  const server = sharedServer({ recovery: LONG_ENOUGH_MS });
  const connect = (options) => connectClient(server, { transports: ["websocket"], ...options });

  async function assertFresh(lost, forged = {}) {
    const { session, missed, answer } = await comeBack(server, { ...lost, ...forged });
    assert.deepEqual(missed, []);
    assert.notEqual(answer.sid, lost.sid);
    assert.notEqual(answer.pid, lost.pid);
    session.ws.destroy();
  }

  test("restores id, rooms, data and missed events, which come before the answer", async () => {
    const lost = await openRecoverable(server);
    await lost.session.send('421["join",["room"]]', '422["setData",{"name":"x"}]');
    await lost.session.next();
    await lost.session.next();
    await lose(server, lost);
    const other = await connect();
    other.emit("room", "room", 1);
    other.emit("room", "another room", 2);
    other.emit("room", lost.sid, { three: 3 });
    other.emit("broadcast", "all");
    await askOne(other, "echo");

    const { session, missed, answer } = await comeBack(server, lost);
    assert.deepEqual(answer, { sid: lost.sid, pid: lost.pid });
    assert.deepEqual(missed.map(withoutOffset), [["room", 1], ["room", { three: 3 }], ["broadcast", "all"]]);
    await session.send('421["whoami"]');
    const [me] = JSON.parse((await session.next()).slice(3));
    assert.equal(me.recovered, true);
    assert.equal(me.id, lost.sid);
    assert.deepEqual(me.rooms, [lost.sid, "room"].sort());
    assert.deepEqual(me.data, { name: "x" });
    assert.equal(me.sid, session.sid);
    const heard = session.next();
    other.emit("room", "room", "live again");
    assert.deepEqual(withoutOffset(await heard), ["room", "live again"]);
    session.ws.destroy();
  });

  test("continues behind the offset of the last event that was seen", async () => {
    const lost = await openRecoverable(server);
    await lost.session.send('42["emitBack","a"]', '42["emitBack","b"]', '42["emitBack","c"]');
    const [a] = [await lost.session.next(), await lost.session.next(), await lost.session.next()];
    const offset = JSON.parse(a.slice(2)).at(-1);
    await lose(server, lost);
    const { session, missed } = await comeBack(server, { ...lost, offset });
    assert.deepEqual(missed.map(withoutOffset), [["b"], ["c"]]);
    session.ws.destroy();
  });

  test("restores binary events", async () => {
    const lost = await openRecoverable(server);
    await lose(server, lost);
    const other = await connect();
    other.emit("room", lost.sid, { bytes: [bytes(4), bytes(300)] });
    other.emit("room", lost.sid, "after");
    await askOne(other, "echo");
    const { session, missed } = await comeBack(server, lost);
    assert.equal(missed.length, 4);
    assert.ok(missed[0].startsWith('452-["room",'), missed[0]);
    assert.deepEqual(missed.slice(1, 3), [bytes(4), bytes(300)]);
    assert.deepEqual(withoutOffset(missed[3]), ["room", "after"]);
    session.ws.destroy();
  });

  test("marks every event that can be replayed with an offset of its own, and no other", async () => {
    const { session } = await openRecoverable(server);
    await session.send(...Array.from({ length: 5 }, () => '42["emitBack","x",1,"text"]'));
    const offsets = [];
    for (let i = 0; i < 5; ++i) {
      const [, , , offset] = JSON.parse((await session.next()).slice(2));
      assert.equal(typeof offset, "string");
      offsets.push(offset);
    }
    assert.equal(new Set(offsets).size, 5);
    await session.send('421["askMe"]');
    assert.match(await session.next(), /^42\d+\["question","what\?"\]$/);
    await session.send('42["floodVolatile",1]');
    assert.equal(await session.next(), '42["vol",0]');
    assert.match(await session.next(), /^42\["volEnd",1,"[^"]+"\]$/);
    await session.send('422["echo",1]');
    assert.equal(await session.next(), "432[1]");
    session.ws.destroy();
  });

  test("replays no volatile event, no question, nothing the socket was excepted from", async () => {
    const lost = await openRecoverable(server);
    await lost.session.send('421["join","room"]');
    await lost.session.next();
    await lose(server, lost);
    const other = await connect();
    await askOne(other, "join", "room");
    other.on("question", (_, ack) => ack());
    await askOne(other, "op", { do: "emit", to: ["room"], volatile: true, event: "volatile" });
    await askOne(other, "askRoom", "room");
    other.emit("roomExcept", "room", lost.sid, "not for it");
    other.emit("room", "room", "for it");
    await askOne(other, "echo");
    const { session, missed } = await comeBack(server, lost);
    assert.deepEqual(missed.map(withoutOffset), [["room", "for it"]]);
    session.ws.destroy();
  });

  test("skips the middlewares of the namespace", async () => {
    const lost = await openRecoverable(server, "/recover");
    await lose(server, lost);
    const observer = await connect({ namespace: "/recover" });
    const { recoverMiddlewareRuns } = await askOne(observer, "serverStats");
    const { session, answer } = await comeBack(server, lost);
    assert.equal(answer.sid, lost.sid);
    const greeting = await session.next();
    const [, state] = JSON.parse(greeting.slice("42/recover,".length));
    assert.deepEqual(state, { recovered: true, id: lost.sid, rooms: [lost.sid], data: {} });
    assert.equal((await askOne(observer, "serverStats")).recoverMiddlewareRuns, recoverMiddlewareRuns);
    session.ws.destroy();
  });

  test("does not follow a disconnection on purpose", async () => {
    for (const farewell of ["41", '42["kickMe",false]', '42["kickMe",true]']) {
      const lost = await openRecoverable(server);
      await lost.session.send(farewell);
      await lose(server, lost);
      await assertFresh(lost);
    }
  });

  test("gives a fresh session for values that are forged or of another namespace", async () => {
    const lost = await openRecoverable(server);
    await lose(server, lost);
    const elsewhere = await openRecoverable(server, "/custom");
    await assertFresh(lost, { pid: "unknown" });
    await assertFresh(lost, { pid: lost.sid });
    await assertFresh(lost, { offset: "unknown" });
    await assertFresh(lost, { offset: "" });
    await assertFresh(lost, { offset: elsewhere.offset });
    await assertFresh({ ...elsewhere, namespace: "/" });
    for (const odd of [null, 1, true, {}, [], [lost.pid]]) {
      await assertFresh(lost, { pid: odd });
    }
    for (const odd of [undefined, null, 1, {}, [lost.offset]]) {
      await assertFresh(lost, { offset: odd });
    }
    elsewhere.session.ws.destroy();
  });

  test("works once", oursOnly("a session can be restored twice"), async () => {
    const lost = await openRecoverable(server);
    await lose(server, lost);
    const { session, answer } = await comeBack(server, lost);
    assert.equal(answer.sid, lost.sid);
    await assertFresh(lost);
    session.ws.destroy();
  });

  test("works again after the next loss", async () => {
    const lost = await openRecoverable(server);
    await lose(server, lost);
    const again = await comeBack(server, lost);
    assert.equal(again.answer.sid, lost.sid);
    again.session.ws.destroy();
    await eventually("the second loss is known and survived", async () => {
      const { session, answer } = await comeBack(server, lost);
      session.ws.destroy();
      return answer.sid === lost.sid;
    });
  });

  test("is possible over polling", async () => {
    const session = await openPolling(server.port);
    const { sid, pid } = await session.join();
    await session.send('42["emitBack","offset?"]');
    const [, offset] = JSON.parse((await session.next()).slice(2));
    await session.send("1");
    const other = await connect();
    await eventually("it is gone", () => askOne(other, "goneInfo", sid));
    other.emit("room", sid, "missed");
    await askOne(other, "echo");
    const next = await openPolling(server.port);
    await next.send(`40${JSON.stringify({ pid, offset })}`);
    assert.deepEqual(withoutOffset(await next.next()), ["room", "missed"]);
    assert.equal(await next.next(), `40${JSON.stringify({ sid, pid })}`);
    await next.send("1");
  });

  for (const version of ["4.6.2", "4.7.5", "4.8.4"]) {
    for (const transports of TRANSPORTS) {
      test(`brings back what ${version} has missed (${transports})`, async () => {
        const socket = await connect({ version, transports });
        const other = await connect();
        await askOne(socket, "join", "room");
        const offered = nextEvent(socket, "offset?");
        socket.emit("emitBack", "offset?");
        await offered;
        const { id } = socket;
        assert.equal(socket.recovered, false);
        socket.io.engine.close();
        await eventually("the server has seen it go", () => askOne(other, "goneInfo", id));
        for (let i = 0; i < 10; ++i) {
          other.emit("room", "room", i, bytes(i));
        }
        await askOne(other, "echo");
        const seen = record(socket, "room");
        socket.connect();
        await connected(socket);
        assert.equal(socket.recovered, true);
        assert.equal(socket.id, id);
        await eventually("all that was missed", () => seen.length === 10);
        assert.deepEqual(seen.map(([i]) => i), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert.deepEqual((await askOne(socket, "whoami")).rooms, [id, "room"].sort());
      });
    }
  }
});

describe("connection state recovery after a ping timeout", () => {
  const server = sharedServer({ recovery: LONG_ENOUGH_MS, pingInterval: 200, pingTimeout: 100 });

  test("is possible", async () => {
    const lost = await openRecoverable(server);
    await lost.session.ws.waitClose();
    const { session, answer } = await comeBack(server, lost);
    assert.equal(answer.sid, lost.sid);
    session.ws.destroy();
  });
});

describe("connection state recovery after its time", () => {
  const DURATION_MS = 100;
  const server = sharedServer({ recovery: DURATION_MS });

  test("gives a fresh session", async () => {
    const lost = await openRecoverable(server);
    await lose(server, lost);
    await delay(DURATION_MS + 50); // the time is what is tested
    const { session, answer, missed } = await comeBack(server, lost);
    assert.notEqual(answer.sid, lost.sid);
    assert.deepEqual(missed, []);
    session.ws.destroy();
  });
});

describe("without connection state recovery", () => {
  const server = sharedServer();

  test("there is no private id, no offset and nothing restored", async () => {
    const session = await openWebSocket(server.port);
    const answer = await session.join("/", { pid: "x", offset: "y" });
    assert.deepEqual(Object.keys(answer), ["sid"]);
    await session.send('42["emitBack","plain",1]');
    assert.equal(await session.next(), '42["plain",1]');
    session.ws.destroy();
    const socket = await connectClient(server, { transports: ["websocket"] });
    assert.ok(!socket.recovered);
    assert.equal((await askOne(socket, "whoami")).recovered, false);
  });
});
