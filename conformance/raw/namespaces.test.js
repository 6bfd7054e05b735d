// Joining, refusing and leaving namespaces, rooms and broadcasts, as they look on the wire.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { openPolling, openWebSocket } from "../support/engine.js";
import { ask, assertAnswers, goneInfo } from "../support/application.js";
import { eventually } from "../support/eventually.js";
import { oursOnly } from "../support/target.js";
import { assertClosedQuietly, describeServer, wsRoundTrip } from "../support/block.js";

let lastDynamic = 100;
const freshNamespace = () => `/dyn-${++lastDynamic}`;

describeServer("namespaces", { mode: "app" }, (server) => {
  const open = (options) => openWebSocket(server.port, options);

  // A connection that has joined `namespace` and read what is said upon connection.
  async function joined(namespace = "/", auth = undefined, options = {}) {
    const session = await open(options);
    session.id = (await session.join(namespace, auth)).sid;
    if (namespace.startsWith("/dyn-")) {
      assert.equal(await session.next(), `42${namespace},["hello",{"nsp":"${namespace}"}]`);
    }
    return session;
  }

  describe("CONNECT", { concurrency: true }, () => {
    test("the answer has a sid of 20 characters and nothing else", async () => {
      const session = await open();
      await session.send("40");
      assert.match(await session.next(), /^40\{"sid":"[A-Za-z0-9_-]{20}"\}$/);
      session.ws.destroy();
    });

    test("every namespace has an id of its own, none is that of the connection", async () => {
      const session = await joined();
      const { sid } = await session.join("/custom");
      assert.equal(new Set([session.sid, session.id, sid]).size, 3);
      session.ws.destroy();
    });

    for (const [packet, auth] of [
      ["40/custom", {}],
      ["40/custom,", {}],
      ["40/custom,{}", {}],
      ['40/custom,{"token":1}', { token: 1 }],
      ['40/custom,7{"token":1}', { token: 1 }],
      ['40/custom,{"a":{"b":[null]}}', { a: { b: [null] } }],
    ]) {
      test(`"${packet}" joins /custom`, async () => {
        const session = await open();
        await session.send(packet);
        assert.match(await session.next(), /^40\/custom,\{"sid":"[^"]+"\}$/);
        const [answer] = await ask(session, "whoami", [], { namespace: "/custom" });
        assert.deepEqual(answer.auth, auth);
        session.ws.destroy();
      });
    }

    for (const packet of ["40", "40/,", "40{}", '40/,{"a":1}']) {
      test(`"${packet}" joins the main namespace`, async () => {
        const session = await open();
        await session.send(packet);
        assert.match(await session.next(), /^40\{"sid"/);
        session.ws.destroy();
      });
    }

    for (const [packet, namespace] of [
      ["40/nope", "/nope"],
      ["40/nope,", "/nope"],
      ['40/nope,{"token":"x"}', "/nope"],
      ["40//,", "//"],
      ["40/custom/,", "/custom/"],
      ["40/Custom,", "/Custom"],
      ["40/?a=b,", "/?a=b"],
      ["40/custom?a=b,", "/custom?a=b"],
      ['40/custom{"a":1}', '/custom{"a":1}'],
      ["40/\u20ac\u{1f600},", "/\u20ac\u{1f600}"],
      ["40/dyn-,", "/dyn-"],
      ["40/dyn-12x,", "/dyn-12x"],
      ["40/__proto__,", "/__proto__"],
      ["40/constructor,", "/constructor"],
    ]) {
      test(`"${packet}" is refused, the connection stays open`, async () => {
        const session = await joined();
        await session.send(packet);
        assert.equal(await session.next(), `44${namespace},{"message":"Invalid namespace"}`);
        await assertAnswers(session);
        session.ws.destroy();
      });
    }

    test("several namespaces in one go", async () => {
      const session = await openPolling(server.port);
      await session.send("40", "40/custom,", "40/nope,");
      const answers = [await session.next(), await session.next(), await session.next()];
      const types = answers.map((answer) => answer.replace(/\{.*/, "")).sort();
      assert.deepEqual(types, ["40", "40/custom,", "44/nope,"]);
    });

    test("whoami tells the handshake", async () => {
      const session = await open({ query: "&foo=b%20r&foo=baz&EIO=4", headers: { "X-Judge": "yes" } });
      const { sid } = await session.join("/", { token: "t" });
      const [answer] = await ask(session, "whoami");
      assert.match(answer.address, /127\.0\.0\.1$/);
      delete answer.address;
      assert.deepEqual(answer, {
        id: sid,
        rooms: [sid],
        auth: { token: "t" },
        query: { EIO: "4", transport: "websocket", foo: "baz" },
        nsp: "/",
        transport: "websocket",
        protocol: 4,
        recovered: false,
        data: {},
        secure: false,
        header: "yes",
        sid: session.sid,
      });
      session.ws.destroy();
    });
  });

  describe("middlewares", { concurrency: true }, () => {
    for (const auth of ["", "{}", '{"token":"wrong"}', '{"token":["secret"]}', '{"token":null}', '{"Token":"secret"}']) {
      test(`/auth refuses ${auth || "no payload"}`, async () => {
        const session = await open();
        await session.send(`40/auth,${auth}`);
        assert.equal(await session.next(), '44/auth,{"message":"unauthorized","data":{"code":401}}');
        session.ws.destroy();
      });
    }

    test("/auth accepts the secret, after a refusal as well", async () => {
      const session = await open();
      await session.send("40/auth,");
      assert.match(await session.next(), /^44\/auth,/);
      await session.send('40/auth,{"token":"secret"}');
      assert.match(await session.next(), /^40\/auth,\{"sid"/);
      assert.equal(await session.next(), '42/auth,["welcome",{"user":"judge"}]');
      session.ws.destroy();
    });

    test("/auth accepts the token of the query", async () => {
      const session = await open({ query: "&token=secret" });
      await session.send("40/auth,");
      assert.match(await session.next(), /^40\/auth,\{"sid"/);
      session.ws.destroy();
    });

    test("the payload comes before the query", async () => {
      const session = await open({ query: "&token=secret" });
      await session.send('40/auth,{"token":"wrong"}');
      assert.match(await session.next(), /^44\/auth,/);
      session.ws.destroy();
    });

    test("an event for a refused namespace closes the connection", async () => {
      const session = await open();
      await session.send("40/auth,");
      assert.match(await session.next(), /^44\/auth,/);
      await session.send('42/auth,["echo"]');
      await assertClosedQuietly(session.ws);
      session.ws.destroy();
    });
  });

  describe("dynamic namespaces", { concurrency: true }, () => {
    test("are created when they are asked for", async () => {
      const name = freshNamespace();
      const session = await joined(name);
      await assertAnswers(session, { namespace: name });
      const [{ nsp, id }] = await ask(session, "whoami", [], { namespace: name });
      assert.deepEqual([nsp, id], [name, session.id]);
      session.ws.destroy();
    });

    test("are one namespace for all, also when asked for at the same time", async () => {
      const name = freshNamespace();
      const sessions = await Promise.all(Array.from({ length: 5 }, () => joined(name)));
      await sessions[0].send(`42${name},["broadcast","all"]`);
      for (const session of sessions) {
        assert.equal(await session.next(), `42${name},["broadcast","all"]`);
        session.ws.destroy();
      }
    });

    test("stay when they are empty", async () => {
      const name = freshNamespace();
      const observer = await joined();
      const session = await joined(name);
      const [{ namespaces }] = await ask(observer, "serverStats");
      await session.ws.close();
      assert.ok((await ask(observer, "serverStats"))[0].namespaces >= namespaces);
      observer.ws.destroy();
    });
  });

  describe("leaving", { concurrency: true }, () => {
    test("a DISCONNECT of the client is not answered, the connection stays open", async () => {
      const session = await joined();
      await session.join("/custom");
      await session.send("41/custom,");
      await assertAnswers(session);
      session.ws.destroy();
    });

    test("a namespace may be joined again, with a new id", async () => {
      const session = await joined();
      await session.send("41");
      await wsRoundTrip(session.ws);
      const { sid } = await session.join();
      assert.notEqual(sid, session.id);
      await assertAnswers(session);
      session.ws.destroy();
    });

    test("kickMe: DISCONNECT, the connection stays open", async () => {
      const session = await joined();
      await session.join("/custom");
      await session.send('42["kickMe",false]');
      assert.equal(await session.next(), "41");
      await assertAnswers(session, { namespace: "/custom" });
      await session.send('42/custom,["kickMe",false]');
      assert.equal(await session.next(), "41/custom,");
      await session.join();
      session.ws.destroy();
    });

    test("kickMe(true): DISCONNECT for all namespaces in the order of joining, then the end", async () => {
      const session = await joined("/custom");
      await session.join();
      await session.send('42["kickMe",true]');
      assert.equal(await session.next(), "41/custom,");
      assert.equal(await session.next(), "41");
      await assertClosedQuietly(session.ws);
      session.ws.destroy();
    });

    test("dropMe: the end without a packet", async () => {
      const session = await joined();
      await session.send('42["dropMe"]');
      const frame = await session.ws.next();
      assert.deepEqual([frame.opcode, frame.data.length], [8, 0]);
      session.ws.destroy();
    });

    for (const [reason, leave] of [
      ["client namespace disconnect", (session) => session.send("41")],
      ["server namespace disconnect", (session) => session.send('42["kickMe",false]')],
      ["transport close", (session) => session.ws.sendClose(1000)],
      ["transport close", (session) => session.ws.socket.reset()],
      ["transport close", (session) => session.ws.destroy()],
      ["transport error", (session) => session.send("2")],
      ["transport error", (session) => session.ws.sendFrame({ opcode: 3, payload: "x" })],
      ["parse error", (session) => session.send("9")],
      ["forced close", (session) => session.send('42["connect"]')],
      ["forced close", (session) => session.send('42["dropMe"]')],
    ]) {
      test(`the reason is "${reason}" after ${leave.toString().replace(/^.*=> /, "")}`, async () => {
        const observer = await joined();
        const session = await joined();
        const room = `room of ${session.id}`;
        await ask(session, "join", [room]);
        leave(session);
        const info = await goneInfo(observer, session.id);
        assert.deepEqual(info, { reason, rooms: [session.id, room].sort() });
        observer.ws.destroy();
        session.ws.destroy();
      });
    }

    for (const [reason, leave] of [
      ["transport close", (session) => session.send("1")],
      ["transport error", (session) => session.send("2")],
      ["parse error", (session) => session.send("x")],
      ["client namespace disconnect", (session) => session.send("41")],
    ]) {
      test(`polling: the reason is "${reason}" after ${leave.toString().replace(/^.*=> /, "")}`, async () => {
        const observer = await joined();
        const session = await openPolling(server.port);
        const { sid } = await session.join();
        await leave(session);
        assert.equal((await goneInfo(observer, sid)).reason, reason);
        observer.ws.destroy();
      });
    }

    test("nothing is left of a connection that has gone", async () => {
      const name = freshNamespace();
      const observer = await joined(name);
      const stats = async () => {
        const [{ sockets, rooms }] = await ask(observer, "serverStats", [], { namespace: name });
        return [sockets, rooms];
      };
      assert.deepEqual(await stats(), [1, 1]);
      const session = await joined(name);
      await ask(session, "join", [["a", "b"]], { namespace: name });
      assert.deepEqual(await stats(), [2, 4]);
      session.ws.destroy();
      await eventually("the socket and its rooms are gone", async () => {
        assert.deepEqual(await stats(), [1, 1]);
        return true;
      });
      observer.ws.destroy();
    });
  });

  describe("rooms and broadcasts", { concurrency: true }, () => {
    // Sessions of one fresh namespace; `events` of the session at `i` until `end` is broadcast.
    async function group(count) {
      const name = freshNamespace();
      const options = { namespace: name };
      const sessions = [];
      for (let i = 0; i < count; ++i) {
        sessions.push(await joined(name));
      }
      return {
        name,
        sessions,
        send: (i, ...event) => sessions[i].send(`42${name},${JSON.stringify(event)}`),
        ask: async (i, ...event) => (await ask(sessions[i], event[0], event.slice(1), options))[0],
        // What two sessions send has no order, so whoever sent the rest is to send the end.
        async received(sender = 0) {
          await this.send(sender, "broadcast", "end");
          const events = await Promise.all(sessions.map((session) => untilEnd(session, name)));
          sessions.forEach((session) => session.ws.destroy());
          return events;
        },
      };
    }

    async function untilEnd(session, name) {
      const events = [];
      for (;;) {
        const packet = await session.next();
        const [event, payload] = JSON.parse(packet.slice(3 + name.length));
        if (event === "broadcast" && payload === "end") {
          return events;
        }
        events.push(`${event} ${payload}`);
      }
    }

    test("broadcast goes to all, broadcastOthers to all others", async () => {
      const all = await group(3);
      await all.send(1, "broadcast", "a");
      await all.send(1, "broadcastOthers", "b");
      await all.send(1, "broadcast", "end of 1");
      const everything = ["broadcast a", "broadcast b", "broadcast end of 1"];
      assert.equal(await all.sessions[1].next(), `42${all.name},["broadcast","a"]`);
      assert.equal(await all.sessions[1].next(), `42${all.name},["broadcast","end of 1"]`);
      assert.deepEqual(await all.received(1), [everything, [], everything]);
    });

    test("a room has those who joined it; leaving takes effect", async () => {
      const all = await group(3);
      const { id } = all.sessions[1];
      assert.deepEqual(await all.ask(1, "join", "r"), [id, "r"].sort());
      assert.deepEqual(await all.ask(2, "join", ["r", "s"]), [all.sessions[2].id, "r", "s"].sort());
      await all.send(0, "room", "r", 1);
      await all.ask(0, "echo");
      assert.deepEqual(await all.ask(1, "leave", "r"), [id]);
      await all.send(0, "room", "r", 2);
      const [first, , third] = await all.received();
      assert.deepEqual([first, third], [[], ["room 1", "room 2"]]);
    });

    test("a socket in several rooms gets a broadcast once", async () => {
      const all = await group(2);
      await all.ask(1, "join", ["r", "s", "t"]);
      await all.send(0, "room", ["r", "s", "t"], "once");
      assert.deepEqual(await all.received(), [[], ["room once"]]);
    });

    test("except wins", async () => {
      const all = await group(3);
      await all.ask(1, "join", ["r", "x"]);
      await all.ask(2, "join", "r");
      await all.send(0, "roomExcept", "r", "x", 1);
      await all.send(0, "roomExcept", "r", all.sessions[2].id, 2);
      assert.deepEqual(await all.received(), [[], ["room 2"], ["room 1"]]);
    });

    test("toOthers leaves the sender out", async () => {
      const all = await group(2);
      await all.ask(0, "join", "r");
      await all.ask(1, "join", "r");
      await all.send(0, "toOthers", "r", "x");
      assert.deepEqual(await all.received(), [[], ["room x"]]);
    });

    test("the id of a socket is a room", async () => {
      const all = await group(2);
      await all.send(0, "room", all.sessions[1].id, "private");
      assert.deepEqual(await all.received(), [[], ["room private"]]);
    });

    test("an unknown room has nobody", async () => {
      const all = await group(1);
      await all.send(0, "room", "nobody", 1);
      assert.deepEqual(await all.received(), [[]]);
    });

    test("rooms do not reach over namespaces", async () => {
      const [one, other] = [await group(1), await group(1)];
      await one.ask(0, "join", "shared");
      await other.ask(0, "join", "shared");
      await one.send(0, "room", "shared", 1);
      assert.deepEqual(await other.received(), [[]]);
      assert.deepEqual(await one.received(), [["room 1"]]);
    });

    test("fetch lists the sockets of a room", async () => {
      const all = await group(2);
      await all.ask(1, "join", "r");
      await all.ask(1, "setData", { name: "x" });
      const [, { id }] = all.sessions;
      assert.deepEqual(await all.ask(0, "fetch", "r"), [{ id, rooms: [id, "r"].sort(), data: { name: "x" } }]);
      all.sessions.forEach((session) => session.ws.destroy());
    });

    test("askRoom collects the answers under one id", async () => {
      const all = await group(3);
      await all.ask(1, "join", "r");
      await all.ask(2, "join", "r");
      const answers = all.ask(0, "askRoom", "r");
      const ids = [];
      for (const session of all.sessions.slice(1)) {
        const [, prefix, id] = /^42(\/dyn-\d+,)(\d+)\["question","what\?"\]$/.exec(await session.next());
        ids.push(id);
        await session.send(`43${prefix}${id}["a",2]`);
      }
      assert.equal(ids[0], ids[1]);
      assert.deepEqual(await answers, { ok: true, error: null, answers: ["a", "a"] });
      all.sessions.forEach((session) => session.ws.destroy());
    });

    test("askRoom of nobody is answered at once", async () => {
      const all = await group(1);
      assert.deepEqual(await all.ask(0, "askRoom", "nobody"), { ok: true, error: null, answers: [] });
      all.sessions[0].ws.destroy();
    });

    test("askRoom gives what came when the time is over", async () => {
      const all = await group(3);
      await all.ask(1, "join", "r");
      await all.ask(2, "join", "r");
      const answers = all.ask(0, "askRoom", "r");
      const [, prefix, id] = /^42(\/dyn-\d+,)(\d+)\[/.exec(await all.sessions[1].next());
      await all.sessions[1].send(`43${prefix}${id}["only"]`);
      assert.deepEqual(await answers, { ok: false, error: "operation has timed out", answers: ["only"] });
      all.sessions.forEach((session) => session.ws.destroy());
    });

    test("kick ends others", async () => {
      const all = await group(3);
      assert.equal(await all.ask(0, "kick", all.sessions[1].id, false), true);
      assert.match(await all.sessions[1].next(), /^41\/dyn-\d+,$/);
      assert.equal(await all.ask(0, "kick", all.sessions[2].id, true), true);
      assert.match(await all.sessions[2].next(), /^41\/dyn-\d+,$/);
      await assertClosedQuietly(all.sessions[2].ws);
      all.sessions.forEach((session) => session.ws.destroy());
    });
  });

  const twoSockets = "two CONNECT packets while joining create two sockets";
  test("a second CONNECT while the first is under way makes no second socket", oursOnly(twoSockets), async () => {
    const name = freshNamespace();
    const observer = await joined(name);
    const session = await open();
    session.ws.sendText(`40${name},`);
    session.ws.sendText(`40${name},`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const [{ sockets }] = await ask(observer, "serverStats", [], { namespace: name });
    assert.ok(sockets <= 2, `${sockets} sockets`);
    observer.ws.destroy();
    session.ws.destroy();
  });
});

const CLEANUP = { mode: "app", cleanupEmptyChildNamespaces: true };

describeServer("--cleanup-empty-child-namespaces on", CLEANUP, (server) => {
  test("a dynamic namespace goes with its last socket and can be created again", async () => {
    const observer = await openWebSocket(server.port);
    await observer.join();
    const count = async () => (await ask(observer, "serverStats"))[0].namespaces;
    const before = await count();
    for (let i = 0; i < 2; ++i) {
      const session = await openWebSocket(server.port);
      await session.join("/dyn-7");
      assert.equal(await count(), before + 1);
      await session.send("41/dyn-7,");
      await eventually("the namespace is gone", async () => (await count()) === before);
      session.ws.destroy();
    }
    observer.ws.destroy();
  });
});

describeServer("--connect-timeout 300 over WebSocket", { mode: "app", connectTimeout: 300 }, (server) => {
  const open = () => openWebSocket(server.port);

  for (const [title, packet] of [
    ["without a CONNECT", null],
    ["with a refused CONNECT only", "40/nope,"],
    ["with a CONNECT that a middleware refused", "40/auth,"],
  ]) {
    test(`${title} the connection is closed`, async () => {
      const started = performance.now();
      const session = await open();
      if (packet !== null) {
        await session.send(packet);
        assert.match(await session.next(), /^44/);
      }
      await assertClosedQuietly(session.ws);
      const elapsed = performance.now() - started;
      assert.ok(elapsed >= 299 && elapsed < 2000, `${elapsed} ms`);
      session.ws.destroy();
    });
  }

  test("a connection that has joined any namespace stays, also after it left", async () => {
    const session = await open();
    await session.join("/custom");
    await session.send("41/custom,");
    await new Promise((resolve) => setTimeout(resolve, 600));
    await session.join();
    session.ws.destroy();
  });
});
