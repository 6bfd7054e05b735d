// What every adapter must do, asked of each of the four servers in turn (behaviours of the official
// adapters' own tests).
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { askOne } from "../support/clients.js";
import { eventually, nextEvent, record } from "../support/eventually.js";
import { NAMES, fail, succeed } from "./nodes.js";

const ALL = [0, 1, 2, 3];

// Registers the tests for one cluster.
export function describeBattery(cluster, { requestsTimeout = 5000 } = {}) {
  for (const from of ALL) {
    describe(`asked of ${NAMES[from]}`, () => {
      broadcasts(cluster, from);
      acknowledgements(cluster, from);
      memberships(cluster, from);
      inspection(cluster, from);
      serverSideEvents(cluster, from, requestsTimeout);
    });
  }
}

function only(...receivers) {
  return (args) => ALL.map((i) => (receivers.includes(i) ? [args] : []));
}

function broadcasts(cluster, from) {
  const others = ALL.filter((i) => i !== from);
  const args = [1, "2", { 3: ["4", null, true, 5.5] }, "\u2028é😀"];

  test("a broadcast reaches all clients once", async () => {
    const clients = await cluster.connect();
    const seen = await cluster.news(clients, from, { do: "emit", args });
    assert.deepEqual(seen, only(...ALL)(args));
  });

  test("binary arguments arrive as they are", async () => {
    const clients = await cluster.connect();
    const binary = ["a", Buffer.from([0, 1, 255]), { deep: [Buffer.alloc(0), Buffer.alloc(5000, 7)] }];
    const seen = await cluster.news(clients, from, { do: "emit", args: binary });
    assert.deepEqual(seen, only(...ALL)(binary));
  });

  test("only clients of the namespace get it", async () => {
    const clients = await cluster.connect();
    const custom = await cluster.connect({ namespace: "/custom" });
    const misled = clients.map((client) => record(client, "news"));
    const seen = await cluster.news(custom, from, { do: "emit", args });
    assert.deepEqual(seen, only(...ALL)(args));
    assert.deepEqual(misled, [[], [], [], []]);
  });

  test("only clients in the room get it", async () => {
    const clients = await cluster.connect();
    await cluster.join(clients, "room", [0, 2]);
    const seen = await cluster.news(clients, from, { do: "emit", to: ["room"], args });
    assert.deepEqual(seen, only(0, 2)(args));
  });

  test("clients in several of the rooms get it once, those in an excepted one never", async () => {
    const clients = await cluster.connect();
    await cluster.join(clients, ["a", "b"], ALL);
    await cluster.join(clients, "quiet", [1, 3]);
    const spec = { do: "emit", to: ["a", "b", "c"], except: ["quiet"], args };
    assert.deepEqual(await cluster.news(clients, from, spec), only(0, 2)(args));
  });

  test("a local broadcast stays here", async () => {
    const clients = await cluster.connect();
    const seen = await cluster.news(clients, from, { do: "emit", local: true, args });
    assert.deepEqual(seen, only(from)(args));
  });

  test("one client is reached by its id, whatever its server", async () => {
    const clients = await cluster.connect();
    for (const to of ALL) {
      const spec = { do: "emit", to: [clients[to].id], args: [to] };
      assert.deepEqual((await cluster.news(clients, from, spec)).map((seen) => seen.length),
        ALL.map((i) => Number(i === to)));
      clients.forEach((client) => client.off("news"));
    }
  });

  test("a socket's own broadcast leaves it out", async () => {
    const clients = await cluster.connect();
    await cluster.join(clients, "room", ALL);
    const seen = clients.map((client) => record(client, "room"));
    clients[from].emit("toOthers", "room", "hello");
    await eventually("the others have it", () => others.every((i) => seen[i].length === 1));
    await cluster.news(clients, from, { do: "emit" });
    assert.deepEqual(seen, ALL.map((i) => (i === from ? [] : [["hello"]])));
  });
}

function acknowledgements(cluster, from) {
  const ask = { do: "emitWithAck", event: "ask", timeout: 3000 };

  test("a broadcast collects the answers of all clients", async () => {
    const clients = await cluster.connect();
    clients.forEach((client, i) => client.on("ask", (n, ack) => ack(n + i, "ignored")));
    const answers = await succeed(clients[from], { ...ask, args: [10] });
    assert.deepEqual(answers.sort(), [10, 11, 12, 13]);
  });

  test("questions and answers may be binary", async () => {
    const clients = await cluster.connect();
    clients.forEach((client) => client.on("ask", (bytes, ack) => ack(Buffer.concat([bytes, bytes]))));
    const answers = await succeed(clients[from], { ...ask, args: [Buffer.from("ab")] });
    assert.deepEqual(answers.map(String), ["abab", "abab", "abab", "abab"]);
  });

  test("a broadcast to nobody has no answers", async () => {
    const clients = await cluster.connect();
    assert.deepEqual(await succeed(clients[from], { ...ask, to: ["nobody"] }), []);
  });

  test("at the timeout, those that answered are told", async () => {
    const clients = await cluster.connect();
    clients.forEach((client, i) => client.on("ask", (ack) => i === 3 || ack(i)));
    const failure = await fail(clients[from], { ...ask, timeout: 400 });
    assert.equal(failure.error, "operation has timed out");
    assert.deepEqual(failure.responses.sort(), [0, 1, 2]);
  });
}

function memberships(cluster, from) {
  const rooms = (client) => askOne(client, "join", []);

  async function haveRooms(clients, room, members) {
    await eventually(`${members} are in ${room}`, async () => {
      const lists = await Promise.all(clients.map(rooms));
      assert.deepEqual(ALL.filter((i) => lists[i].includes(room)), members);
      return true;
    });
  }

  test("all sockets join and leave a room", async () => {
    const clients = await cluster.connect();
    await succeed(clients[from], { do: "socketsJoin", rooms: ["x", "y"] });
    await haveRooms(clients, "x", ALL);
    await haveRooms(clients, "y", ALL);
    await succeed(clients[from], { do: "socketsLeave", rooms: ["x"] });
    await haveRooms(clients, "x", []);
    await haveRooms(clients, "y", ALL);
  });

  test("those of a room, and a single one, join", async () => {
    const clients = await cluster.connect();
    await cluster.join(clients, "old", [0, 3]);
    await succeed(clients[from], { do: "socketsJoin", to: ["old"], rooms: ["new"] });
    await haveRooms(clients, "new", [0, 3]);
    await succeed(clients[from], { do: "socketsJoin", to: [clients[1].id], rooms: ["alone"] });
    await haveRooms(clients, "alone", [1]);
    await succeed(clients[from], { do: "socketsLeave", to: [clients[3].id], rooms: ["new"] });
    await haveRooms(clients, "new", [0]);
  });

  test("those of a room are disconnected", async () => {
    const clients = await cluster.connect();
    const leaving = ALL.filter((i) => i !== from);
    await cluster.join(clients, "out", leaving);
    const gone = leaving.map((i) => nextEvent(clients[i], "disconnect"));
    await succeed(clients[from], { do: "disconnectSockets", to: ["out"] });
    for (const [reason] of await Promise.all(gone)) {
      assert.equal(reason, "io server disconnect");
    }
    assert.ok(clients[from].connected);
  });
}

function inspection(cluster, from) {
  test("every server is counted", async () => {
    const clients = await cluster.connect();
    assert.equal(await succeed(clients[from], { do: "serverCount" }), 4);
  });

  test("sockets are found with their rooms and data", async () => {
    const clients = await cluster.connect();
    for (const i of ALL) {
      await askOne(clients[i], "setData", { n: i });
    }
    await cluster.join(clients, "r", [1, 2]);
    const found = await succeed(clients[from], { do: "fetchSockets" });
    const expected = ALL.map((i) => ({
      id: clients[i].id,
      rooms: [clients[i].id, ...([1, 2].includes(i) ? ["r"] : [])].sort(),
      data: { n: i },
    }));
    assert.deepEqual(found, expected.sort((a, b) => (a.id < b.id ? -1 : 1)));
    const inRoom = await succeed(clients[from], { do: "fetchSockets", to: ["r"], except: [clients[1].id] });
    assert.deepEqual(inRoom.map(({ id }) => id), [clients[2].id]);
    const local = await succeed(clients[from], { do: "fetchSockets", local: true });
    assert.deepEqual(local.map(({ id }) => id), [clients[from].id]);
  });

  test("handshakes look the same from every server", async () => {
    const clients = await cluster.connect({ auth: { token: "t" }, query: { q: "1" } });
    const found = await succeed(clients[from], { do: "handshakes" });
    assert.deepEqual(found.map(({ id }) => id), clients.map(({ id }) => id).sort());
    for (const { auth, query, url, secure, xdomain, headers, address, hasTime, hasIssued } of found) {
      assert.deepEqual(auth, { token: "t" });
      assert.deepEqual([query.q, query.EIO, query.transport], ["1", "4", "websocket"]);
      assert.match(url, /^\/socket\.io\/\?/);
      assert.deepEqual([secure, xdomain, hasTime, hasIssued], [false, false, true, true]);
      assert.equal(headers.upgrade, "websocket");
      assert.match(address, /127\.0\.0\.1$/);
    }
  });

  test("sockets found far away can be sent to and asked", async () => {
    const clients = await cluster.connect();
    const seen = await cluster.news(clients, from, { do: "remoteEmit", args: ["hi"] });
    assert.deepEqual(seen, only(...ALL)(["hi"]));
    clients.forEach((client, i) => client.on("ask", (ack) => ack(i)));
    const spec = { do: "remoteEmitWithAck", event: "ask", timeout: 3000 };
    assert.deepEqual((await succeed(clients[from], spec)).sort(), ALL);
  });
}

function serverSideEvents(cluster, from, requestsTimeout) {
  const others = ALL.filter((i) => i !== from);

  test("the other servers hear an event", async () => {
    const clients = await cluster.connect();
    const mark = `mark ${Math.random()}`;
    await succeed(clients[from], { do: "serverSideEmit", event: "sse-note", args: [mark, { a: [1] }] });
    for (const i of others) {
      await eventually(`${NAMES[i]} has heard it`, async () =>
        (await askOne(clients[i], "sseLog")).some(([, text]) => text === mark));
    }
    assert.ok(!(await askOne(clients[from], "sseLog")).some(([, text]) => text === mark));
  });

  test("the other servers answer", async () => {
    const clients = await cluster.connect();
    const spec = { do: "serverSideEmitWithAck", event: "sse-ask", args: ["what", 2] };
    const answers = await succeed(clients[from], spec);
    const expected = others.map((i) => ({ node: NAMES[i], args: ["what", 2] }));
    assert.deepEqual(answers.sort((a, b) => (a.node < b.node ? -1 : 1)), expected);
  });

  test("servers that do not answer are given up", async () => {
    const clients = await cluster.connect();
    const answer = new Promise((resolve) =>
      clients[from].emit("op", { do: "serverSideEmitWithAck", event: "sse-silent" }, resolve));
    const timer = setTimeout(() => assert.fail("no end"), requestsTimeout + 4000);
    const failure = await answer;
    clearTimeout(timer);
    assert.equal(failure.ok, false);
    assert.match(failure.error, /timeout reached/);
    assert.deepEqual(failure.responses, []);
  });
}

