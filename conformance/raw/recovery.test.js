// Connection state recovery, packet by packet.
import { test } from "node:test";
import { strict as assert } from "node:assert";
import { openPolling, openWebSocket } from "../support/engine.js";
import { ask, assertAnswers, goneInfo } from "../support/application.js";
import { oursOnly } from "../support/target.js";
import { assertClosedQuietly, describeServer, sleep } from "../support/block.js";

const NSP = "/recover";

// The events of a session are those of /recover, its offsets are kept as a client keeps them.
class Recoverable {
  static async open(server, auth, transport = openWebSocket) {
    const client = new Recoverable();
    client.session = await transport(server.port);
    client.packets = [];
    await client.session.send(`40${NSP},${auth === undefined ? "" : JSON.stringify(auth)}`);
    // Missed events come before the CONNECT answer.
    for (;;) {
      const packet = await client.session.next();
      client.packets.push(packet);
      if (packet.startsWith(`40${NSP},`)) {
        break;
      }
    }
    Object.assign(client, JSON.parse(client.packets.at(-1).slice(2 + NSP.length + 1)));
    client.info = await client.event("session");
    return client;
  }

  // The first argument of the next event, which must have this name.
  async event(name) {
    const packet = await this.session.next();
    const [event, ...args] = JSON.parse(packet.slice(2 + NSP.length + 1));
    assert.equal(event, name, packet);
    this.offset = typeof args.at(-1) === "string" ? args.pop() : this.offset;
    return args[0];
  }

  get auth() {
    return { pid: this.pid, offset: this.offset };
  }

  ask(event, ...args) {
    return ask(this.session, event, args, { namespace: NSP });
  }

  emit(event, ...args) {
    return this.session.send(`42${NSP},${JSON.stringify([event, ...args])}`);
  }

  // Drops the connection and waits until the server has noticed.
  async lose(observer) {
    this.session.ws.socket.reset();
    assert.equal((await goneInfo(observer, this.sid)).reason, "transport close");
  }
}

const events = (packets) => packets.slice(0, -1).map((packet) => JSON.parse(packet.slice(2 + NSP.length + 1)));

async function openObserver(server) {
  const session = await openWebSocket(server.port);
  await session.join();
  await session.join(NSP);
  return session;
}

describeServer("--recovery 5000", { mode: "app", recovery: 5000 }, (server) => {
  const open = (auth, transport) => Recoverable.open(server, auth, transport);

  // A client whose connection was lost, and another one that is still there.
  async function lost({ rooms = [] } = {}) {
    const observer = await openWebSocket(server.port);
    await observer.join();
    const client = await open();
    if (rooms.length > 0) {
      await client.ask("join", rooms);
    }
    await client.lose(observer);
    const other = await open();
    return { client, observer, other };
  }

  function close(...clients) {
    clients.forEach((client) => (client.session ?? client).ws.destroy());
  }

  test("the CONNECT answer has sid and pid, which differ", async () => {
    const session = await openWebSocket(server.port);
    await session.send("40");
    const [, sid, pid] = /^40\{"sid":"([A-Za-z0-9_-]{16,})","pid":"([A-Za-z0-9_-]{16,})"\}$/.exec(await session.next());
    assert.equal(new Set([sid, pid, session.sid]).size, 3);
    session.ws.destroy();
  });

  test("events carry an offset as a last argument", async () => {
    const session = await openWebSocket(server.port);
    await session.join();
    await session.send('42["emitBack","x",1]');
    assert.match(await session.next(), /^42\["x",1,"[^"]+"\]$/);
    await session.send('42["emitBack","x"]');
    assert.match(await session.next(), /^42\["x","[^"]+"\]$/);
    session.ws.destroy();
  });

  test("binary events carry one too", async () => {
    const session = await openWebSocket(server.port);
    await session.join();
    await session.send('451-["emitBack","x",{"_placeholder":true,"num":0}]', Buffer.from([1]));
    assert.match(await session.next(), /^451-\["x",\{"_placeholder":true,"num":0\},"[^"]+"\]$/);
    session.ws.destroy();
  });

  test("acknowledgements, events with an acknowledgement and volatile events carry none", async () => {
    const session = await openWebSocket(server.port);
    await session.join();
    await session.send('421["echo","x"]');
    assert.equal(await session.next(), '431["x"]');
    await session.send('421["askMe"]');
    const [, id] = /^42(\d+)\["question","what\?"\]$/.exec(await session.next());
    await session.send(`43${id}[]`);
    assert.equal(await session.next(), '431[{"ok":true,"answer":[]}]');
    session.ws.destroy();
  });

  test("the second session is not recovered, and the middleware ran", async () => {
    const client = await open();
    assert.deepEqual(client.info, { recovered: false, id: client.sid, rooms: [client.sid], data: {} });
    close(client);
  });

  test("missed events come first, then the CONNECT answer with the old sid and pid", async () => {
    const { client, observer, other } = await lost();
    await other.emit("room", client.sid, "one");
    await other.emit("room", client.sid, "two");
    await other.ask("echo");
    const back = await open(client.auth);
    assert.deepEqual(events(back.packets).map(([name, payload]) => [name, payload]), [
      ["room", "one"],
      ["room", "two"],
    ]);
    assert.deepEqual([back.sid, back.pid], [client.sid, client.pid]);
    assert.equal(back.info.recovered, true);
    close(back, observer, other);
  });

  test("missed binary events come with their attachments", async () => {
    const { client, observer, other } = await lost();
    await other.session.send(
      `451-${NSP},["room","${client.sid}",{"_placeholder":true,"num":0}]`,
      Buffer.from([1, 2]),
    );
    await other.ask("echo");
    const session = await openWebSocket(server.port);
    await session.send(`40${NSP},${JSON.stringify(client.auth)}`);
    assert.match(await session.next(), /^451-\/recover,\["room",\{"_placeholder":true,"num":0\},"[^"]+"\]$/);
    assert.deepEqual([...(await session.ws.next()).data], [1, 2]);
    assert.equal(await session.next(), `40${NSP},{"sid":"${client.sid}","pid":"${client.pid}"}`);
    close(session, observer, other);
  });

  test("without missed events the CONNECT answer comes alone", async () => {
    const { client, observer, other } = await lost();
    await other.emit("room", "a room nobody is in", "x");
    const back = await open(client.auth);
    assert.equal(events(back.packets).filter(([, payload]) => payload === "x").length, 0);
    assert.equal(back.sid, client.sid);
    close(back, observer, other);
  });

  test("rooms and data come back, and count for what was missed", async () => {
    const observer = await openObserver(server);
    const client = await open();
    const room = `room of ${client.sid}`;
    await client.ask("join", room);
    await client.ask("setData", { name: "x", list: [1] });
    await client.lose(observer);
    const other = await open();
    await other.emit("room", room, "to the room");
    await other.emit("roomExcept", room, client.sid, "not for it");
    await other.ask("echo");
    const back = await open(client.auth);
    assert.deepEqual(events(back.packets).map(([, payload]) => payload), ["to the room"]);
    assert.deepEqual(back.info.rooms, [client.sid, room].sort());
    assert.deepEqual(back.info.data, { name: "x", list: [1] });
    close(back, observer, other);
  });

  test("what was received is not sent again", async () => {
    const observer = await openObserver(server);
    const client = await open();
    await client.emit("emitBack", "first", 1);
    await client.event("first");
    await client.emit("emitBack", "second", 2);
    await client.session.next(); // on the wire, but the client does not note its offset
    await client.lose(observer);
    const back = await open(client.auth);
    assert.deepEqual(events(back.packets).map(([name]) => name), ["second"]);
    close(back, observer);
  });

  test("volatile events and events with an acknowledgement are not replayed", async () => {
    const observer = await openObserver(server);
    const client = await open();
    await client.lose(observer);
    const other = await open();
    await other.ask("op", { do: "emit", to: [client.sid], event: "vol", args: [1], volatile: true });
    const asked = other.ask("op", { do: "emitWithAck", to: [client.sid], event: "q", args: [1], timeout: 50 });
    await asked;
    await other.emit("room", client.sid, "kept");
    await other.ask("echo");
    const back = await open(client.auth);
    assert.deepEqual(events(back.packets).map(([name]) => name), ["room"]);
    close(back, observer, other);
  });

  test("events, acknowledgements and offsets go on after a recovery", async () => {
    const { client, observer, other } = await lost();
    const back = await open(client.auth);
    await assertAnswers(back.session, { namespace: NSP });
    await back.emit("emitBack", "x", 1);
    assert.equal(await back.event("x"), 1);
    await back.lose(observer);
    const again = await open(back.auth);
    assert.deepEqual([again.sid, again.info.recovered], [client.sid, true]);
    close(again, observer, other);
  });

  test("a client may come back by another transport", async () => {
    const { client, observer, other } = await lost();
    const back = await open(client.auth, openPolling);
    assert.deepEqual([back.sid, back.info.recovered], [client.sid, true]);
    close(observer, other);
  });

  test("the auth payload may hold more than pid and offset", async () => {
    const { client, observer, other } = await lost();
    const back = await open({ ...client.auth, token: "t" });
    assert.equal(back.sid, client.sid);
    close(back, observer, other);
  });

  for (const [title, auth] of [
    ["an unknown pid", (client) => ({ ...client.auth, pid: "nope" })],
    ["an unknown offset", (client) => ({ ...client.auth, offset: "nope" })],
    ["an empty offset", (client) => ({ ...client.auth, offset: "" })],
    ["no offset", (client) => ({ pid: client.pid })],
    ["no pid", (client) => ({ offset: client.offset })],
    ["a pid that is a number", (client) => ({ ...client.auth, pid: 12 })],
    ["an offset that is null", (client) => ({ ...client.auth, offset: null })],
    ["a pid that is an object", (client) => ({ ...client.auth, pid: { toString: "x" } })],
    ["the sid in the place of the pid", (client) => ({ ...client.auth, pid: client.sid })],
    ["__proto__", () => ({ pid: "__proto__", offset: "__proto__" })],
  ]) {
    test(`${title} leads to a fresh session`, async () => {
      const { client, observer, other } = await lost();
      const fresh = await open(auth(client));
      assert.equal(fresh.packets.length, 1);
      assert.notEqual(fresh.sid, client.sid);
      assert.notEqual(fresh.pid, client.pid);
      assert.equal(fresh.info.recovered, false);
      close(fresh, observer, other);
    });
  }

  test("not after a DISCONNECT of the client", async () => {
    const observer = await openObserver(server);
    const client = await open();
    await client.session.send(`41${NSP},`);
    await goneInfo(observer, client.sid);
    const fresh = await open(client.auth);
    assert.notEqual(fresh.sid, client.sid);
    close(client, fresh, observer);
  });

  test("not after a disconnection by the server", async () => {
    const observer = await openObserver(server);
    const client = await open();
    await client.emit("kickMe", true);
    await assertClosedQuietly(client.session.ws);
    await goneInfo(observer, client.sid);
    const fresh = await open(client.auth);
    assert.notEqual(fresh.sid, client.sid);
    close(client, fresh, observer);
  });

  test("after an undecodable packet", async () => {
    const observer = await openObserver(server);
    const client = await open();
    await client.session.send("42{");
    await client.session.ws.waitClose();
    await goneInfo(observer, client.sid);
    const back = await open(client.auth);
    assert.equal(back.sid, client.sid);
    close(back, observer);
  });

  test("in another namespace the pid is unknown", async () => {
    const { client, observer, other } = await lost();
    const session = await openWebSocket(server.port);
    const { sid } = await session.join("/", client.auth);
    assert.notEqual(sid, client.sid);
    close(session, observer, other);
  });

  test("once only", oursOnly("the same session can be restored twice"), async () => {
    const { client, observer, other } = await lost();
    const first = await open(client.auth);
    const second = await open(client.auth);
    assert.equal(first.sid, client.sid);
    assert.notEqual(second.sid, client.sid);
    close(first, second, observer, other);
  });
});

describeServer("--recovery 300", { mode: "app", recovery: 300 }, (server) => {
  test("not after the time is over", async () => {
    const observer = await openObserver(server);
    const client = await Recoverable.open(server);
    await client.lose(observer);
    await sleep(500);
    const fresh = await Recoverable.open(server, client.auth);
    assert.notEqual(fresh.sid, client.sid);
    [client, fresh].forEach(({ session }) => session.ws.destroy());
    observer.ws.destroy();
  });
});

describeServer("recovery and middlewares", { mode: "app", recovery: 5000 }, (server) => {
  test("the middleware runs for a fresh session and is skipped upon recovery", async () => {
    const observer = await openObserver(server);
    const runs = async () => (await ask(observer, "serverStats"))[0].recoverMiddlewareRuns;
    const before = await runs();
    const client = await Recoverable.open(server);
    assert.equal(await runs(), before + 1);
    await client.lose(observer);
    const back = await Recoverable.open(server, client.auth);
    assert.equal(back.info.recovered, true);
    assert.equal(await runs(), before + 1);
    back.session.ws.destroy();
    observer.ws.destroy();
  });
});

describeServer("recovery off", { mode: "app" }, (server) => {
  test("no pid, no offset, and a pid of the client means nothing", async () => {
    const session = await openWebSocket(server.port);
    await session.send('40{"pid":"a","offset":"b"}');
    assert.match(await session.next(), /^40\{"sid":"[^"]+"\}$/);
    await session.send('42["emitBack","x",1]');
    assert.equal(await session.next(), '42["x",1]');
    session.ws.destroy();
  });
});
