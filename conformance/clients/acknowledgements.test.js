// Acknowledgements that are missing, late, double or of nobody's asking.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { ask, askOne, connectClient } from "../support/clients.js";
import { openPolling, openWebSocket } from "../support/engine.js";
import { sharedServer } from "../support/suite.js";

const TIMED_OUT = { ok: false, error: "operation has timed out" };

describe("acknowledgements", () => {
  const server = sharedServer();
  const connect = (options) => connectClient(server, { transports: ["websocket"], ...options });

  test("that the client does not send time out, and a late one does no harm", async () => {
    const socket = await connect();
    let late;
    socket.once("question", (_, ack) => {
      late = ack;
    });
    assert.deepEqual(await askOne(socket, "askMe"), TIMED_OUT);
    late("too late");
    socket.once("question", (_, ack) => ack("in time"));
    assert.deepEqual(await askOne(socket, "askMe"), { ok: true, answer: ["in time"] });
  });

  test("find their own question", async () => {
    const socket = await connect();
    let asked = 0;
    const acks = [];
    socket.on("question", (_, ack) => {
      acks.push(ack);
      if (++asked === 3) {
        acks[2]("third");
        acks[0]("first");
        acks[1]("second");
      }
    });
    const answers = await Promise.all([1, 2, 3].map(() => askOne(socket, "askMe")));
    assert.deepEqual(answers.map(({ answer }) => answer), [["first"], ["second"], ["third"]]);
  });

  test("of the server carry no, one and several arguments", async () => {
    const socket = await connect();
    for (const args of [[], [null], [1, "two", { three: [] }]]) {
      assert.deepEqual(await ask(socket, "echo", ...args), args);
    }
  });

  test("do not come for an event that nobody handles", async () => {
    const socket = await connect();
    const answers = [];
    socket.emit("no such event", 1, (...args) => answers.push(args));
    assert.equal(await askOne(socket, "echo", 1), 1);
    assert.deepEqual(answers, []);
    await assert.rejects(socket.timeout(20).emitWithAck("no such event"), /operation has timed out/);
  });

  test("resolve the promise of a client", async () => {
    const socket = await connect();
    assert.deepEqual(await socket.timeout(2000).emitWithAck("echo", { a: 1 }), { a: 1 });
  });

  test("stop a client from sending again", async () => {
    const socket = await connect({ retries: 2, ackTimeout: 100 });
    const answered = new Promise((resolve) => socket.emit("echo", "x", (...args) => resolve(args)));
    const unanswered = new Promise((resolve) => socket.emit("seq", "tried", resolve));
    assert.deepEqual(await answered, [null, "x"]);
    assert.match((await unanswered).message, /operation has timed out/);
    const sequence = new Promise((resolve) => socket.emit("seqGet", (_, list) => resolve(list)));
    assert.deepEqual(await sequence, ["tried", "tried", "tried"]);
  });

  test("come with the id of the request, whatever it is", async () => {
    const session = await openWebSocket(server.port);
    await session.join();
    for (const id of ["0", "7", "12", "4294967296", "9007199254740991"]) {
      await session.send(`42${id}["echo","x"]`);
      assert.equal(await session.next(), `43${id}["x"]`);
    }
    await session.send('420012["echo"]');
    assert.equal(await session.next(), "4312[]");
    session.ws.destroy();
  });

  test("nobody asked for are ignored", async () => {
    const session = await openWebSocket(server.port);
    await session.join();
    await session.send('430["x"]', "4399999[]", '43["no id"]', '421["echo","alive"]');
    assert.equal(await session.next(), '431["alive"]');
    session.ws.destroy();
  });

  test("may be given once only", async () => {
    const session = await openWebSocket(server.port);
    await session.join();
    await session.send('421["askMe"]');
    const question = await session.next();
    const [, id] = /^42(\d+)\["question","what\?"\]$/.exec(question);
    await session.send(`43${id}["one"]`, `43${id}["two"]`);
    assert.equal(await session.next(), '431[{"ok":true,"answer":["one"]}]');
    await session.send('422["ackTwice"]', '423["echo",3]');
    assert.equal(await session.next(), '432["first"]');
    assert.equal(await session.next(), "433[3]");
    session.ws.destroy();
  });

  test("that are late still come after the namespace was left", async () => {
    const session = await openWebSocket(server.port);
    await session.join();
    await session.send('4299["slow",50,"late"]', '421["echo"]');
    assert.equal(await session.next(), "431[]");
    await session.send("41");
    assert.equal(await session.next(), '4399["late"]');
    session.ws.destroy();
  });

  test("with binary come as one packet over polling", async () => {
    const session = await openPolling(server.port);
    await session.join();
    await session.send('425["generate",3]');
    const placeholder = (n) => `{"_placeholder":true,"num":${n}}`;
    assert.equal(
      await session.next(),
      `462-5[{"nested":[${placeholder(0)},{"again":${placeholder(1)}}],"n":3}]`,
    );
    assert.deepEqual([await session.next(), await session.next()], ["bAAEC", "bAAEC"]);
    await session.send("1");
  });
});
